"""SEG-007: no rule and no route opens a way to addresses of the internet, in either family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import PREFIX, entries, mapping, objects_of
from enclave_policies.network.graph import PUBLIC
from enclave_policies.network.networks import NOWHERE, AddressSet
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

_GROUP: Final = tuple(f"{way}.{name}" for way in ("ingress", "egress") for name in ("cidrBlocks", "ipv6CidrBlocks"))
_ACL: Final = tuple(f"{way}.{name}" for way in ("ingress", "egress") for name in ("cidrBlock", "ipv6CidrBlock"))
_TABLE: Final = ("routes.cidrBlock", "routes.ipv6CidrBlock")
BLOCKS: Final[Mapping[str, tuple[str, ...]]] = {
    "aws:ec2/securityGroup:SecurityGroup": _GROUP,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _GROUP,
    "aws:ec2/securityGroupRule:SecurityGroupRule": ("cidrBlocks", "ipv6CidrBlocks"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ("cidrIpv4", "cidrIpv6"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ("cidrIpv4", "cidrIpv6"),
    "aws:ec2/networkAcl:NetworkAcl": _ACL,
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": _ACL,
    "aws:ec2/networkAclRule:NetworkAclRule": ("cidrBlock", "ipv6CidrBlock"),
    "aws:ec2/routeTable:RouteTable": _TABLE,
    "aws:ec2/defaultRouteTable:DefaultRouteTable": _TABLE,
    "aws:ec2/route:Route": ("destinationCidrBlock", "destinationIpv6CidrBlock"),
    "aws:ec2/managedPrefixList:ManagedPrefixList": ("entries.cidr",),
    "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry": ("cidr",),
    "aws:ec2transitgateway/route:Route": ("destinationCidrBlock",),
    "aws:ec2clientvpn/authorizationRule:AuthorizationRule": ("targetNetworkCidr",),
    "aws:ec2clientvpn/route:Route": ("destinationCidrBlock",),
}
"""Type → where its networks stand, through lists."""
ACTIONS: Final = ("action", "ruleAction")
POLICY: Final = "NetworkPolicy"
PEERS: Final = (("ingress", "from"), ("egress", "to"))


def check(reading: Reading) -> Iterator[Finding]:
    """Look at every block that lets packets through; what denies or throws away opens nothing."""
    resource = reading.resource
    for path in BLOCKS.get(resource.type, ()):
        for block in _blocks(reading.settings, path.split(".")):
            yield from _open(reading, path, block, NOWHERE)
    if resource.type.startswith(PREFIX):
        yield from _policies(reading)


def _blocks(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _blocks(item, path)
    elif isinstance(value, dict):
        opens = value.get("blackhole") is not True and all(
            str(value.get(name, "allow")).lower() == "allow" for name in ACTIONS
        )
        if path and opens:
            yield from _blocks(value.get(path[0]), path[1:])
    elif not path:
        yield value


def _policies(reading: Reading) -> Iterator[Finding]:
    for found in objects_of(reading.resource):
        if found.kind != POLICY or found.spec is UNKNOWN:
            continue
        for way, side in PEERS:
            path = f"{found.path}spec.{way}"
            for rule_ in map(mapping, entries(found.spec.get(way))):
                if rule_ is UNKNOWN:
                    continue
                if not rule_.get(side):
                    problem = f"opens {way} to everybody (spec.{way}: no '{side}')"
                    yield rule.finding(reading, problem, where="0.0.0.0/0", at=f"{path}.{side}")
                for peer in map(mapping, entries(rule_.get(side))):
                    block = mapping(peer.get("ipBlock")) if peer is not UNKNOWN else UNKNOWN
                    if block is not UNKNOWN and block:
                        left_out = [each for each in entries(block.get("except")) if isinstance(each, str)]
                        where = f"{path}.{side}.ipBlock.cidr"
                        yield from _open(reading, where, block.get("cidr"), _addresses(*left_out))


def _open(reading: Reading, path: str, block: Any, left_out: AddressSet) -> Iterator[Finding]:
    if not isinstance(block, str) or not block:
        return  # not known yet: it is asked again before the resource is made, and as a part of the whole
    found = _addresses(block)
    if found.minus(left_out).intersect(PUBLIC):
        problem = f"opens a way to {block} ({path}), among them addresses of the internet"
        yield rule.finding(reading, problem, where=block, at=path)


def _addresses(*blocks: str) -> AddressSet:
    try:
        return AddressSet.of(*blocks)
    except ValueError:  # whatever it is, the cloud refuses it
        return NOWHERE


rule = Rule(
    id="SEG-007",
    name="open-range",
    title="No rule and no route opens a way to addresses of the internet, in either family.",
    severity="critical",
    remedy="name the private networks, groups or segments that are meant",
    check=check,
    concerns=lambda type_, _law: type_ in BLOCKS or type_.startswith(PREFIX),
    placing=False,
)
