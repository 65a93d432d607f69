"""Turn a law folder and a sandbox's overlay into one Law; every problem of every file at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from enclave_policies.addresses import network_of
from enclave_policies.facts import Cluster, Nodes, Place, Region
from enclave_policies.instruments import TransferRule
from enclave_policies.law import Law
from enclave_policies.law_document import read
from enclave_policies.law_files import (
    AdequacyFile,
    ApprovedFile,
    ClusterEntry,
    ClustersFile,
    CountriesFile,
    ExceptionsFile,
    OverlayFile,
    RegionsFile,
    Strict,
    TransfersFile,
    ZonesFile,
)
from enclave_policies.type_catalog import read_inputs, read_types
from enclave_policies.urls import is_loopback, origin
from located_yaml import Document, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

Model = TypeVar("Model", bound=Strict)
Where = tuple[str | int, ...]


def read_law(folder: Path, overlay: Path | None, day: date) -> Law:
    """Read the law. Raises ProblemsError."""
    problems: list[Problem] = []

    def file(name: str, model: type[Model]) -> tuple[Model, Document] | None:
        try:
            return read(folder / name, model, day)
        except ProblemsError as error:
            problems.extend(error.problems)
            return None

    countries = file("countries.yaml", CountriesFile)
    approved = file("approved.yaml", ApprovedFile)
    regions = file("aws-regions.yaml", RegionsFile)
    zones = file("aws-zones.yaml", ZonesFile)
    clusters = file("clusters.yaml", ClustersFile)
    adequacy = file("adequacy.yaml", AdequacyFile)
    transfers = file("transfers.yaml", TransfersFile)
    exceptions = file("exceptions.yaml", ExceptionsFile)
    types: dict[str, str] = {}
    inputs: dict[str, dict[str, str]] = {}
    try:
        types = read_types(folder / "types")
        inputs = read_inputs(folder / "types")
    except ProblemsError as error:
        problems.extend(error.problems)
    stand_ins: tuple[OverlayFile, Document] | None = None
    if overlay is not None:
        try:
            stand_ins = read(overlay, OverlayFile, day)
        except ProblemsError as error:
            problems.extend(error.problems)
        else:
            problems.extend(_outside_loopback(*stand_ins))
    if countries is None or approved is None or regions is None or zones is None or clusters is None:
        raise ProblemsError(problems)
    known = countries[0].names
    problems.extend(_strangers(known, countries[1], _countries_of_sets(countries[0])))
    problems.extend(_strangers(known, approved[1], ((("host", i), c) for i, c in enumerate(approved[0].host))))
    problems.extend(_strangers(known, regions[1], _countries_of_regions(regions[0])))
    problems.extend(
        _strangers(known, zones[1], ((("zones", code, "country"), z.country) for code, z in zones[0].zones.items()))
    )
    problems.extend(_cluster_problems(known, clusters[1], clusters[0].clusters))
    if stand_ins is not None:
        problems.extend(_cluster_problems(known, stand_ins[1], stand_ins[0].clusters))
    networks = [(text, network_of(text)) for text in approved[0].networks]
    for index, (text, network) in enumerate(networks):
        if network is None:
            problems.append(approved[1].problem(("networks", index), f"network '{text}' is no CIDR block"))
    if problems or adequacy is None or transfers is None or exceptions is None:
        raise ProblemsError(problems)
    return Law(
        countries=dict(known),
        country_sets={name: frozenset(members) for name, members in countries[0].sets.items()},
        hosts=frozenset(approved[0].host),
        accounts=frozenset(approved[0].accounts),
        registries=frozenset(approved[0].registries),
        dns_suffixes={name: tuple(p.dns_suffixes) for name, p in regions[0].partitions.items()},
        regions={region.code: region for region in _regions(regions[0])},
        zones={zone.code: zone for zone in _zones(regions[0], zones[0])},
        clusters=(*_clusters(clusters[0]), *(_clusters(stand_ins[0]) if stand_ins else ())),
        stand_in_endpoints=frozenset(origin(e.url) or "" for e in stand_ins[0].aws_endpoints)
        if stand_ins
        else frozenset(),
        types=types,
        inputs=inputs,
        day=day,
        networks=tuple(network for _, network in networks if network is not None),
        dns_zones=frozenset(approved[0].dns_zones),
        mail_domains=frozenset(approved[0].mail_domains),
        buckets=frozenset(approved[0].buckets),
        mirrors=dict(approved[0].mirrors),
        organizations=frozenset(approved[0].organizations),
        issuers=frozenset(approved[0].issuers),
        homes={
            regime: _members(entry.home, countries[0], approved[0]) for regime, entry in adequacy[0].regimes.items()
        },
        transfers=tuple(
            TransferRule(
                entry.id,
                entry.basis,
                _members(entry.sources, countries[0], approved[0]),
                _members(entry.targets, countries[0], approved[0]),
                frozenset(entry.movements),
                frozenset(entry.regimes),
            )
            for entry in transfers[0].transfers
        ),
    )


def _members(names: list[str], countries: CountriesFile, approved: ApprovedFile) -> frozenset[str]:
    sets = {**countries.sets, "host": approved.host}
    return frozenset(country for name in names for country in sets.get(name, [name]))


def _regions(content: RegionsFile) -> Iterator[Region]:
    for partition, entry in content.partitions.items():
        for code, region in entry.regions.items():
            yield Region(code, region.place, region.country, partition)


def _zones(regions: RegionsFile, zones: ZonesFile) -> Iterator[Place]:
    """Every zone by its whole name or id; a regional or local zone adds one letter to its region or group."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    for region in _regions(regions):
        for letter in letters:
            yield Place(region.code + letter, region.name, region.country)
    for partition in regions.partitions.values():
        for entry in partition.regions.values():
            for zone_id in entry.zone_ids:
                yield Place(zone_id, entry.place, entry.country)
    for code, zone in zones.zones.items():
        for ending in letters if zone.kind == "local" else ("",):
            yield Place(code + ending, zone.place, zone.country)


