"""The shapes of what decides who reaches whom in AWS, as its API takes them through the engine's plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.network.aws import types
from enclave_policies.network.aws.values import permitted
from enclave_policies.network.shapes import NETWORK, SCALAR, Block, Each, Leaf, Shape, misshapen, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.resources.resource import Resource

NETWORKS: Final = Each(NETWORK, alone=True)
NAMES: Final = Each(SCALAR, alone=True)


def _is_protocol(value: Any) -> bool:
    return value == "" or (isinstance(value, str | int | float) and permitted(value, None, None).exact)


def _is_port(value: Any) -> bool:
    return isinstance(value, str | int | float) and (
        str(value) in ("-1", "-1.0", "") or permitted("tcp", value, value).exact
    )


PROTOCOL: Final = Leaf(_is_protocol)
PORT: Final = Leaf(_is_port)
ACTION: Final = one_of("allow", "deny", any_case=True)
_PORTS: Final[Mapping[str, Shape]] = {"fromPort": PORT, "toPort": PORT}
_PEERS: Final[Mapping[str, Shape]] = {
    **dict.fromkeys(("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6"), NETWORKS),
    **dict.fromkeys(("prefixListIds", "prefixListId", "securityGroups", "self"), NAMES),
    **dict.fromkeys(("sourceSecurityGroupId", "referencedSecurityGroupId", "securityGroupId"), SCALAR),
}
_RULE: Final = Block({"protocol": PROTOCOL, **_PORTS, **_PEERS})
_GROUP: Final = Block({"vpcId": SCALAR, "ingress": Each(_RULE, alone=True), "egress": Each(_RULE, alone=True)})
_OWN_RULE: Final = Block({"ipProtocol": PROTOCOL, **_PORTS, **_PEERS})
_BLOCKS: Final[Mapping[str, Shape]] = {"cidrBlock": NETWORK, "ipv6CidrBlock": NETWORK}
_ENTRY: Final = Block({"ruleNo": SCALAR, "action": ACTION, "protocol": PROTOCOL, **_PORTS, **_BLOCKS})
_ENTRIES: Final = Each(_ENTRY, alone=True)
_ACL: Final = Block({"vpcId": SCALAR, "subnetIds": NAMES, "ingress": _ENTRIES, "egress": _ENTRIES})
_ROUTE: Final[Mapping[str, Shape]] = {
    **_BLOCKS,
    **dict.fromkeys(("destinationCidrBlock", "destinationIpv6CidrBlock"), NETWORK),
    **dict.fromkeys(("gatewayId", "natGatewayId", "transitGatewayId", "vpcPeeringConnectionId"), SCALAR),
    **dict.fromkeys(("networkInterfaceId", "vpcEndpointId", "egressOnlyGatewayId", "routeTableId"), SCALAR),
}
_TABLE: Final = Block({"vpcId": SCALAR, "routes": Each(Block(_ROUTE), alone=True), "propagatingVgws": NAMES})
_SUBNET: Final = Block({"vpcId": SCALAR, **_BLOCKS})
TYPES: Final[Mapping[str, Shape]] = {
    **dict.fromkeys(types.VPC, Block(_BLOCKS)),
    **dict.fromkeys(types.SUBNET, _SUBNET),
    **dict.fromkeys((types.IPV4_BLOCK, types.IPV6_BLOCK), _SUBNET),
    **dict.fromkeys((types.GROUP, types.DEFAULT_GROUP), _GROUP),
    types.GROUP_RULE: Block(
        {"type": one_of("ingress", "egress", any_case=True), "protocol": PROTOCOL, **_PORTS, **_PEERS}
    ),
    **dict.fromkeys((types.GROUP_INGRESS, types.GROUP_EGRESS), _OWN_RULE),
    **dict.fromkeys((types.ACL, types.DEFAULT_ACL), _ACL),
    types.ACL_RULE: Block(
        {"networkAclId": SCALAR, "ruleNumber": SCALAR, "ruleAction": ACTION, "protocol": PROTOCOL, **_PORTS, **_BLOCKS}
    ),
    types.ACL_ASSOCIATION: Block({"networkAclId": SCALAR, "subnetId": SCALAR}),
    **dict.fromkeys((types.TABLE, types.DEFAULT_TABLE), _TABLE),
    types.ROUTE: Block(_ROUTE),
    types.TABLE_ASSOCIATION: Block({"subnetId": SCALAR, "routeTableId": SCALAR}),
    types.MAIN_ASSOCIATION: Block({"vpcId": SCALAR, "routeTableId": SCALAR}),
    types.PREFIX_LIST: Block({"entries": Each(Block({"cidr": NETWORK}), alone=True)}),
    types.PREFIX_ENTRY: Block({"cidr": NETWORK, "prefixListId": SCALAR}),
    types.TRANSIT_ROUTE: Block({"destinationCidrBlock": NETWORK, "transitGatewayAttachmentId": SCALAR}),
    types.VPN_ROUTE: Block({"destinationCidrBlock": NETWORK, "vpnConnectionId": SCALAR}),
}


def malformed(resource: Resource) -> Iterator[str]:
    """Yield the path of each value of a resource that decides who reaches whom, and that nobody can read."""
    shape = TYPES.get(resource.type)
    if shape is not None:
        yield from misshapen(dict(resource.props), shape)
