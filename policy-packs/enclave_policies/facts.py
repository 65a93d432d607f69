"""The facts that a law is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Something with a code and a country: an AWS region or zone. ``country`` None: its operator publishes none."""

    code: str
    name: str
    country: str | None


@dataclass(frozen=True, slots=True)
class Region(Place):
    """An AWS region."""

    partition: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """A registered Kubernetes cluster; ``ca_sha256`` None: not pinned, the https address alone identifies it."""

    name: str
    server: str
    ca_sha256: str | None
    site: str
    country: str
    stand_in: bool = False
