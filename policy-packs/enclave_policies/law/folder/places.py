"""Regions, zones and clusters, and the countries that they lie in."""

from __future__ import annotations

import re
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers.urls import is_loopback, origin
from enclave_policies.law.facts import Cluster, Nodes, Place, Region
from enclave_policies.law.folder.parts import Part, Row, merge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.law.folder.atlas import Atlas
    from enclave_policies.law.folder.files import ClusterRow, PartitionRow, RegionRow, ZoneRow
    from enclave_policies.law.folder.sources import Sources

ZONE_NAMES: Final = {
    "local": (re.compile(r"([a-z]+(?:-[a-z]+)+-\d+)-[a-z]{3}-\d+"), "us-east-1-bos-1, the group's name"),
    "wavelength": (re.compile(r"([a-z]+(?:-[a-z]+)+-\d+)-wl\d+-[a-z]{3}-wlz-\d+"), "us-east-1-wl1-bos-wlz-1"),
}
LOOPBACK_ONLY = "a sandbox may register loopback addresses only (127.0.0.0/8, ::1, localhost)"


def read_places(sources: Sources, atlas: Atlas) -> dict[str, Any]:
    """Return the fields of Law that say where things are, by name."""
    regions = _regions(sources, atlas)
    return {
        "dns_suffixes": _dns_suffixes(sources),
        "regions": {code: region for code, (region, _) in regions.items()},
        "zones": _zones(sources, atlas, regions),
        "clusters": tuple(_clusters(sources, atlas)),
        "stand_in_endpoints": _stand_in_endpoints(sources),
    }


def _partitions(sources: Sources) -> Iterator[tuple[str, Row[PartitionRow]]]:
    """Every partition of every file: a local file may add regions to one that is there."""
    for part in sources.parts("aws-regions.yaml", "partitions"):
        yield from part.entries()


def _dns_suffixes(sources: Sources) -> dict[str, tuple[str, ...]]:
    suffixes: dict[str, tuple[str, ...]] = {}
    for name, partition in _partitions(sources):
        suffixes[name] = (*suffixes.get(name, ()), *partition.value.dns_suffixes)
        if not suffixes[name]:
            sources.problems.append(partition.problem(f"partition '{name}' has no dns_suffixes; add them"))
    return suffixes


def _regions(sources: Sources, atlas: Atlas) -> dict[str, tuple[Region, RegionRow]]:
    partition_of: dict[int, str] = {}
    parts: list[Part[RegionRow]] = []
    for name, partition in _partitions(sources):
        parts.append(Part(partition.document, (*partition.path, "regions"), partition.value.regions))
        partition_of.update((id(entry), name) for entry in partition.value.regions.values())
    result: dict[str, tuple[Region, RegionRow]] = {}
    for code, entry in merge("region", parts, sources.problems).items():
        atlas.check(entry, entry.value.country, "country")
        region = Region(code, entry.value.place, entry.value.country, partition_of[id(entry.value)])
        result[code] = (region, entry.value)
    return result


def _zones(sources: Sources, atlas: Atlas, regions: Mapping[str, tuple[Region, RegionRow]]) -> dict[str, Place]:
    """Every zone by its whole name or id; a regional or local zone adds one letter to its region or group."""
    zones: dict[str, Place] = {}
    for code, (region, entry) in regions.items():
        for name in (*(code + letter for letter in ascii_lowercase), *entry.zone_ids):
            zones[name] = Place(name, region.name, region.country)
    for code, zone in sources.table("zone", "aws-zones.yaml", "zones").items():
        value: ZoneRow = zone.value
        atlas.check(zone, value.country, "country")
        pattern, example = ZONE_NAMES[value.kind]
        named = pattern.fullmatch(code)
        if named is None or (regions and named[1] not in regions):  # none where their file could not be read
            message = f"'{code}' is no {value.kind} zone of a known region ({example}); correct the name or its kind"
            sources.problems.append(zone.problem(message))
        for ending in ascii_lowercase if value.kind == "local" else ("",):
            zones[code + ending] = Place(code + ending, value.place, value.country)
    return zones


def _clusters(sources: Sources, atlas: Atlas) -> Iterator[Cluster]:
    for name, entry in sources.table("cluster", "clusters.yaml", "clusters").items():
        yield _cluster(name, entry, atlas, stand_in=False)
    if sources.overlay is None:
        return
    for name, value in sources.overlay.content.clusters.items():
        entry = Row(value, sources.overlay.document, ("clusters", name))
        if not is_loopback(value.server):
            sources.problems.append(entry.problem(f"server '{value.server}': {LOOPBACK_ONLY}", "server"))
        yield _cluster(name, entry, atlas, stand_in=True)


def _cluster(name: str, entry: Row[ClusterRow], atlas: Atlas, *, stand_in: bool) -> Cluster:
    value = entry.value
    atlas.check(entry, value.country, "country")
    server = origin(value.server)
    if server is None or not server.startswith("https:"):
        message = f"server '{value.server}' is not https://HOST:PORT, so its certificate authority proves nothing"
        atlas.problems.append(entry.problem(message, "server"))
    pinned = None if value.ca_sha256 == "unpinned" else value.ca_sha256
    nodes = Nodes(value.nodes.regions, value.nodes.zones, value.nodes.names)
    return Cluster(name, server or "", pinned, value.site, value.country, stand_in, nodes)


def _stand_in_endpoints(sources: Sources) -> frozenset[str]:
    if sources.overlay is None:
        return frozenset()
    endpoints = sources.overlay.content.aws_endpoints
    for index, endpoint in enumerate(endpoints):
        if not is_loopback(endpoint.url):
            problem = sources.overlay.document.problem(
                ("aws_endpoints", index, "url"), f"url '{endpoint.url}': {LOOPBACK_ONLY}"
            )
            sources.problems.append(problem)
    return frozenset(origin(endpoint.url) or "" for endpoint in endpoints)
