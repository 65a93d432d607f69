"""Small networks drawn at random, and the resources that describe them: inline or apart, planned or recorded."""

from __future__ import annotations

from random import Random
from typing import Any

from enclave_policies.resources.resource import UNKNOWN, Resource
from hypothesis import strategies as st

from tests.enclave_policies.network.aws.oracle import EntrySpec, NetworkSpec, RuleSpec, SubnetSpec

NETWORKS: list[tuple[str, ...]] = [("10.0.0.0/28", "fd00:0:0:0::/124"), ("10.1.0.0/28", "fd00:0:0:1::/124")]
SEGMENTS = ("app", "store")
INTERNET = ("198.51.100.0/31", "2001:db8::/127")
SUBNETS = [
    (vpc, segment, (f"10.{vpc}.0.{2 * number}/31", f"fd00:0:0:{vpc}::{2 * number:x}/127"))
    for vpc in (0, 1)
    for number, segment in enumerate(("app", "app", "store"))
]
PEERS = [
    *("0.0.0.0/0", "::/0", "10.0.0.0/28", "fd00::/124", "10.1.0.0/28", "fd00:0:0:1::/124", "198.51.100.0/31"),
    *(network for _, _, networks in SUBNETS for network in networks),
    *("10.0.0.1/32", "10.0.0.4/32", "10.1.0.5/32", "fd00::2/128", "198.51.100.1/32"),
]
RANGES = [(0, 65535), (443, 443), (1, 1023), (1024, 65535), (80, 2000), (2001, 65535), (1024, 1999)]
ROUTED = [
    *("0.0.0.0/0", "::/0", "10.0.0.0/28", "fd00::/124", "10.1.0.0/28", "fd00:0:0:1::/124"),
    *(network for _, _, networks in SUBNETS for network in networks),
]
PROTOCOLS = ("tcp", "tcp", "udp", "icmp", "-1")
DIRECTIONS = ("ingress", "egress")
ANY_PORTS, ANYBODY = (0, 65535), ("0.0.0.0/0", "::/0")
LAST = [("-1", *ANY_PORTS), ("-1", *ANY_PORTS), ("tcp", 1024, 65535), ("tcp", 1, 1023), None]


def networks() -> st.SearchStrategy[NetworkSpec]:
    """Draw networks, each from a number: so single choices are independent, and most differ from the smallest ones."""
    return st.integers(0, 1 << 48).map(lambda number: network(Random(number)))  # noqa: S311 (no secret)


def network(random: Random) -> NetworkSpec:
    """Make a network; most groups and lists are wide, so that something passes at all and single entries matter."""
    peered, internet = random.random() < 0.7, random.random() < 0.7

    def routes(vpc: int) -> list[tuple[str, str]]:
        wanted = random.sample(ROUTED, random.randint(0, 4))
        targets = [target for target, there in (("peering", peered), ("internet", internet)) if there]
        return [(net, random.choice(targets)) for net in wanted if targets and net not in NETWORKS[vpc]]

    segments = [(vpc, segment) for vpc in (0, 1) for segment in SEGMENTS]
    public = {each: random.random() < 0.5 for each in segments}  # a zone is public as a whole
    subnets = [
        SubnetSpec(vpc, segment, nets, random.choice([None, vpc]), random.choice([None, vpc]), public[vpc, segment])
        for vpc, segment, nets in SUBNETS
    ]
    groups = [_group(random) for _ in segments]
    acls = [(vpc, _acl(random)) for vpc in (0, 1)]
    tables = [(vpc, routes(vpc)) for vpc in (0, 1)]
    return NetworkSpec(NETWORKS, peered, internet, subnets, segments, groups, acls, tables, [routes(0), routes(1)])


def _group(random: Random) -> list[RuleSpec]:
    wide = [RuleSpec(way, "-1", *ANY_PORTS, net) for way in DIRECTIONS for net in ANYBODY]
    drawn = [
        RuleSpec(
            random.choice(DIRECTIONS),
            random.choice(PROTOCOLS),
            *random.choice(RANGES),
            random.choice(PEERS) if random.random() < 0.5 else random.randint(0, 3),
        )
        for _ in range(random.randint(0, 4))
    ]
    return drawn + (wide if random.random() < 0.75 else [])


def _acl(random: Random) -> list[EntrySpec]:
    """Make a list that ends with nothing, with everything, or with requests one way and answers the other."""
    drawn = [
        EntrySpec(
            random.choice(DIRECTIONS),
            number,
            random.random() < 0.5,
            random.choice(PROTOCOLS),
            *random.choice(RANGES),
            random.choice(PEERS),
        )
        for number in random.sample(range(100, 110), random.randint(0, 4))
    ]
    last = {way: random.choice(LAST) for way in DIRECTIONS}
    return drawn + [EntrySpec(way, 900, True, *one, "0.0.0.0/0") for way, one in last.items() if one]


