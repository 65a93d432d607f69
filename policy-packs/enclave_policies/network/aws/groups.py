"""Security groups and their rules, inline or as resources of their own; and each VPC's default group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.identifiers.shown import shown
from enclave_policies.network.aws import types
from enclave_policies.network.aws.elements import FOREIGN, Group, Rule, open_group
from enclave_policies.network.aws.values import is_true, network, permitted, tag, told
from enclave_policies.network.networks import ANYWHERE, NOWHERE
from enclave_policies.network.path import UNDETERMINED
from enclave_policies.network.ports import EVERYTHING
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.network.aws.prefixes import Prefixes
    from enclave_policies.network.aws.references import Reference, References
    from enclave_policies.resources.resource import Resource

_WORDS: Final = {"ingress": "from", "egress": "to"}
_CIDRS: Final = ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6")
_PREFIXES: Final = ("prefixListIds", "prefixListId")
_GROUPS: Final = ("securityGroups", "sourceSecurityGroupId", "referencedSecurityGroupId")


class _Source(NamedTuple):
    """Where a rule stands: ``block`` holds its fields, below property ``below`` of the resource if it is inline."""

    resource: Resource
    block: Mapping[str, Any]
    below: str | None
    direction: str


class Groups:
    """The security groups of a stack by key, and the default group of each VPC by the VPC's URN."""

    def __init__(self, references: References, prefixes: Prefixes) -> None:
        self._references = references
        self._prefixes = prefixes
        self.by_key: dict[str, Group] = {}
        self.default_of: dict[str, Group] = {}
        self.foreign: dict[str, Group] = {}
        self.unresolved: list[str] = []
        for resource in references.all(types.GROUP):
            self._add(resource, references.one(resource, "vpcId", types.VPC))
        for resource in references.all(types.DEFAULT_GROUP):
            self._default(resource)
        for vpc in references.all(*types.VPC):
            if vpc.urn not in self.default_of:
                self.default_of[vpc.urn] = self.by_key[vpc.urn] = _made_by_aws(vpc)
        for resource in references.all(types.GROUP, types.DEFAULT_GROUP):
            for direction in _WORDS:
                self._inline(resource, direction)
        for resource in references.all(types.GROUP_RULE, types.GROUP_INGRESS, types.GROUP_EGRESS):
            self._standalone(resource)

    def key(self, resource: Resource) -> str:
        """Return the key of the group that a resource is, or that a VPC has by default."""
        default = self.default_of.get(resource.urn)
        return default.key if default is not None else resource.urn

    def meant(self, reference: Reference, who: str) -> list[Group]:
        """Return the groups that a host carries; groups that nobody can know count as open."""
        found = [self.by_key[self.key(resource)] for resource in reference.found]
        found += [
            self._unknown(key, f"{who} carries group {key}, which is not of this stack") for key in reference.foreign
        ]
        if reference.lacking:
            found.append(self._unknown("unknown group", f"{who} carries a group that is not known yet"))
        return found

    def _unknown(self, key: str, why: str) -> Group:
        if key not in self.foreign:
            self.foreign[key] = open_group(key, f"{UNDETERMINED}{why}: it counts as open")
        return self.foreign[key]

    def _add(self, resource: Resource, vpc: Reference) -> Group:
        home = vpc.one.urn if vpc.one is not None else None
        group = Group(resource.urn, resource.name, home, tag(resource, "segment"), tag(resource, "site"))
        self.by_key[group.key] = group
        return group

    def _default(self, resource: Resource) -> None:
        vpc = self._references.one(resource, "vpcId", types.VPC)
        group = self._add(resource, vpc)
        if vpc.one is not None:
            self.default_of[vpc.one.urn] = group
        else:
            self.unresolved.append(f"{UNDETERMINED}default security group {resource.name}: its VPC is not known")

    def _inline(self, resource: Resource, direction: str) -> None:
        blocks = resource.props.get(direction)
        group = self.by_key[resource.urn]
        for block in blocks if isinstance(blocks, list | tuple) else [blocks]:
            if block is None:
                continue
            if not isinstance(block, dict):
                label = (
                    f"{UNDETERMINED}security group {group.name} {direction}: its rules are not known yet, so it is open"
                )
                self._give(group, direction, [Rule(EVERYTHING, ANYWHERE, frozenset(), label)])
                continue
            self._give(group, direction, self._rules(_Source(resource, block, direction, direction), group))

    def _standalone(self, resource: Resource) -> None:
        owner = self._references.one(resource, "securityGroupId", types.GROUPS)
        owners = [self.by_key[self.key(found)] for found in owner.found]
        if not owners and not owner.certain:
            owners = list(self.by_key.values())
        doubt = "" if owner.certain else f"{UNDETERMINED}{resource.name} may belong to it: "
        given = {types.GROUP_INGRESS: "ingress", types.GROUP_EGRESS: "egress"}.get(
            resource.type, told(resource, "type")
        )
        for direction in (given,) if isinstance(given, str) and given in _WORDS else tuple(_WORDS):
            for group in owners:
                rules = list(self._rules(_Source(resource, resource.props, None, direction), group, doubt))
                self._give(group, direction, rules)

    @staticmethod
    def _give(group: Group, direction: str, rules: Iterator[Rule] | list[Rule]) -> None:
        getattr(group, direction).extend(rules)

    def _rules(self, source: _Source, group: Group, doubt: str = "") -> Iterator[Rule]:
        """Yield one rule for each peer."""
        block = source.block
        ports, exact = permitted(
            block.get("protocol", block.get("ipProtocol")), block.get("fromPort"), block.get("toPort")
        )
        start = f"security group {group.name} {source.direction} {_WORDS[source.direction]}"
        if not exact and not doubt:
            doubt = f"{UNDETERMINED}protocol or ports are not known: "
        for name in _CIDRS:
            values = block.get(name)
            for value in values if isinstance(values, list | tuple) else [values]:
                if value is not None and value != "":
                    yield _by_network(value, ports, f"{doubt}{start}", name)
        for name in _PREFIXES:
            for words, found, known in self._prefixes.meant(source.resource, source.below or name, block.get(name)):
                unsure = "" if known or doubt else UNDETERMINED
                yield Rule(ports, found, frozenset(), f"{unsure}{doubt}{start} {words} {ports}")
        for name in _GROUPS:
            yield from self._by_group(source, name, group, ports, f"{doubt}{start}")
        if is_true(block.get("self", False)):
            yield Rule(ports, NOWHERE, frozenset({group.key}), f"{doubt}{start} itself {ports}")

    def _by_group(self, source: _Source, name: str, group: Group, ports: Any, start: str) -> Iterator[Rule]:
        value = source.block.get(name)
        meant = self._references.of(source.resource, source.below or name, value, types.GROUPS)
        unsure = "" if meant.certain or start.startswith(UNDETERMINED) else UNDETERMINED
        for resource in meant.found:
            peer = self.by_key[self.key(resource)]
            words = "itself" if peer is group else f"{peer.name}"
            yield Rule(ports, NOWHERE, frozenset({peer.key}), f"{unsure}{start} {words} {ports}")
        for key in meant.foreign:
            yield Rule(ports, NOWHERE, frozenset({key, FOREIGN}), f"{start} {key} (not of this stack) {ports}")
        if meant.lacking:
            yield Rule(ports, ANYWHERE, frozenset(), f"{unsure}{start} a group that is not known yet {ports}")


def _by_network(value: Any, ports: Any, start: str, name: str) -> Rule:
    found = network(value) if isinstance(value, str) else None
    if found is not None:
        return Rule(ports, found, frozenset(), f"{start} {value} {ports}")
    what = f"{name}, which is not known yet" if value is UNKNOWN else f"{name} {shown(str(value))}, which is no network"
    unsure = "" if start.startswith(UNDETERMINED) else UNDETERMINED
    return Rule(ports, ANYWHERE, frozenset(), f"{unsure}{start} {what} {ports}")


def _made_by_aws(vpc: Resource) -> Group:
    """Return the default group as AWS makes it: all from itself, all to anywhere."""
    name = f"default of {vpc.name} (made by AWS)"
    group = Group(vpc.urn, name, vpc.urn, None, None)
    group.ingress.append(
        Rule(EVERYTHING, NOWHERE, frozenset({group.key}), f"security group {name} ingress from itself")
    )
    group.egress.append(Rule(EVERYTHING, ANYWHERE, frozenset(), f"security group {name} egress to anywhere"))
    return group
