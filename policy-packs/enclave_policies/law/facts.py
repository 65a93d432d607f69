"""The facts that a law is made of: places, clusters, and the facts that nobody has checked for too long."""

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
class Nodes:
    """What the nodes of one site are called; each pattern is a whole name or a prefix with one ``*`` at its end.

    ``regions`` and ``zones`` are the values of the labels topology.kubernetes.io/region and /zone.
    """

    regions: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def has_region(self, label: str) -> bool:
        """Return whether a node of the site may carry this region label."""
        return matches_any(label, self.regions)

    def has_zone(self, label: str) -> bool:
        """Return whether a node of the site may carry this zone label."""
        return matches_any(label, self.zones)

    def has_name(self, name: str) -> bool:
        """Return whether a node of the site may have this name."""
        return matches_any(name, self.names)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A registered Kubernetes cluster; ``ca_sha256`` None: not pinned, the https address alone identifies it."""

    name: str
    server: str
    ca_sha256: str | None
    site: str
    country: str
    stand_in: bool = False
    nodes: Nodes = Nodes()


@dataclass(frozen=True, slots=True, order=True)
class StaleFact:
    """A fact that was checked longer ago than its file allows; ``age`` and ``limit`` in days."""

    file: str
    line: int
    column: int
    what: str
    age: int
    limit: int

    @property
    def words(self) -> str:
        """What is stale, and what to do."""
        return (
            f"{self.what}: checked {self.age} days ago, {self.limit} are the limit (stale_after_days); "
            "check it against its source and renew as_of"
        )

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.words}"


def matches(text: str, pattern: str) -> bool:
    """Return whether ``text`` is ``pattern``, or begins with it where it ends in ``*`` (no other wildcard)."""
    if pattern.endswith("*"):
        return text.startswith(pattern[:-1])
    return text == pattern


def matches_any(text: str, patterns: tuple[str, ...]) -> bool:
    """Return whether ``text`` matches one of the patterns."""
    return any(matches(text, pattern) for pattern in patterns)
