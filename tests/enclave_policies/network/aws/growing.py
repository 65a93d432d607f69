"""Stacks of AWS as they grow: the same shape in any number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.resources.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

URN: Final = "urn:pulumi:test::test::"
SEGMENTS: Final = ("ingress", "gateway", "app", "store")
WAYS: Final = (("ingress", "gateway", 443), ("gateway", "app", 8443), ("app", "store", 5432))


def made(type_: str, name: str, props: dict[str, Any]) -> Resource:
    """One recorded resource, whose id is its name."""
    token = f"aws:{type_}"
    return Resource(f"{URN}{token}::{name}", token, name, props, outputs={**props, "id": name})


def network(site: int, segment: str, length: int = 20) -> str:
    """The addresses of a segment."""
    return f"10.{site % 250}.{SEGMENTS.index(segment) * 16}.0/{length}"


def _site(number: int = 0) -> Iterator[Resource]:
    """A VPC with a subnet, a table, a network ACL and a group for each segment."""
    vpc = f"vpc-{number}"
    yield made("ec2/vpc:Vpc", vpc, {"cidrBlock": f"10.{number % 250}.0.0/16", "tags": {"site": f"site-{number}"}})
    yield made("ec2/defaultSecurityGroup:DefaultSecurityGroup", f"default-{number}", {"vpcId": vpc})
    for segment in SEGMENTS:
        mine, tags = f"{segment}-{number}", {"site": f"site-{number}", "segment": segment}
        yield made(
            "ec2/subnet:Subnet",
            f"subnet-{mine}",
            {"vpcId": vpc, "cidrBlock": network(number, segment), "tags": tags},
        )
        yield _acl(f"acl-{mine}", vpc, f"subnet-{mine}", number, segment)
        yield made("ec2/securityGroup:SecurityGroup", f"sg-{mine}", {"vpcId": vpc, "tags": tags})
    for source, target, port in WAYS:
        here, there = (f"sg-{each}-{number}" for each in (source, target))
        yield _rule("Egress", f"out-{source}-{number}", here, port, referencedSecurityGroupId=there)
        yield _rule("Ingress", f"in-{target}-{number}", there, port, referencedSecurityGroupId=here)


def _rule(way: str, name: str, group: str, port: int, **peer: str) -> Resource:
    ports = {"ipProtocol": "tcp", "fromPort": port, "toPort": port}
    return made(f"vpc/securityGroup{way}Rule:SecurityGroup{way}Rule", name, {"securityGroupId": group, **ports, **peer})


def _acl(name: str, vpc: str, subnet: str, site: int, segment: str) -> Resource:
    ways: dict[str, list[dict[str, Any]]] = {"ingress": [], "egress": []}
    for source, target, port in WAYS:
        for own, other, asked, answered in (
            (source, target, "egress", "ingress"),
            (target, source, "ingress", "egress"),
        ):
            if own == segment:
                ways[asked].append(_entry(100 + port, network(site, other), port, port))
                ways[answered].append(_entry(20000 + port, network(site, other), 1024, 65535))
    return made("ec2/networkAcl:NetworkAcl", name, {"vpcId": vpc, "subnetIds": [subnet], **ways})


def _entry(number: int, block: str, first: int, last: int, action: str = "allow") -> dict[str, Any]:
    ports = {"protocol": "tcp", "fromPort": first, "toPort": last}
    return {"ruleNo": number, "action": action, "cidrBlock": block, **ports}


def _host(number: int, segment: str, *groups: str) -> Resource:
    props = {"subnetId": f"subnet-{segment}-0", "vpcSecurityGroupIds": list(groups)}
    return made("ec2/instance:Instance", f"host-{number}", props)


def sites(count: int) -> list[Resource]:
    """Each site has its own VPC."""
    return [one for number in range(count) for one in _site(number)]


def services(count: int) -> list[Resource]:
    """Each host has a group of its own, whose rules name networks."""
    found = list(_site())
    for number in range(count):
        segment = SEGMENTS[number % len(SEGMENTS)]
        rules: dict[str, Any] = {"ingress": [], "egress": []}
        for source, target, port in WAYS:
            ports = {"protocol": "tcp", "fromPort": port, "toPort": port}
            if source == segment:
                rules["egress"].append({**ports, "cidrBlocks": [network(0, target)]})
            if target == segment:
                rules["ingress"].append({**ports, "cidrBlocks": [network(0, source)]})
        found.append(made("ec2/securityGroup:SecurityGroup", f"own-{number}", {"vpcId": "vpc-0", **rules}))
        found.append(_host(number, segment, f"own-{number}"))
    return found


def chain(count: int) -> list[Resource]:
    """Each host has a group of its own, which names those before and after it."""
    found = list(_site())
    for number in range(count):
        found.append(made("ec2/securityGroup:SecurityGroup", f"own-{number}", {"vpcId": "vpc-0"}))
        found.append(_host(number, "app", f"own-{number}"))
        for way, other in (("Egress", number + 1), ("Ingress", number - 1)):
            peer = {"referencedSecurityGroupId": f"own-{other}"}
            found.append(_rule(way, f"{way}-{number}", f"own-{number}", 8443, **peer))
    return found


def acls(count: int) -> list[Resource]:
    """Each subnet of a segment has a network ACL of its own."""
    found = list(_site())
    for number in range(count):
        segment = SEGMENTS[number % len(SEGMENTS)]
        block = f"10.0.{SEGMENTS.index(segment) * 16 + 8 + number // 256 % 8}.{number // 4 * 4 % 256}/30"
        name, tags = f"more-{number}", {"site": "site-0", "segment": segment}
        found.append(made("ec2/subnet:Subnet", name, {"vpcId": "vpc-0", "cidrBlock": block, "tags": tags}))
        found.append(_acl(f"acl-{number}", "vpc-0", name, 0, segment))
    return found


def entries(count: int) -> list[Resource]:
    """One network ACL has many entries, each for another network."""
    found = list(_site())
    for number in range(count):
        block = f"10.0.{number % 64}.{number // 64 % 256}/32"
        entry = {"ruleNumber": 1 + number, "ruleAction": "deny", "egress": False, "cidrBlock": block}
        ports = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "networkAclId": "acl-gateway-0"}
        found.append(made("ec2/networkAclRule:NetworkAclRule", f"entry-{number}", {**entry, **ports}))
    return found


def joined(count: int) -> list[Resource]:
    """Each site has one of all that joins networks, and is peered with the next."""
    return [one for number in range(count) for one in (*_site(number), *_joining(number, (number + 1) % count))]


def _joining(number: int, other: int) -> Iterator[Resource]:
    vpc, ingress, app = f"vpc-{number}", f"subnet-ingress-{number}", f"subnet-app-{number}"
    group = [f"sg-app-{number}"]

    def add(type_: str, name: str, **props: Any) -> Resource:
        return made(type_, f"{name}-{number}", props)

    balancer = {"loadBalancerType": "network", "internal": True, "subnets": [ingress], "securityGroups": group}
    yield add("lb/loadBalancer:LoadBalancer", "balancer", **balancer)
    yield add("lb/targetGroup:TargetGroup", "targets", port=443, protocol="TCP", vpcId=vpc, targetType="instance")
    forward = [{"type": "forward", "targetGroupArn": f"targets-{number}"}]
    yield add(
        "lb/listener:Listener",
        "listener",
        loadBalancerArn=f"balancer-{number}",
        port=443,
        protocol="TCP",
        defaultActions=forward,
    )
    yield add("ec2/launchTemplate:LaunchTemplate", "template", vpcSecurityGroupIds=group)
    scaled = {"vpcZoneIdentifiers": [app], "launchTemplate": {"id": f"template-{number}"}}
    yield add("autoscaling/group:Group", "scaled", targetGroupArns=[f"targets-{number}"], **scaled)
    yield add("ec2/instance:Instance", "instance", subnetId=app, vpcSecurityGroupIds=group)
    attached = [{"instance": f"instance-{number}"}]
    yield add("ec2/networkInterface:NetworkInterface", "card", subnetId=app, securityGroups=group, attachments=attached)
    yield add("ec2/eip:Eip", "address", instance=f"instance-{number}")
    endpoint = {"vpcEndpointType": "Interface", "serviceName": "com.amazonaws.eu-west-1.execute-api"}
    yield add("ec2/vpcEndpoint:VpcEndpoint", "endpoint", vpcId=vpc, securityGroupIds=group, **endpoint)
    placed = {"vpcEndpointId": f"endpoint-{number}", "subnetId": app}
    yield add("ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation", "placed", **placed)
    yield add("ec2/vpcEndpointService:VpcEndpointService", "service", networkLoadBalancerArns=[f"balancer-{number}"])
    yield add(
        "ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", "block", vpcId=vpc, cidrBlock="100.64.0.0/20"
    )
    yield add("apigateway/vpcLink:VpcLink", "link", targetArn=f"balancer-{number}")
    private = [{"types": "PRIVATE", "vpcEndpointIds": [f"endpoint-{number}"]}]
    yield add("apigateway/restApi:RestApi", "api", endpointConfiguration=private)
    asked = {"restApi": f"api-{number}", "connectionId": f"link-{number}", "integrationTarget": f"balancer-{number}"}
    yield add("apigateway/integration:Integration", "integration", **asked)
    yield from _routed(number, other)


def _routed(number: int, other: int) -> Iterator[Resource]:
    vpc, transit, away = f"vpc-{number}", f"transit-{number}", "10.250.0.0/16"

    def add(type_: str, name: str, **props: Any) -> Resource:
        return made(type_, f"{name}-{number}", props)

    yield add("ec2transitgateway/transitGateway:TransitGateway", "transit")
    yield add("ec2transitgateway/vpcAttachment:VpcAttachment", "attachment", transitGatewayId=transit, vpcId=vpc)
    yield add("ec2/vpnConnection:VpnConnection", "tunnel", transitGatewayId=transit)
    yield add("ec2/vpnGateway:VpnGateway", "gateway", vpcId=vpc)
    yield add("ec2/vpnConnection:VpnConnection", "static", vpnGatewayId=f"gateway-{number}", staticRoutesOnly=True)
    told = {"vpnConnectionId": f"static-{number}", "destinationCidrBlock": away}
    yield add("ec2/vpnConnectionRoute:VpnConnectionRoute", "told", **told)
    yield add("ec2/vpcPeeringConnection:VpcPeeringConnection", "peering", vpcId=vpc, peerVpcId=f"vpc-{other}")
    routes = [
        {"cidrBlock": away, "transitGatewayId": transit},
        {"cidrBlock": f"10.{other % 250}.0.0/16", "vpcPeeringConnectionId": f"peering-{number}"},
    ]
    table = {"vpcId": vpc, "routes": routes, "propagatingVgws": [f"gateway-{number}"]}
    yield add("ec2/routeTable:RouteTable", "table", **table)
    used = {"subnetId": f"subnet-app-{number}", "routeTableId": f"table-{number}"}
    yield add("ec2/routeTableAssociation:RouteTableAssociation", "used", **used)


GROWING: Mapping[str, Callable[[int], list[Resource]]] = {
    "sites": sites,
    "services": services,
    "chain": chain,
    "acls": acls,
    "entries": entries,
    "joined": joined,
}
