"""The shape of the law's YAML files: strict, every fact with its source and the day it was checked."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Day = Annotated[date, Field(strict=False)]  # YAML gives the text 2026-11-22


class Strict(BaseModel):
    """Unknown keys are refused, nothing is converted, nothing changes later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Fact(Strict):
    """Where a fact comes from and when it was last checked; after ``expires`` it is no fact any more."""

    source: Text
    as_of: Day
    expires: Day | None = None


class CountriesFile(Fact):
    """countries.yaml."""

    names: dict[CountryCode, Text]
    sets: dict[Text, list[CountryCode]]


class ApprovedFile(Fact):
    """approved.yaml: what the enclave's owner approves."""

    host: Annotated[list[CountryCode], Field(min_length=1)]
    accounts: list[Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]]
    registries: list[Text]


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


class ClusterEntry(Fact):
    """A registered Kubernetes cluster."""

    server: Text
    ca_sha256: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64}|unpinned)$")]
    site: Text
    country: CountryCode


class ClustersFile(Strict):
    """clusters.yaml."""

    clusters: dict[Text, ClusterEntry]


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
