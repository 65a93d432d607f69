"""Stacks of AWS that nobody cut into segments, as they grow: hosts, groups and tables that all have to do with all."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING, Any

from tests.enclave_policies.network.aws.growing import made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from enclave_policies.resources.resource import Resource

SUBNETS, ROUTES = 4, 20
ALL = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}


def _around(subnets: int = SUBNETS) -> Iterator[Resource]:
    yield made("ec2/vpc:Vpc", "vpc-0", {"cidrBlock": "10.0.0.0/16"})
    yield made("ec2/defaultSecurityGroup:DefaultSecurityGroup", "default-0", {"vpcId": "vpc-0"})
    for number in range(subnets):
        block = f"10.0.{number // 16}.{number % 16 * 16}/28"
        yield made("ec2/subnet:Subnet", f"subnet-{number}", {"vpcId": "vpc-0", "cidrBlock": block})


def _tcp(port: int, **peer: list[str]) -> dict[str, Any]:
    return {"protocol": "tcp", "fromPort": port, "toPort": port, **peer}


def _host(number: int, subnets: int = SUBNETS, **rules: Any) -> Iterator[Resource]:
    """A host, and a group of its own."""
    yield made("ec2/securityGroup:SecurityGroup", f"own-{number}", {"vpcId": "vpc-0", **rules})
    stands = {"subnetId": f"subnet-{number % subnets}", "vpcSecurityGroupIds": [f"own-{number}"]}
    yield made("ec2/instance:Instance", f"host-{number}", stands)


def _hosts(rules: list[dict[str, Any]], subnets: int = SUBNETS) -> list[Resource]:
    hosts = (one for number, each in enumerate(rules) for one in _host(number, subnets, **each))
    return [*_around(subnets), *hosts]


def alike(count: int) -> list[Resource]:
    """Each host lets in its whole network on one port."""
    return _hosts([{"ingress": [_tcp(443, cidrBlocks=["10.0.0.0/8"])], "egress": [ALL]}] * count)


def apart(count: int) -> list[Resource]:
    """Each host lets in its whole network on a port of its own."""
    networks = {"cidrBlocks": ["10.0.0.0/8"]}
    return _hosts([{"ingress": [_tcp(1000 + one, **networks)], "egress": [ALL]} for one in range(count)])


def addresses(count: int) -> list[Resource]:
    """Each host names a few others by their addresses."""
    rules = []
    for one in range(count):
        blocks = [f"10.0.0.{(one * step) % 64}/32" for step in (1, 7)]
        ways = {way: [_tcp(443, cidrBlocks=[block])] for way, block in zip(("ingress", "egress"), blocks, strict=True)}
        rules.append(ways)
    return _hosts(rules)


def ring(count: int) -> list[Resource]:
    """Each host's group names those before and after it."""
    rules = []
    for one in range(count):
        peers = {"securityGroups": [f"own-{(one + step) % count}" for step in (1, -1)]}
        rules.append({"ingress": [_tcp(443, **peers)], "egress": [_tcp(443, **peers)]})
    return _hosts(rules)


def hub(count: int) -> list[Resource]:
    """Each host's group names one, which names them all."""
    rules: list[dict[str, Any]] = [{"ingress": [_tcp(443, securityGroups=["own-0"])], "egress": []}] * count
    every = [_tcp(443, securityGroups=[f"own-{one}"]) for one in range(count)]
    return _hosts([{"ingress": [], "egress": every}, *rules[1:]])


def clique(count: int) -> list[Resource]:
    """Every group names every other; so many rules in all as there are hosts elsewhere, and more."""
    groups = isqrt(16 * count)
    rules = []
    for one in range(groups):
        others = {"securityGroups": [f"own-{other}" for other in range(groups) if other != one]}
        rules.append({"ingress": [_tcp(443, **others)], "egress": [_tcp(443, **others)]})
    return _hosts(rules)


def tables(count: int) -> list[Resource]:
    """Each host stands in a subnet of its own, whose table has many routes that lead elsewhere."""
    found = _hosts([{"ingress": [_tcp(443, cidrBlocks=["10.0.0.0/8"])], "egress": [ALL]}] * count, count)
    found.append(made("ec2transitgateway/transitGateway:TransitGateway", "transit", {}))
    for number in range(count):
        blocks = [f"10.{1 + route // 256}.{route % 256}.0/24" for route in range(number, number + ROUTES)]
        routes = [{"cidrBlock": block, "transitGatewayId": "transit"} for block in blocks]
        found.append(made("ec2/routeTable:RouteTable", f"table-{number}", {"vpcId": "vpc-0", "routes": routes}))
        used = {"subnetId": f"subnet-{number}", "routeTableId": f"table-{number}"}
        found.append(made("ec2/routeTableAssociation:RouteTableAssociation", f"used-{number}", used))
    return found


def translated(count: int) -> list[Resource]:
    """Each host asks another network of the stack by a gateway that shows its own address, and few there let it in."""
    found = _hosts([{"ingress": [], "egress": [_tcp(443, cidrBlocks=["10.1.0.0/16"])]}] * count)
    found.append(made("ec2/vpc:Vpc", "vpc-1", {"cidrBlock": "10.1.0.0/16"}))
    found.append(made("ec2/defaultSecurityGroup:DefaultSecurityGroup", "default-1", {"vpcId": "vpc-1"}))
    peering = {"vpcId": "vpc-0", "peerVpcId": "vpc-1"}
    found.append(made("ec2/vpcPeeringConnection:VpcPeeringConnection", "peering", peering))
    found.append(made("ec2/subnet:Subnet", "subnet-nat", {"vpcId": "vpc-0", "cidrBlock": "10.0.9.0/28"}))
    found.append(made("ec2/natGateway:NatGateway", "nat", {"subnetId": "subnet-nat", "connectivityType": "private"}))
    ways = {"nat": {"vpcPeeringConnectionId": "peering"}, "asking": {"natGatewayId": "nat"}}
    for name, target in ways.items():
        routes = [{"cidrBlock": "10.1.0.0/16", **target}]
        found.append(made("ec2/routeTable:RouteTable", f"table-{name}", {"vpcId": "vpc-0", "routes": routes}))
    back = [{"cidrBlock": "10.0.0.0/16", "vpcPeeringConnectionId": "peering"}]
    found.append(made("ec2/routeTable:RouteTable", "table-back", {"vpcId": "vpc-1", "routes": back}))
    stands = {"nat": "table-nat", "far": "table-back", **{str(one): "table-asking" for one in range(SUBNETS)}}
    for subnet, table in stands.items():
        used = {"subnetId": f"subnet-{subnet}", "routeTableId": table}
        found.append(made("ec2/routeTableAssociation:RouteTableAssociation", f"used-{subnet}", used))
    found.append(made("ec2/subnet:Subnet", "subnet-far", {"vpcId": "vpc-1", "cidrBlock": "10.1.0.0/24"}))
    for number in range(count):
        let_in = {"ingress": [_tcp(443, cidrBlocks=["10.0.9.0/28"])], "egress": []}
        name, group = f"far-{number}", {"vpcId": "vpc-1", **(let_in if number == 0 else {})}
        found.append(made("ec2/securityGroup:SecurityGroup", name, group))
        far = {"subnetId": "subnet-far", "vpcSecurityGroupIds": [name]}
        found.append(made("ec2/instance:Instance", f"host-{name}", far))
    return found


CROWDED: Mapping[str, Callable[[int], list[Resource]]] = {
    "alike": alike,
    "apart": apart,
    "addresses": addresses,
    "ring": ring,
    "hub": hub,
    "clique": clique,
    "tables": tables,
    "translated": translated,
}
