"""`python -m benchmarks [NAME…]`: measure, and print each figure beside its peer or its limit.

Exit codes: 0 everything was measured, 1 something was not or missed its target, 2 bad input. A slow figure without a
target is no failure.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from benchmarks import (
    audit,
    audit_preview,
    audit_rules,
    cold_setup,
    deidentify,
    gateway,
    guard,
    pack_price,
    preview,
    reach,
    reporting,
    setup,
    start,
)
from benchmarks.errors import NotMeasuredError
from benchmarks.figure import Figure
from benchmarks.machine import look
from benchmarks.report import Report
from benchmarks.workbench import Workbench
from console.gate.errors import EngineMissingError
from console.main import user_errors
from located_yaml import ProblemsError
from sandbox.toolchain import Progress

if TYPE_CHECKING:
    from types import FrameType

Benchmark = Callable[[Workbench], Iterator[Figure]]
benchmarks: Mapping[str, Benchmark] = {
    "setup": setup.measure,
    "start": start.measure,
    "preview": preview.measure,
    "pack_price": pack_price.measure,
    "guard": guard.measure,
    "reach": reach.measure,
    "gateway": gateway.measure,
    "deidentify": deidentify.measure,
    "audit": audit.measure,
    "audit_rules": audit_rules.measure,
    "audit_preview": audit_preview.measure,
    "report": reporting.measure,
    "cold_setup": cold_setup.measure,
}
# Take many minutes, or download gigabytes: only when named.
cold = "cold_setup"
on_demand = frozenset({"audit", "audit_rules", "audit_preview", cold})


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, all by default, and return the exit code."""
    chosen = _parse(arguments)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # with it, every start would compile the source again
    signal.signal(signal.SIGTERM, _stop)
    report = Report(look())
    if report.machine.warning:
        sys.stderr.write(f"warning: {report.machine.warning}\n")
    try:
        with ExitStack() as ends, Progress() as progress:
            bench = Workbench(progress, ends, chosen.rounds)
            for name in chosen.names:
                run(name, benchmarks[name], bench, report)
    except KeyboardInterrupt:
        report.failures["the rest"] = "stopped"
    except _told() as error:  # while the run's sandboxes were ended; the figures stand
        report.failures["the end of the run"] = str(error)
    report.show()
    if chosen.json:
        chosen.json.write_text(json.dumps(report.data(), indent=2) + "\n", encoding="utf-8")
    return 1 if report.bad else 0


def run(name: str, measure: Benchmark, bench: Workbench, report: Report) -> None:
    """Add a benchmark's figures to the report; one that cannot be measured takes no other with it."""
    try:
        for figure in measure(bench):
            report.figures.setdefault(name, []).append(figure)
    except _told() as error:
        report.failures[name] = str(error)
    except Exception as error:
        if os.environ.get("ENCLAVE_DEBUG"):
            raise
        fault = f"{type(error).__name__}: {error}"
        report.failures[name] = f"a fault in the benchmark ({fault}); set ENCLAVE_DEBUG=1 to see where, and report it"


def _told() -> tuple[type[Exception], ...]:
    """Return the errors whose text is meant for the user."""
    return NotMeasuredError, EngineMissingError, ProblemsError, *user_errors()


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"one of {', '.join(benchmarks)}; by default all but {', '.join(sorted(on_demand))}",
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each variant is measured (default 3)")
    parser.add_argument("--cold", action="store_true", help=f"measure {cold} too: a fresh clone, empty caches")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples there too")
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.names if name not in benchmarks]
    if unknown:
        parser.error(f"there is no benchmark '{unknown[0]}'; there are: {', '.join(benchmarks)}")
    if chosen.rounds < 1:
        parser.error(f"--rounds {chosen.rounds}: at least 1 is needed")
    if chosen.json and not chosen.json.absolute().parent.is_dir():
        parser.error(f"--json {chosen.json}: there is no such folder; make it first")
    chosen.names = chosen.names or [name for name in benchmarks if name not in on_demand]
    chosen.names += [cold] if chosen.cold and cold not in chosen.names else []
    return chosen


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