class Builder:
    """Writes resources; in a plan ids are unknown and dependencies tell what is meant."""

    def __init__(self, *, planned: bool, apart: bool) -> None:
        self.planned = planned
        self.apart = apart
        self.resources: list[Resource] = []

    def add(self, type_: str, name: str, props: dict[str, Any], **made: str) -> str:
        """Add a resource; text that begins with "@" refers to the resource of that URN. Return its URN."""
        urn = f"urn:pulumi:test::test::{type_}::{name}"
        depends: dict[str, list[str]] = {}
        shown = {key: self._shown(key, value, depends) for key, value in props.items()}
        outputs: dict[str, Any] = {} if self.planned else {"id": f"id-of-{urn}", **made}
        found = {key: tuple(urns) for key, urns in depends.items()} if self.planned else {}
        self.resources.append(Resource(urn, type_, name, shown, outputs=outputs, depends=found))
        return urn

    def _shown(self, key: str, value: Any, depends: dict[str, list[str]]) -> Any:
        if isinstance(value, dict):
            return {name: self._shown(key, item, depends) for name, item in value.items()}
        if isinstance(value, list):
            return [self._shown(key, item, depends) for item in value]
        if isinstance(value, str) and value.startswith("@"):
            urn, _, output = value[1:].partition("#")
            depends.setdefault(key, []).append(urn)
            return UNKNOWN if self.planned else f"{output or 'id'}-of-{urn}"
        return value


def resources_of(spec: NetworkSpec, *, planned: bool, apart: bool) -> list[Resource]:
    """Return the resources of a network; ``apart``: each rule and route is a resource of its own."""
    build = Builder(planned=planned, apart=apart)
    vpcs = []
    for number, (four, six) in enumerate(spec.networks):
        urn = f"urn:pulumi:test::test::aws:ec2/vpc:Vpc::vpc-{number}"
        made = {
            name: f"{name}-of-{urn}"
            for name in ("defaultRouteTableId", "defaultSecurityGroupId", "defaultNetworkAclId")
        }
        props = {"cidrBlock": four, "ipv6CidrBlock": six, "tags": {"site": f"site-{number}"}}
        vpcs.append(build.add("aws:ec2/vpc:Vpc", f"vpc-{number}", props, **made))
        build.add("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", f"default-{number}", {"vpcId": f"@{urn}"})
    targets = _gateways(build, spec, vpcs)
    _tables(build, spec, vpcs, targets)
    subnets = [_subnet(build, number, subnet, vpcs) for number, subnet in enumerate(spec.subnets)]
    _groups(build, spec, vpcs)
    _acls(build, spec, vpcs, subnets)
    return build.resources


