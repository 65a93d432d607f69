"""Doors round the gateway in a stack, each with the segments that it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from enclave_policies.network.aws.doors import doors_by_type
from enclave_policies.network.aws.roles import Roles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.network.aws.doors import Door
    from enclave_policies.network.aws.elements import Host
    from enclave_policies.network.aws.references import References
    from enclave_policies.resources.resource import Resource

Segments = tuple[tuple[str, str | None], ...]


class Entering(NamedTuple):
    """One door that is open: ``segments`` holds each (site, segment) that it stands in, none where nobody can tell.

    ``certain``: its settings are known; ``because`` says by what it is one where that is not a setting.
    """

    urn: str
    door: Door
    segments: Segments
    certain: bool
    because: str | None = None


def entering(references: References, hosts: list[Host]) -> Iterator[Entering]:
    """Yield the doors of a stack that are open, or may be."""
    roles = Roles(references)
    standing: dict[str, list[Host]] = {}
    for host in hosts:
        standing.setdefault(host.urn, []).append(host)
    for type_, kinds in doors_by_type().items():
        for resource in references.all(type_):
            for door in kinds:
                answer = door.is_open(resource.props)
                because = roles.allows(resource, door.may) if door.may else None
                if answer is False or (door.may and because is None):
                    continue
                segments = _segments(references, resource, door, standing)
                if segments or door.nowhere == "unknown":
                    yield Entering(resource.urn, door, segments, answer is True, because)


def _segments(references: References, resource: Resource, door: Door, standing: dict[str, list[Host]]) -> Segments:
    urns = [resource.urn]
    if door.of is not None:
        urns = [one.urn for one in references.one(resource, door.of.input, (door.of.type,)).found]
    found = {(subnet.site, subnet.segment) for urn in urns for host in standing.get(urn, ()) for subnet in host.subnets}
    return tuple(sorted(found, key=lambda item: (item[0], item[1] or "")))
