"""One measured figure beside what it is compared with, and the target that it has to meet."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from benchmarks.errors import NotMeasuredError


@dataclass(frozen=True)
class Target:
    """What a figure's ratio has to be: ``limit`` at most or, with ``at_least``, at least."""

    name: str
    limit: float
    at_least: bool = False

    def met(self, ratio: float) -> bool:
        """Whether a ratio is good enough."""
        return ratio >= self.limit if self.at_least else ratio <= self.limit

    @property
    def words(self) -> str:
        """Return what is asked, such as "≤ 3"."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


@dataclass(frozen=True)
class Figure:
    """Samples of one quantity; ``reference`` is the peer's median from the same run, or a limit, in the same unit."""

    what: str
    unit: str
    samples: tuple[float, ...]
    against: str
    reference: float
    target: Target | None = None

    def __post_init__(self) -> None:
        """Refuse what a ratio would lie about: no samples, or values that noise has pushed to zero and below."""
        if not self.samples or self.median <= 0 or self.reference <= 0:
            values = ", ".join(f"{sample:.3g}" for sample in self.samples) or "nothing"
            raise NotMeasuredError(
                f"{self.what}: measured {values} {self.unit} beside {self.reference:.3g} ({self.against}), "
                "which is less than the noise; measure again on a quiet machine, or with more --rounds"
            )

    @property
    def median(self) -> float:
        """The middle sample."""
        return median(self.samples)

    @property
    def ratio(self) -> float:
        """The median over the reference."""
        return self.median / self.reference

    @property
    def missed(self) -> bool:
        """Whether there is a target, and the figure does not meet it."""
        return self.target is not None and not self.target.met(self.ratio)
