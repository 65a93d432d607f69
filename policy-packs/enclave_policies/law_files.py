"""The shape of the law's YAML files: strict, every fact with its source and the day it was checked."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from enclave_policies.instruments import MOVEMENTS, REGIMES, BasisKind, Movement, Regime, Status

CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Day = Annotated[date, Field(strict=False)]  # YAML gives the text 2026-11-22


class Strict(BaseModel):
    """Unknown keys are refused, nothing is converted, nothing changes later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Host = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$")]
NodePattern = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][-A-Za-z0-9_.]*\*?$")]
Days = Annotated[int, Field(ge=1)]


class Fact(Strict):
    """Where a fact comes from and when it was last checked; after ``expires`` it is no fact any more.

    ``stale_after_days``: how old the check may be before the fact is listed as stale (refused with strict_facts).
    """

    source: Text
    as_of: Day
    expires: Day | None = None
    stale_after_days: Days | None = None


class CountriesFile(Fact):
    """countries.yaml."""

    names: dict[CountryCode, Text]
    sets: dict[Text, list[CountryCode]]


class ApprovedFile(Fact):
    """approved.yaml: what the enclave's owner approves."""

    host: Annotated[list[CountryCode], Field(min_length=1)]
    accounts: list[Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]]
    organizations: list[Annotated[str, StringConstraints(pattern=r"^o-[a-z0-9]{10,32}$")]] = []
    issuers: list[Host] = []
    networks: list[Text] = []
    dns_zones: list[Host] = []
    mail_domains: list[Host] = []
    buckets: list[Text] = []
    registries: list[Text]
    mirrors: dict[Text, Text] = {}
    strict_facts: bool = False


class RegionEntry(Strict):
    """One region; the file's source and date hold unless it has its own."""

    place: Text
    country: CountryCode | None  # null: the operator publishes none, so nobody can approve it
    zone_ids: list[Text] = []
    source: Text | None = None
    as_of: Day | None = None
    expires: Day | None = None


class PartitionEntry(Strict):
    """One partition: a set of regions with its own accounts and DNS names."""

    dns_suffixes: Annotated[list[Text], Field(min_length=1)]
    regions: dict[Text, RegionEntry]


class RegionsFile(Fact):
    """aws-regions.yaml."""

    partitions: dict[Text, PartitionEntry]


class ZoneEntry(Strict):
    """One local zone group or wavelength zone."""

    kind: Literal["local", "wavelength"]
    place: Text
    country: CountryCode
    source: Text | None = None
    as_of: Day | None = None
    expires: Day | None = None


class ZonesFile(Fact):
    """aws-zones.yaml."""

    zones: dict[Text, ZoneEntry]


class NodesEntry(Strict):
    """What the site's nodes are called; a pattern is a whole name or a prefix with one ``*`` at its end."""

    regions: list[NodePattern] = []
    zones: list[NodePattern] = []
    names: list[NodePattern] = []


class ClusterEntry(Fact):
    """A registered Kubernetes cluster."""

    server: Text
    ca_sha256: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64}|unpinned)$")]
    site: Text
    country: CountryCode
    nodes: NodesEntry = NodesEntry()


class ClustersFile(Strict):
    """clusters.yaml."""

    clusters: dict[Text, ClusterEntry]


class RegimeEntry(Strict):
    """One regime: the countries (or sets) that are no third countries to it."""

    name: Text
    home: Annotated[list[Text], Field(min_length=1)]


class DecisionEntry(Strict):
    """One adequacy decision; the file's source and date hold unless it has its own."""

    id: Text
    regime: Regime
    country: CountryCode | None = None
    organisation: Text | None = None
    scope: Text
    condition: Text | None = None
    status: Status
    adopted: Day
    expires: Day | None = None
    note: Text | None = None
    source: Text | None = None
    as_of: Day | None = None


class AdequacyFile(Fact):
    """adequacy.yaml."""

    regimes: dict[Regime, RegimeEntry]
    decisions: list[DecisionEntry]


class TransferEntry(Strict):
    """One transfer rule; ``from`` and ``to`` name countries, sets, or ``host`` (what approved.yaml approves)."""

    id: Text
    basis: BasisKind
    sources: Annotated[list[Text], Field(min_length=1, alias="from")]
    targets: Annotated[list[Text], Field(min_length=1, alias="to")]
    movements: Annotated[list[Movement], Field(min_length=1)] = list(MOVEMENTS)
    regimes: Annotated[list[Regime], Field(min_length=1)] = list(REGIMES)
    assessed: Day | None = None
    expires: Day | None = None
    measure: Text | None = None
    meets: list[Text] = []
    owner: Text
    source: Text


class TransfersFile(Strict):
    """transfers.yaml."""

    assessment_days_at_most: Days
    transfers: list[TransferEntry]


class SelectEntry(Strict):
    """A narrow selector of an exception."""

    type: Text
    name: Text
    stack: Text | None = None


class ExceptionEntry(Strict):
    """One exception."""

    id: Text
    rules: Annotated[list[Text], Field(min_length=1)]
    urn: Text | None = None
    select: SelectEntry | None = None
    owner: Text
    approver: Text
    reason: Text
    ticket: Text
    granted: Day
    expires: Day


class ExceptionsFile(Strict):
    """exceptions.yaml."""

    exception_days_at_most: Days
    exceptions: list[ExceptionEntry]


class StandInCluster(ClusterEntry):
    """A cluster of the local sandbox; always pinned, because it is made anew with its own certificate authority."""

    ca_sha256: Sha256
    stand_in: Literal[True]


class StandInEndpoint(Fact):
    """The address of a local stand-in for AWS."""

    url: Text
    stand_in: Literal[True]


class OverlayFile(Strict):
    """A sandbox's law.yaml: it registers stand-ins on loopback addresses and can approve nothing else."""

    clusters: dict[Text, StandInCluster] = {}
    aws_endpoints: list[StandInEndpoint] = []