def _clusters(content: ClustersFile | OverlayFile) -> Iterator[Cluster]:
    stand_in = isinstance(content, OverlayFile)
    for name, entry in content.clusters.items():
        pinned = None if entry.ca_sha256 == "unpinned" else entry.ca_sha256
        nodes = Nodes(tuple(entry.nodes.regions), tuple(entry.nodes.zones), tuple(entry.nodes.names))
        yield Cluster(name, origin(entry.server) or "", pinned, entry.site, entry.country, stand_in, nodes)


def _strangers(
    known: dict[str, str], document: Document, used: Iterable[tuple[Where, str | None]]
) -> Iterator[Problem]:
    for where, country in used:
        if country is not None and country not in known:
            yield document.problem(where, f"country '{country}' is not in countries.yaml; correct it or add it there")


def _countries_of_sets(content: CountriesFile) -> Iterator[tuple[Where, str]]:
    for name, members in content.sets.items():
        for index, country in enumerate(members):
            yield ("sets", name, index), country


def _countries_of_regions(content: RegionsFile) -> Iterator[tuple[Where, str | None]]:
    for partition, entry in content.partitions.items():
        for code, region in entry.regions.items():
            yield ("partitions", partition, "regions", code, "country"), region.country


def _cluster_problems(
    known: dict[str, str], document: Document, clusters: Mapping[str, ClusterEntry]
) -> Iterator[Problem]:
    yield from _strangers(known, document, ((("clusters", name, "country"), c.country) for name, c in clusters.items()))
    for name, cluster in clusters.items():
        if urlsplit(cluster.server).scheme != "https" or origin(cluster.server) is None:
            message = f"server '{cluster.server}' is not https://HOST:PORT, so its certificate authority proves nothing"
            yield document.problem(("clusters", name, "server"), message)


def _outside_loopback(content: OverlayFile, document: Document) -> Iterator[Problem]:
    limit = "a sandbox may register loopback addresses only (127.0.0.0/8, ::1, localhost)"
    for name, cluster in content.clusters.items():
        if not is_loopback(cluster.server):
            yield document.problem(("clusters", name, "server"), f"server '{cluster.server}': {limit}")
    for index, endpoint in enumerate(content.aws_endpoints):
        if not is_loopback(endpoint.url):
            yield document.problem(("aws_endpoints", index, "url"), f"url '{endpoint.url}': {limit}")
