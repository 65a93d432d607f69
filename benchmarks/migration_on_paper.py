"""`python -m benchmarks.migration_on_paper`: what limits a large wave, how long it takes and what it costs.

It computes docs/migration-on-paper.md from the assumptions below, and simulates how parts fall to workers. Nothing in
it was measured: whoever plans a wave puts in figures of their own.
"""

from __future__ import annotations

import heapq
import random
import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "migration-on-paper.md"
DAY: Final = 86_400
GB: Final = 10**9
BITS: Final = 8


@dataclass(frozen=True)
class Assumed:
    """Inputs; prices in US dollars, as list prices of 2026 are remembered, and to be replaced by a contract's."""

    bytes: float = 10e15
    objects: float = 1e10
    workers: int = 200
    transfers: int = 32
    latency: float = 0.15  # seconds of an object beside its bytes: a HEAD, a GET and a PUT across the Atlantic
    stream: float = 60e6  # bytes per second of one transfer across the Atlantic
    worker_line: float = 10e9  # bits per second
    line: float = 100e9  # bits per second between the source's region and the site
    line_share: float = 0.7  # of the line that the wave may take
    prefixes: int = 64  # of the source that have a request rate of their own
    gets: float = 5_500  # per second and prefix (Amazon S3 user guide, "Best practices design patterns")
    target_puts: float = 40_000  # per second that the site's store takes
    part: float = 100_000  # versions in a part
    spread: float = 0.5  # sigma of the logarithm of parts' times
    deaths: float = 1.0  # workers that die in an hour, of all
    wait: float = 60.0  # seconds until another worker takes a dead one's part
    price_list: float = 0.005 / 1_000
    price_get: float = 0.0004 / 1_000
    price_put: float = 0.005 / 1_000
    price_out_region: float = 0.02  # a GB to another region
    price_out_line: float = 0.02  # a GB out over a private line
    price_batch: float = 1.0 / 1_000_000  # an object of S3 Batch Operations
    price_storage: float = 0.021  # a GB and month, of what stands twice


@dataclass(frozen=True)
class Limit:
    """One thing that is limited: objects or bytes per second of all, and how that is computed."""

    name: str
    formula: str
    objects: float

    def days(self, assumed: Assumed) -> float:
        """Return how long it takes if this alone is the limit."""
        return assumed.objects / self.objects / DAY


def limits(a: Assumed) -> list[Limit]:
    """Return every limit, in objects per second."""
    mean = a.bytes / a.objects
    return [
        Limit(
            "workers, by latency",
            "workers * transfers / (latency + mean / stream)",
            a.workers * a.transfers / (a.latency + mean / a.stream),
        ),
        Limit("workers, by their lines", "workers * worker_line / 8 / mean", a.workers * a.worker_line / BITS / mean),
        Limit("the line between", "line * line_share / 8 / mean", a.line * a.line_share / BITS / mean),
        Limit("requests at the source", "prefixes * gets / 2 (a HEAD and a GET)", a.prefixes * a.gets / 2),
        Limit("requests at the target", "target_puts", a.target_puts),
    ]


def tightest(a: Assumed) -> Limit:
    """Return what limits the wave."""
    return min(limits(a), key=lambda limit: limit.objects)


def simulated(a: Assumed, seed: int = 15) -> tuple[float, float]:
    """Return (days, share of the workers' time that is lost): parts of uneven length, and workers that die.

    A part whose worker died is taken by another one, which copies only what the target lacks: what is lost is the wait.
    """
    dice = random.Random(seed)  # noqa: S311 (the same page each time)
    count = round(a.objects / a.part)
    mean = a.part * a.workers / tightest(a).objects
    lengths = [dice.lognormvariate(0, a.spread) for _ in range(count)]
    scale = mean * count / sum(lengths)
    free = [0.0] * a.workers
    lost = 0.0
    for length in sorted((each * scale for each in lengths), reverse=True):
        start = heapq.heappop(free)
        chance = length / 3600 * a.deaths / a.workers
        pause = a.wait if dice.random() < chance else 0.0
        lost += pause
        heapq.heappush(free, start + length + pause)
    end = max(free)
    idle = sum(end - each for each in free) + lost
    return end / DAY, idle / (end * a.workers)


