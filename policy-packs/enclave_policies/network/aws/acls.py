"""Network ACLs and their entries, inline or as resources of their own; and each VPC's default ACL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.network.aws import types
from enclave_policies.network.aws.elements import Acl, Entry, open_acl
from enclave_policies.network.aws.values import addresses, denied, is_false, is_true, permitted
from enclave_policies.network.networks import ANYWHERE
from enclave_policies.network.path import UNDETERMINED
from enclave_policies.network.ports import EVERYTHING, NOTHING
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.network.aws.references import References
    from enclave_policies.resources.resource import Resource

_WORDS: Final = {"ingress": "from", "egress": "to"}
_FIRST: Final = -1
"""The number of an entry whose own is unknown: it counts before all others, since it only ever permits."""
_DIGITS: Final = 9
"""More digits than any entry's number has (Amazon EC2 API, CreateNetworkAclEntry: at most 32766)."""


class Acls:
    """The network ACLs of a stack by key, the default one of each VPC, and those that a subnet may have."""

    def __init__(self, references: References) -> None:
        self._references = references
        self.by_key: dict[str, Acl] = {}
        self.default_of: dict[str, Acl] = {}
        self.certain: dict[str, list[Acl]] = {}
        self.possible: dict[str, list[Acl]] = {}
        self.anywhere: list[Acl] = []
        for resource in references.all(types.ACL, types.DEFAULT_ACL):
            self._add(resource)
        for vpc in references.all(*types.VPC):
            if vpc.urn not in self.default_of:
                self.default_of[vpc.urn] = self.by_key[vpc.urn] = _made_by_aws(vpc)
        for rule in references.all(types.ACL_RULE):
            self._standalone(rule)
        for acl in self.by_key.values():
            acl.ingress.sort(key=lambda entry: entry.number)
            acl.egress.sort(key=lambda entry: entry.number)
        for resource in references.all(types.ACL, types.DEFAULT_ACL):
            self._associate(resource, "subnetIds", [self.by_key[resource.urn]])
        for resource in references.all(types.ACL_ASSOCIATION):
            self._associate(resource, "subnetId", self._owners(resource))

    def of_subnet(self, subnet: str, vpc: str) -> list[Acl]:
        """Return the ACLs, one of which is the subnet's (both by URN)."""
        known = self.certain.get(subnet)
        if known:
            return known
        loose = [acl for acl in self.anywhere if acl.vpc in (None, vpc)]
        return [self.default_of[vpc], *self.possible.get(subnet, ()), *loose]

    def _add(self, resource: Resource) -> None:
        if resource.type == types.ACL:
            vpc = self._references.one(resource, "vpcId", types.VPC).one
        else:
            vpc = self._references.one(resource, "defaultNetworkAclId", types.VPC).one
        acl = Acl(resource.name, vpc.urn if vpc is not None else None)
        self.by_key[resource.urn] = acl
        if resource.type == types.DEFAULT_ACL and vpc is not None:
            self.default_of[vpc.urn] = acl
        for direction, entries in (("ingress", acl.ingress), ("egress", acl.egress)):
            blocks = resource.props.get(direction)
            for block in blocks if isinstance(blocks, list | tuple) else [blocks]:
                if isinstance(block, dict):
                    entries.extend(entry(acl, direction, block, block.get("ruleNo"), block.get("action")))
                elif block is not None:
                    entries.extend(_unknown(acl, direction))

    def _standalone(self, rule: Resource) -> None:
        owner = self._references.one(rule, "networkAclId", types.ACLS)
        owners = [self._acl(found) for found in owner.found]
        if not owners and not owner.certain:
            owners = list(self.by_key.values())
        way = rule.props.get("egress")
        directions = [] if is_true(way) and way is not UNKNOWN else ["ingress"]
        directions += [] if is_false(way) or way is None else ["egress"]
        for acl in owners:
            for direction in directions:
                number, action = rule.props.get("ruleNumber"), rule.props.get("ruleAction")
                found = entry(acl, direction, rule.props, number, action)
                if owner.certain and len(directions) == 1:
                    getattr(acl, direction).extend(found)
                else:  # what only may be there takes nothing away
                    doubtful = [
                        Entry(_FIRST, True, one.ports, one.addresses, f"{UNDETERMINED}{one.label}")
                        for one in found
                        if one.allow
                    ]
                    getattr(acl, direction).extend(doubtful)

    def _acl(self, resource: Resource) -> Acl:
        return self.default_of.get(resource.urn) or self.by_key[resource.urn]

    def _owners(self, resource: Resource) -> list[Acl]:
        reference = self._references.one(resource, "networkAclId", types.ACLS)
        label = f"{UNDETERMINED}network ACL association {resource.name}: its ACL is not known, so it counts as open"
        return [self._acl(found) for found in reference.found] or [open_acl(label)]

    def _associate(self, resource: Resource, name: str, acls: list[Acl]) -> None:
        reference = self._references.one(resource, name, types.SUBNET)
        for subnet in reference.found:
            (self.certain if reference.certain else self.possible).setdefault(subnet.urn, []).extend(acls)
        if reference.lacking:
            self.anywhere += acls


def entry(acl: Acl, direction: str, block: Mapping[str, Any], number: Any, action: Any) -> list[Entry]:
    """Return the entry that a block says; none for a denial where it is not known what it denies."""
    allow = str(action).lower() != "deny"
    values = [value for value in (block.get("cidrBlock"), block.get("ipv6CidrBlock")) if value not in (None, "")]
    peers = addresses(values) if values else None
    place = _place(number)
    if allow:
        ports, exact = permitted(block.get("protocol"), block.get("fromPort"), block.get("toPort"))
        exact = exact and place is not None and peers is not None and str(action).lower() == "allow"
    else:
        ports = denied(block.get("protocol"), block.get("fromPort"), block.get("toPort"), block.get("icmpType"))
        exact = True
        if ports == NOTHING or place is None or peers is None:
            return []
    words = ", ".join(map(str, values)) if peers is not None else "somewhere that is not known yet"
    numbered = "(no number)" if place is None else place
    label = (
        f"{'' if exact else UNDETERMINED}network ACL {acl.name} {direction} rule {numbered}: "
        f"{'allow' if allow else 'deny'} {_WORDS[direction]} {words} {ports}"
    )
    return [Entry(_FIRST if place is None else place, allow, ports, ANYWHERE if peers is None else peers, label)]


def _place(number: Any) -> int | None:
    """Return an entry's number, None for what is none."""
    written = str(number).partition(".")[0] if isinstance(number, int | float | str) else ""
    return int(written) if written.isdecimal() and len(written) <= _DIGITS else None


def _unknown(acl: Acl, direction: str) -> list[Entry]:
    label = f"{UNDETERMINED}network ACL {acl.name} {direction}: its entries are not known yet, so it is open"
    return [Entry(_FIRST, True, EVERYTHING, ANYWHERE, label)]


def _made_by_aws(vpc: Resource) -> Acl:
    """Return the default ACL as AWS makes it: rule 100 allows everything, both ways."""
    acl = Acl(f"default of {vpc.name} (made by AWS)", vpc.urn)
    for direction, entries in (("ingress", acl.ingress), ("egress", acl.egress)):
        label = f"network ACL {acl.name} {direction} rule 100: allow everything"
        entries.append(Entry(100, True, EVERYTHING, ANYWHERE, label))
    return acl
