"""What was measured, as a table for people and as plain data for programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from benchmarks.figure import Figure
    from benchmarks.machine import Machine

_wide = 160  # columns, where nobody says how wide the output may be
_numbers = ("min", "median", "max", "reference", "ratio")


@dataclass
class Report:
    """The figures of one run by benchmark, and why others are missing."""

    machine: Machine
    figures: dict[str, list[Figure]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def targets(self) -> list[Figure]:
        """The figures that have a target to meet."""
        return [figure for figures in self.figures.values() for figure in figures if figure.target]

    @property
    def bad(self) -> bool:
        """Whether something could not be measured, or missed its target."""
        return bool(self.failures) or any(figure.missed for figure in self.targets)

    def show(self) -> None:
        """Print everything to standard output."""
        console = Console(highlight=False)
        if not console.is_terminal:
            console = Console(highlight=False, width=_wide)
        machine = self.machine
        load = ", ".join(f"{value:.2f}" for value in machine.load)
        console.print(
            f"{machine.cores} cores ({machine.processor}), {machine.memory_gib:g} GiB, {machine.system}, "
            f"Python {machine.python}, commit {machine.commit}, {machine.at}, load at start {load}",
            soft_wrap=True,
            markup=False,
        )
        if self.figures:
            console.print(self._table())
        if machine.warning:
            console.print(f"warning: {machine.warning}", soft_wrap=True, markup=False)
        for name, reason in self.failures.items():
            console.print(f"not measured: {name}: {reason}", soft_wrap=True, markup=False)
        if self.targets:
            console.print(f"ratios: {', '.join(map(_ratio, self.targets))}", soft_wrap=True, markup=False)

    def data(self) -> dict[str, Any]:
        """Return everything as plain data, every sample included."""
        return {
            "machine": asdict(self.machine) | {"warning": self.machine.warning},
            "figures": [
                {"benchmark": name, **asdict(figure), "median": figure.median, "ratio": figure.ratio}
                | ({"missed": figure.missed} if figure.target else {})
                for name, figures in self.figures.items()
                for figure in figures
            ],
            "not_measured": self.failures,
        }

    def _table(self) -> Table:
        table = Table("benchmark", "what", "unit")
        for number in _numbers[:3]:
            table.add_column(number, justify="right")
        table.add_column("beside")
        for number in _numbers[3:]:
            table.add_column(number, justify="right")
        if self.targets:
            table.add_column("target")
        for name, figures in self.figures.items():
            for figure in figures:
                values = (min(figure.samples), figure.median, max(figure.samples))
                table.add_row(
                    name,
                    figure.what,
                    figure.unit,
                    *(_text(value) for value in values),
                    figure.against,
                    _text(figure.reference),
                    _text(figure.ratio),
                    *([_target(figure)] if self.targets else []),
                )
        return table


def _target(figure: Figure) -> str:
    return f"{figure.target.words}{', missed' if figure.missed else ''}" if figure.target else ""


def _ratio(figure: Figure) -> str:
    return f"{figure.target.name if figure.target else ''} {_text(figure.ratio)} ({_target(figure)})"


def _text(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004
