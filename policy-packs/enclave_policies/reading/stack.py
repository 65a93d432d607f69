"""The whole stack, as rules see it that cannot answer from one resource alone."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.urns import urn_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enclave_policies.reading.reading import Reading

BUCKET_TYPES = frozenset({"aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2", "aws:s3/directoryBucket:DirectoryBucket"})

CALLED_BY = ("id", "arn")
MADE_HERE = ("globalClusterIdentifier", "globalReplicationGroupId", "multiRegionClusterName", "name", "serviceName")
SPANNING_TYPES = frozenset(
    {"GlobalCluster", "GlobalReplicationGroup", "MultiRegionCluster", "GlobalTable", "VpcEndpointService"}
)
"""Types that make what others join by the name that both give as an input."""


class Stack:
    """All resources of a stack, each with its reading; look-ups are built when they are first asked for."""

    def __init__(self, readings: Iterable[Reading], name: str = "") -> None:
        self.readings: Mapping[str, Reading] = {reading.resource.urn: reading for reading in readings}
        self.name = name or next((found for urn in self.readings if (found := urn_of(urn).stack)), "")
        """What it is called; "" where neither the caller nor a URN says so."""
        self.gathered: dict[object, tuple[object, Exception | None]] = {}
        """What rules have gathered from it, or the error that there was instead (see gathered.once)."""
        self.broken: dict[str, str] = {}
        """What could not be gathered from one resource: its URN, and the name of the error (see gathered.each)."""

    def of_type(self, type_: str) -> list[Reading]:
        """Return the resources of one type."""
        return self._by_type.get(type_, [])

    def of_package(self, package: str) -> list[Reading]:
        """Return the resources whose types are of one package, such as ``kubernetes``."""
        return self._by_package.get(package, [])

    @cached_property
    def _by_package(self) -> Mapping[str, list[Reading]]:
        found: dict[str, list[Reading]] = {}
        for reading in self.readings.values():
            found.setdefault(reading.resource.type.partition(":")[0], []).append(reading)
        return found

    @cached_property
    def _by_type(self) -> Mapping[str, list[Reading]]:
        found: dict[str, list[Reading]] = {}
        for reading in self.readings.values():
            found.setdefault(reading.resource.type, []).append(reading)
        return found

    @cached_property
    def buckets(self) -> Mapping[str, Reading]:
        """The stack's S3 buckets by name, as far as their names are known."""
        return {
            name: reading
            for reading in self.readings.values()
            if reading.resource.type in BUCKET_TYPES
            for name in _texts(reading, "bucket", "id")
        }

    @cached_property
    def names(self) -> frozenset[str]:
        """What other resources may call those of this stack: ids, ARNs, names of what spans regions, of services."""
        return frozenset(name for reading in self.readings.values() for name in called(reading))


def called(reading: Reading) -> list[str]:
    """Return what other resources may call one of the stack."""
    spans = reading.resource.type.rpartition(":")[2] in SPANNING_TYPES
    return _texts(reading, *CALLED_BY, *(MADE_HERE if spans else ()))


def sources(reading: Reading, path: str, stack: Stack) -> Iterator[Reading]:
    """Yield the resources of the stack that an input's value comes from, as the engine recorded it."""
    for urn in reading.resource.depends.get(path.partition(".")[0], ()):
        if urn in stack.readings:
            yield stack.readings[urn]


def _texts(reading: Reading, *names: str) -> list[str]:
    values: list[Any] = [reading.resource.props.get(name) for name in names]
    values += [reading.resource.outputs.get(name) for name in names]
    return [value for value in values if isinstance(value, str) and value]