def _gateways(build: Builder, spec: NetworkSpec, vpcs: list[str]) -> list[dict[str, dict[str, str]]]:
    targets: list[dict[str, dict[str, str]]] = [{}, {}]
    if spec.internet:
        for number, vpc in enumerate(vpcs):
            urn = build.add("aws:ec2/internetGateway:InternetGateway", f"igw-{number}", {"vpcId": f"@{vpc}"})
            targets[number]["internet"] = {"gatewayId": f"@{urn}"}
    if spec.peered:
        props = {"vpcId": f"@{vpcs[0]}", "peerVpcId": f"@{vpcs[1]}", "autoAccept": True}
        urn = build.add("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "peering", props)
        for target in targets:
            target["peering"] = {"vpcPeeringConnectionId": f"@{urn}"}
    return targets


def _tables(build: Builder, spec: NetworkSpec, vpcs: list[str], targets: list[dict[str, dict[str, str]]]) -> None:
    for number, (vpc, routes_) in enumerate(spec.tables):
        inline = [
            {"cidrBlock" if "." in net else "ipv6CidrBlock": net, **targets[vpc][target]} for net, target in routes_
        ]
        # Mixed targets below one property are ambiguous in a plan, so those routes are written apart.
        apart = build.apart or build.planned
        props: dict[str, Any] = {"vpcId": f"@{vpcs[vpc]}", **({} if apart else {"routes": inline})}
        urn = build.add("aws:ec2/routeTable:RouteTable", f"table-{number}", props)
        if apart:
            _routes(build, f"table-{number}", f"@{urn}", routes_, targets[vpc])
    for vpc, routes_ in enumerate(spec.main_routes):
        _routes(build, f"main-{vpc}", f"@{vpcs[vpc]}#defaultRouteTableId", routes_, targets[vpc])


def _routes(
    build: Builder, name: str, table: str, found: list[tuple[str, str]], targets: dict[str, dict[str, str]]
) -> None:
    for net, target in found:
        key = "destinationCidrBlock" if "." in net else "destinationIpv6CidrBlock"
        build.add("aws:ec2/route:Route", f"{name}-{net}", {"routeTableId": table, key: net, **targets[target]})


def _subnet(build: Builder, number: int, subnet: SubnetSpec, vpcs: list[str]) -> str:
    props: dict[str, Any] = {
        "vpcId": f"@{vpcs[subnet.vpc]}",
        "cidrBlock": subnet.networks[0],
        "ipv6CidrBlock": subnet.networks[1],
        "mapPublicIpOnLaunch": subnet.public,
        "tags": {"segment": subnet.segment, "site": f"site-{subnet.vpc}"},
    }
    urn = build.add("aws:ec2/subnet:Subnet", f"subnet-{number}", props)
    if subnet.table is not None:
        table = f"@urn:pulumi:test::test::aws:ec2/routeTable:RouteTable::table-{subnet.table}"
        props = {"subnetId": f"@{urn}", "routeTableId": table}
        build.add("aws:ec2/routeTableAssociation:RouteTableAssociation", f"association-{number}", props)
    return urn


def _groups(build: Builder, spec: NetworkSpec, vpcs: list[str]) -> None:
    urns = [f"urn:pulumi:test::test::aws:ec2/securityGroup:SecurityGroup::group-{n}" for n in range(len(spec.groups))]
    for number, ((vpc, segment), found) in enumerate(zip(spec.segments, spec.groups, strict=True)):
        props: dict[str, Any] = {"vpcId": f"@{vpcs[vpc]}", "tags": {"segment": segment, "site": f"site-{vpc}"}}
        apart = build.apart or build.planned
        if not apart:
            for direction in ("ingress", "egress"):
                props[direction] = [_inline(rule, urns, number) for rule in found if rule.direction == direction]
        build.add("aws:ec2/securityGroup:SecurityGroup", f"group-{number}", props)
        for index, rule in enumerate(found if apart else ()):
            kind = rule.direction.capitalize()
            props = {
                "securityGroupId": f"@{urns[number]}",
                "ipProtocol": rule.protocol,
                "fromPort": rule.first,
                "toPort": rule.last,
            }
            if isinstance(rule.peer, int):
                props["referencedSecurityGroupId"] = f"@{urns[rule.peer]}"
            else:
                props["cidrIpv4" if "." in rule.peer else "cidrIpv6"] = rule.peer
            type_ = f"aws:vpc/securityGroup{kind}Rule:SecurityGroup{kind}Rule"
            build.add(type_, f"rule-{number}-{index}", props)


def _inline(rule: RuleSpec, urns: list[str], own: int) -> dict[str, Any]:
    block: dict[str, Any] = {"protocol": rule.protocol, "fromPort": rule.first, "toPort": rule.last}
    if rule.peer == own:
        return {**block, "self": True}
    if isinstance(rule.peer, int):
        return {**block, "securityGroups": [f"@{urns[rule.peer]}"]}
    return {**block, "cidrBlocks" if "." in rule.peer else "ipv6CidrBlocks": [rule.peer]}


def _acls(build: Builder, spec: NetworkSpec, vpcs: list[str], subnets: list[str]) -> None:
    for number, (vpc, found) in enumerate(spec.acls):
        users = [f"@{urn}" for urn, subnet in zip(subnets, spec.subnets, strict=True) if subnet.acl == number]
        props: dict[str, Any] = {"vpcId": f"@{vpcs[vpc]}"}
        if not build.apart:
            props["subnetIds"] = users
            for direction in ("ingress", "egress"):
                props[direction] = [
                    {
                        "ruleNo": entry.number,
                        "action": "allow" if entry.allow else "deny",
                        "protocol": entry.protocol,
                        "fromPort": entry.first,
                        "toPort": entry.last,
                        **({"icmpType": -1, "icmpCode": -1} if entry.protocol == "icmp" else {}),
                        "cidrBlock" if "." in entry.network else "ipv6CidrBlock": entry.network,
                    }
                    for entry in found
                    if entry.direction == direction
                ]
        urn = build.add("aws:ec2/networkAcl:NetworkAcl", f"acl-{number}", props)
        if build.apart:
            for index, user in enumerate(users):
                props = {"networkAclId": f"@{urn}", "subnetId": user}
                build.add("aws:ec2/networkAclAssociation:NetworkAclAssociation", f"acl-{number}-{index}", props)
            for index, entry in enumerate(found):
                props = {
                    "networkAclId": f"@{urn}",
                    "egress": entry.direction == "egress",
                    "ruleNumber": entry.number,
                    "ruleAction": "allow" if entry.allow else "deny",
                    "protocol": entry.protocol,
                    "fromPort": entry.first,
                    "toPort": entry.last,
                    **({"icmpType": -1, "icmpCode": -1} if entry.protocol == "icmp" else {}),
                    "cidrBlock" if "." in entry.network else "ipv6CidrBlock": entry.network,
                }
                build.add("aws:ec2/networkAclRule:NetworkAclRule", f"entry-{number}-{index}", props)