def costs(a: Assumed) -> dict[str, tuple[str, float]]:
    """Return what a wave costs: name → (formula, dollars)."""
    gigabytes = a.bytes / GB
    return {
        "inventory, three times (plan, run, verify)": (
            "3 * objects / 1000 * price_list",
            3 * a.objects / 1000 * a.price_list,
        ),
        "reading to copy (a HEAD and a GET)": ("2 * objects * price_get", 2 * a.objects * a.price_get),
        "reading to compare, at the source": ("objects * price_get", a.objects * a.price_get),
        "writing, where the target is in AWS": ("objects * price_put", a.objects * a.price_put),
        "S3 Batch Replication instead of workers, in AWS": ("objects * price_batch", a.objects * a.price_batch),
        "bytes to another region": ("bytes / 10**9 * price_out_region", gigabytes * a.price_out_region),
        "the same once more, to compare them where the wave runs": (
            "bytes / 10**9 * price_out_region",
            gigabytes * a.price_out_region,
        ),
        "bytes over a private line": ("bytes / 10**9 * price_out_line", gigabytes * a.price_out_line),
        "each month in which both copies stand": ("bytes / 10**9 * price_storage", gigabytes * a.price_storage),
    }


def page(a: Assumed) -> str:
    """Return the page."""
    return "\n".join(_lines(a)) + "\n"


def _lines(a: Assumed) -> Iterator[str]:
    yield "# A large wave on paper"
    yield ""
    yield "Computed by [this script](../benchmarks/migration_on_paper.py); nothing here was measured."
    yield "Prices are list prices as we remember them: put in those of your contract, and run it again."
    yield ""
    yield f"**{a.bytes / 1e15:g} PB in {a.objects:,.0f} objects by {a.workers} workers.** {_verdict(a)}"
    yield ""
    yield "## What limits it"
    yield ""
    yield "`mean` is `bytes / objects`. The smallest rate is the wave's."
    yield ""
    yield "| Limit | Formula | objects/s | GB/s | days |"
    yield "|---|---|---:|---:|---:|"
    for limit in sorted(limits(a), key=lambda each: each.objects):
        rate = limit.objects * a.bytes / a.objects / GB
        yield f"| {limit.name} | `{limit.formula}` | {limit.objects:,.0f} | {rate:,.1f} | {limit.days(a):,.1f} |"
    yield ""
    yield "## What it costs"
    yield ""
    yield "| What | Formula | US dollars |"
    yield "|---|---|---:|"
    for name, (formula, dollars) in costs(a).items():
        yield f"| {name} | `{formula}` | {dollars:,.0f} |"
    yield ""
    yield "Removing is free of charge in S3: `objects / 1000` requests. Comparing reads every byte once more on both"
    yield "sides, from where the command runs. Not built yet: workers on either side that hash there."
    yield ""
    yield "## What it was computed from"
    yield ""
    yield "| Input | Value |"
    yield "|---|---:|"
    for field in fields(a):
        yield f"| `{field.name}` | {getattr(a, field.name):g} |"


def _verdict(a: Assumed) -> str:
    best, (days, lost) = tightest(a), simulated(a)
    second = sorted(limits(a), key=lambda each: each.objects)[1]
    return (
        f"The limit is {best.name}: {best.days(a):.1f} days to copy. Simulated with {a.objects / a.part:,.0f} parts of "
        f"uneven length and {a.deaths:g} worker an hour that dies, it takes {days:.1f} days, and {lost:.1%} of the "
        f"workers' time is lost. The next limit is {second.name}: {second.days(a):.1f} days."
    )


if __name__ == "__main__":
    PAGE.write_text(page(Assumed()), encoding="utf-8")
    sys.stdout.write(PAGE.read_text(encoding="utf-8"))
