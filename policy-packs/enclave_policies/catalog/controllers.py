"""Who acts on an object of Kubernetes, by the name that it gives: a controller of the cluster's own, or a cloud's."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Naming = Literal[
    "storage-driver",
    "volume-source",
    "balancer-class",
    "balancer-annotation",
    "ingress-class",
    "ingress-controller",
    "node-label",
]
"""What bears the name: a driver or provisioner of volumes, an input of a volume, a class, an annotation, a label."""
Runs = Literal["cluster", "aws", "cloud"]
"""Where it acts: on the cluster's own nodes; in AWS's region, which is home for a cluster that AWS runs; in a cloud."""
WILDCARD: Final = "*"


@dataclass(frozen=True, slots=True)
class Controllers:
    """What bears a name → where such a one acts → patterns (lower case, ``*`` a wildcard), in the tables' order."""

    patterns: Mapping[Naming, Mapping[Runs, tuple[str, ...]]] = field(default_factory=dict)

    def runs(self, naming: Naming, name: str) -> Runs | None:
        """Return where one of this name acts, in any case; None where nobody knows it."""
        lower = name.lower()
        for runs, patterns in self.patterns.get(naming, {}).items():
            if _is_one_of(lower, patterns):
                return runs
        return None


@lru_cache(maxsize=1 << 12)
def _is_one_of(name: str, patterns: tuple[str, ...]) -> bool:
    return any(name == each if WILDCARD not in each else fnmatchcase(name, each) for each in patterns)
