"""The shape of the law's YAML files: strict, every fact with its source and the day it was checked."""
# Annotations are evaluated here (no __future__ import): they are the schema.

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from enclave_policies.law.access import InspectorName, StandInInspector
from enclave_policies.law.forms import (
    Account,
    Bucket,
    CountryCode,
    DataClass,
    Days,
    Fact,
    FactFile,
    Host,
    Names,
    NodePattern,
    Organization,
    OwnDates,
    Pin,
    RegionCode,
    Registry,
    Sha256,
)
from enclave_policies.law.instruments import MOVEMENTS, REGIMES, BasisKind, Movement, Regime, Status
from enclave_policies.law.transition import TransitionRow
from located_yaml.records import AtLeast, key


@dataclass(frozen=True, slots=True, kw_only=True)
class CountriesFile(FactFile):
    """countries.yaml."""

    names: Mapping[CountryCode, str]
    sets: Mapping[str, tuple[CountryCode, ...]]


@dataclass(frozen=True, kw_only=True)
class Approvals:
    """What the enclave's owner approves."""

    host: tuple[CountryCode, ...] = ()
    accounts: tuple[Account, ...] = ()
    organizations: tuple[Organization, ...] = ()
    issuers: tuple[Host, ...] = ()
    networks: tuple[str, ...] = ()
    dns_zones: tuple[Host, ...] = ()
    mail_domains: tuple[Host, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    registries: tuple[Registry, ...] = ()
    mirrors: Mapping[Registry, Registry] = field(default_factory=dict)
    receivers: Mapping[Host, CountryCode] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ApprovedFile(Approvals, FactFile):
    """approved.yaml; field() drops the inherited default: here these must be said."""

    host: Annotated[tuple[CountryCode, ...], AtLeast(1)] = field()
    accounts: tuple[Account, ...] = field()
    registries: tuple[Registry, ...] = field()
    strict_facts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionRow(OwnDates):
    """One region; ``country`` null: the operator publishes none, so nobody can approve it."""

    place: str
    country: CountryCode | None
    zone_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionRow:
    """One partition: a set of regions with its own accounts and DNS names."""

    dns_suffixes: tuple[Host, ...] = ()
    regions: Mapping[RegionCode, RegionRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionsFile(FactFile):
    """aws-regions.yaml."""

    partitions: Mapping[str, PartitionRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneRow(OwnDates):
    """One local zone group or wavelength zone."""

    kind: Literal["local", "wavelength"]
    place: str
    country: CountryCode


@dataclass(frozen=True, slots=True, kw_only=True)
class ZonesFile(FactFile):
    """aws-zones.yaml."""

    zones: Mapping[str, ZoneRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class NodesRow:
    """What the site's nodes are called; a pattern is a whole name or a prefix with one ``*`` at its end."""

    regions: tuple[NodePattern, ...] = ()
    zones: tuple[NodePattern, ...] = ()
    names: tuple[NodePattern, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow(Fact):
    """A registered Kubernetes cluster."""

    server: str
    ca_sha256: Pin
    site: str
    country: CountryCode
    nodes: NodesRow = NodesRow()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClustersFile:
    """clusters.yaml."""

    stale_after_days: Days | None = None
    clusters: Mapping[str, ClusterRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeRow:
    """One regime: the countries (or sets) that are no third countries to it."""

    name: str
    home: Names


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """One adequacy decision: about countries or sets, or about an international organisation."""

    id: str
    regime: Regime
    countries: tuple[str, ...] = ()
    organisation: str | None = None
    scope: str
    condition: str | None = None
    status: Status
    adopted: date
    effective: date | None = None
    expires: date | None = None
    note: str | None = None
    source: str | None = None
    as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdequacyFile(FactFile):
    """adequacy.yaml."""

    regimes: Mapping[Regime, RegimeRow]
    decisions: tuple[DecisionRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRow:
    """One transfer rule; ``from`` and ``to`` name countries, sets, or ``host`` (what approved.yaml approves)."""

    id: str
    basis: BasisKind
    sources: Names = field(metadata=key("from"))
    targets: Names = field(metadata=key("to"))
    movements: Annotated[tuple[Movement, ...], AtLeast(1)] = MOVEMENTS
    regimes: Annotated[tuple[Regime, ...], AtLeast(1)] = REGIMES
    assessed: date | None = None
    expires: date | None = None
    measure: str | None = None
    meets: tuple[str, ...] = ()
    classes: tuple[DataClass, ...] = ()
    owner: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransfersFile:
    """transfers.yaml; a transfer impact assessment holds for so many days."""

    assessment_days_at_most: Days
    transfers: tuple[TransferRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementRow:
    """One row: classes of data that may rest in countries; ``countries`` as in a transfer rule."""

    id: str
    classes: Annotated[tuple[DataClass, ...], AtLeast(1)]
    regimes: Annotated[tuple[Regime, ...], AtLeast(1)] = REGIMES
    countries: Names
    owner: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementFile(FactFile):
    """placement.yaml."""

    placement: Annotated[tuple[PlacementRow, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectRow:
    """What an exception is about, where it is no single URN."""

    type: str
    name: str
    stack: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionRow:
    """One exception."""

    id: str
    rules: Names
    urn: str | None = None
    select: SelectRow | None = None
    owner: str
    approver: str
    reason: str
    ticket: str
    granted: date
    expires: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionsFile:
    """exceptions.yaml; an exception holds for so many days at most."""

    exception_days_at_most: Days
    exceptions: tuple[ExceptionRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile(FactFile):
    """A file in ``local/``: it adds to every other file, and changes nothing that is there."""

    names: Mapping[CountryCode, str] = field(default_factory=dict)
    sets: Mapping[str, tuple[CountryCode, ...]] = field(default_factory=dict)
    approved: Approvals = Approvals()
    partitions: Mapping[str, PartitionRow] = field(default_factory=dict)
    zones: Mapping[str, ZoneRow] = field(default_factory=dict)
    clusters: Mapping[str, ClusterRow] = field(default_factory=dict)
    decisions: tuple[DecisionRow, ...] = ()
    transfers: tuple[TransferRow, ...] = ()
    placement: tuple[PlacementRow, ...] = ()
    transitional: tuple[TransitionRow, ...] = ()
    exceptions: tuple[ExceptionRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StandInCluster(ClusterRow):
    """A cluster of the local sandbox; always pinned, because it is made anew with its own certificate authority."""

    ca_sha256: Sha256
    stand_in: Literal[True]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandInEndpoint(Fact):
    """The address of a local stand-in for AWS."""

    url: str
    stand_in: Literal[True]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayFile:
    """A sandbox's law.yaml: stand-ins on loopback addresses, and who inspects them; it can approve nothing else."""

    clusters: Mapping[str, StandInCluster] = field(default_factory=dict)
    aws_endpoints: tuple[StandInEndpoint, ...] = ()
    inspectors: Mapping[InspectorName, StandInInspector] = field(default_factory=dict)
