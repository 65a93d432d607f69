"""Which resource a property means: by its id or ARN among outputs, else by what the property depends on."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.network.aws import types
from enclave_policies.network.aws.values import dicts
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from enclave_policies.resources.resource import Resource

_CALLED_BY: Final = frozenset(
    {
        *("id", "arn", "allocationId", "transitGatewayAttachmentId", "primaryNetworkInterfaceId"),
        *("defaultSecurityGroupId", "defaultNetworkAclId", "defaultRouteTableId", "mainRouteTableId"),  # of a VPC
        *("associationDefaultRouteTableId", "propagationDefaultRouteTableId"),  # of a transit gateway
    }
)


class Reference(NamedTuple):
    """What a property may mean: each of ``found`` if not ``certain``; ``foreign`` are ids of no resource of the stack.

    ``absent``: nobody gave the property. ``lacking``: it means something beside all that, which could be anything.
    """

    found: tuple[Resource, ...] = ()
    foreign: tuple[str, ...] = ()
    certain: bool = True
    absent: bool = False
    lacking: bool = False

    @property
    def one(self) -> Resource | None:
        """The resource that is certainly meant, None where there is none or more than one."""
        return self.found[0] if self.certain and len(self.found) == 1 else None


_ABSENT: Final = Reference(absent=True)


class References:
    """Every resource of a stack by type, by URN and by what it is called in AWS."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.by_type: dict[str, list[Resource]] = defaultdict(list)
        self.by_urn: dict[str, Resource] = {}
        self._by_id: dict[str, list[Resource]] = defaultdict(list)
        self._naming: dict[tuple[str, str, tuple[str, ...], str | None], dict[str, list[Resource]]] = {}
        for resource in resources:
            if resource.urn in self.by_urn:
                continue
            self.by_urn[resource.urn] = resource
            self.by_type[resource.type].append(resource)
            for name in _CALLED_BY & resource.outputs.keys():
                self._call(resource, resource.outputs[name])
            if resource.type in types.BY_NAME:
                for name in ("name", "replicationSubnetGroupId"):
                    self._call(resource, resource.outputs.get(name) or resource.props.get(name))

    def _call(self, resource: Resource, value: Any) -> None:
        if isinstance(value, str) and value:
            self._by_id[value].append(resource)

    def all(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of some types, in the order of the types."""
        for type_ in types:
            yield from self.by_type.get(type_, ())

    def one(self, resource: Resource, name: str, types: Sequence[str]) -> Reference:
        """Return what one property of a resource means; where the inputs lack it, what its outputs say."""
        value = resource.props.get(name)
        if value is None:
            recorded = resource.outputs.get(name)
            value = None if recorded is UNKNOWN else recorded  # a plan knows no more of it than that nobody asked
        return self.of(resource, name, value, types)

    def naming(
        self, type_: str, name: str, types: Sequence[str], within: str | None = None
    ) -> Mapping[str, Sequence[Resource]]:
        """Return the resources of a type by the URN of each that a property of theirs means; asked once for all.

        ``within``: the property holds blocks, which name it by this.
        """
        key = (type_, name, tuple(types), within)
        if key not in self._naming:
            found = self._naming[key] = defaultdict(list)
            for resource in self.all(type_):
                for named in self._meant(resource, name, types, within).found:
                    found[named.urn].append(resource)
        return self._naming[key]

    def _meant(self, resource: Resource, name: str, types: Sequence[str], within: str | None) -> Reference:
        if within is None:
            return self.one(resource, name, types)
        return self.of(resource, name, [block.get(within) for block in dicts(resource.props.get(name))], types)

    def of(self, resource: Resource, name: str, value: Any, types: Sequence[str]) -> Reference:
        """Return what a value (an id, a list of ids, UNKNOWN) means that stands in or below a property."""
        values = value if isinstance(value, list | tuple) else [value]
        values = [item for item in values if item is not None and item != ""]
        if not values:
            return _ABSENT
        found: dict[str, Resource] = {}
        strange: list[str] = []
        unknown = 0
        for item in values:
            named = self._named(item, types) if isinstance(item, str) else None
            if named is not None:
                found[named.urn] = named
            elif isinstance(item, str):
                strange.append(item)
            else:
                unknown += 1
        if not unknown and not strange:
            return Reference(tuple(found.values()))
        others = [one for one in self._depended(resource, name, types) if one.urn not in found]
        if not unknown:  # an id may be that of a resource whose outputs nobody recorded, but of no other
            others = [one for one in others if not one.outputs.get("id")]
        if value is not UNKNOWN and others and len(others) == unknown + len(strange):
            return Reference((*found.values(), *others))
        certain = len(others) == (1 if value is UNKNOWN else unknown)
        return Reference((*found.values(), *others), tuple(strange), certain, lacking=unknown > len(others))

    def _named(self, text: str, types: Sequence[str]) -> Resource | None:
        for type_ in types:
            for resource in self._by_id.get(text, ()):
                if resource.type == type_:
                    return resource
        return None

    def _depended(self, resource: Resource, name: str, types: Sequence[str]) -> list[Resource]:
        found = (self.by_urn.get(urn) for urn in resource.depends.get(name, ()))
        return [one for one in found if one is not None and one.type in types]
