"""VPCs and their subnets, each with its addresses, route tables and network ACLs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.network.aws import types
from enclave_policies.network.aws.elements import Route, Subnet, Vpc
from enclave_policies.network.aws.values import addresses, is_true, tag, told
from enclave_policies.network.networks import ANYWHERE, NOWHERE, AddressSet
from enclave_policies.network.path import UNDETERMINED
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from enclave_policies.network.aws.acls import Acls
    from enclave_policies.network.aws.groups import Groups
    from enclave_policies.network.aws.references import References
    from enclave_policies.network.aws.tables import Tables
    from enclave_policies.resources.resource import Resource

_EVERY_V4: Final = AddressSet(v4=ANYWHERE.v4)
_EVERY_V6: Final = AddressSet(v6=ANYWHERE.v6)
_UNKNOWN_V4: Final = ("ipv4IpamPoolId", "ipv4NetmaskLength")
_UNKNOWN_V6: Final = ("ipv6IpamPoolId", "ipv6NetmaskLength", "assignGeneratedIpv6CidrBlock")
_UNKNOWN_V6_OF_SUBNET: Final = (*_UNKNOWN_V6, "assignIpv6AddressOnCreation", "ipv6Native")


class Vpcs:
    """The VPCs and subnets of a stack by URN; ``unresolved`` tells what could not be placed."""

    def __init__(self, references: References, groups: Groups, acls: Acls, tables: Tables) -> None:
        self._references = references
        self.by_key: dict[str, Vpc] = {}
        self.local: dict[str, list[Route]] = {}
        self.subnets: dict[str, Subnet] = {}
        self.unresolved: list[str] = []
        self._loose: dict[str, list[Resource]] = {}
        for resource in references.all(*types.VPC):
            self._vpc(resource, groups, tables)
        for resource in references.all(*types.SUBNET):
            self._subnet(resource, acls, tables)

    def _vpc(self, resource: Resource, groups: Groups, tables: Tables) -> None:
        four, known_four = _of(resource, "cidrBlock", _UNKNOWN_V4, _EVERY_V4)
        six, known_six = _of(resource, "ipv6CidrBlock", _UNKNOWN_V6, _EVERY_V6)
        blocks = [four, six]
        for type_, name, unknown, every in (
            (types.IPV4_BLOCK, "cidrBlock", _UNKNOWN_V4, _EVERY_V4),
            (types.IPV6_BLOCK, "ipv6CidrBlock", _UNKNOWN_V6, _EVERY_V6),
        ):
            for block in self._blocks(type_, resource):
                found, known = _of(block, name, unknown, every)
                known_four &= known or every is _EVERY_V6
                known_six &= known or every is _EVERY_V4
                blocks.append(found)
        vpc = Vpc(
            resource.urn,
            resource.name,
            tag(resource, "site"),
            NOWHERE.union(*blocks),
            groups.default_of[resource.urn],
            tables.main_of[resource.urn],
        )
        self.by_key[vpc.key] = vpc
        self.local[vpc.key] = [
            Route(block, "local", None, f"{block} local" if known else f"{UNDETERMINED}local", certain=known)
            for block in blocks
            if block
            for known in ((known_four if block.v4 else known_six),)
        ]

    def _blocks(self, type_: str, vpc: Resource) -> list[Resource]:
        """Return the blocks of addresses that are a VPC's, or may be."""
        if type_ not in self._loose:
            every = self._references.all(type_)
            self._loose[type_] = [one for one in every if self._references.one(one, "vpcId", types.VPC).lacking]
        own = self._references.naming(type_, "vpcId", types.VPC).get(vpc.urn, ())
        return list({one.urn: one for one in (*own, *self._loose[type_])}.values())

    def _subnet(self, resource: Resource, acls: Acls, tables: Tables) -> None:
        reference = self._references.one(resource, "vpcId", types.VPC)
        if not reference.found:
            why = "of no VPC of this stack" if reference.certain else "in a VPC that is not known yet"
            self.unresolved.append(f"{UNDETERMINED}subnet {resource.name} is {why}: nothing is known of its neighbours")
            return
        if not reference.certain:
            self.unresolved.append(f"{UNDETERMINED}subnet {resource.name} may be in any of several VPCs")
        vpc = self.by_key[reference.found[0].urn]
        four, known_four = _of(resource, "cidrBlock", _UNKNOWN_V4, _EVERY_V4)
        six, known_six = _of(resource, "ipv6CidrBlock", _UNKNOWN_V6_OF_SUBNET, _EVERY_V6)
        mine = [
            found if known else found.intersect(vpc.addresses) or found
            for found, known in ((four, known_four), (six, known_six))
        ]
        self.subnets[resource.urn] = Subnet(
            resource.urn,
            resource.name,
            vpc,
            tag(resource, "segment"),
            tag(resource, "site") or vpc.site or vpc.name,
            mine[0].union(mine[1]),
            is_true(told(resource, "mapPublicIpOnLaunch") or False),
            list(dict.fromkeys(tables.of_subnet(resource.urn, vpc.key))),
            list(dict.fromkeys(acls.of_subnet(resource.urn, vpc.key))),
        )


def _of(resource: Resource, name: str, unknown: tuple[str, ...], every: AddressSet) -> tuple[AddressSet, bool]:
    """Return the addresses that a property gives, and whether they are known: else all that there are."""
    value = told(resource, name)
    if value in (None, ""):
        asked = any(resource.props.get(other) not in (None, False, "") for other in unknown)
        return (every, False) if asked else (NOWHERE, True)
    found = None if value is UNKNOWN else addresses(value)
    return (every, False) if found is None else (found, True)
