"""One desk with a schema, a ledger and a table of networks, at which our own command is run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hosts.deidentify.main import main
from tests.hosts.deidentify.shapes import NETWORKS, PLANS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pytest

VISITS: Final[dict[str, Any]] = {
    "flow": "visits",
    "class": "restricted",
    "purpose": "statistics",
    "recipient": "lab",
    "country": "US",
    "regimes": ["eu", "uk"],
    "measure": "pseudonymised",
    "sandbox": True,
}
FIELDS: Final[tuple[dict[str, Any], ...]] = (
    {"of": "visits", "field": "user", "do": "pseudonym"},
    {"of": "visits", "field": "phone", "do": "pseudonym"},
    {"of": "visits", "field": "plan", "do": "keep", "values": list(PLANS)},
    {"of": "visits", "field": "address", "do": "country"},
    {"of": "visits", "field": "at", "do": "day"},
    {"of": "visits", "field": "age", "do": "age-band", "width": 10, "top": 80},
    {"of": "visits", "field": "internal", "do": "drop"},
)
TABLE: Final[dict[str, Any]] = {
    **VISITS,
    "flow": "table",
    "measure": "aggregated",
    "groups": {"person": "user", "by": ["plan", "age"], "minimum": 10},
}
TABLE_FIELDS: Final[tuple[dict[str, Any], ...]] = (
    {"of": "table", "field": "user", "do": "person"},
    {"of": "table", "field": "plan", "do": "keep", "values": list(PLANS)},
    {"of": "table", "field": "age", "do": "age-band", "width": 20, "top": 80},
)


@dataclass
class Answer:
    """What a run of our command left."""

    code: int
    said: str
    wrong: str
    output: str = ""

    @property
    def records(self) -> list[dict[str, Any]]:
        """What left."""
        return [json.loads(line) for line in self.output.splitlines()]


@dataclass
class Desk:
    """A folder, and how often our command ran over it."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    runs: int = 0

    @property
    def schema(self) -> Path:
        """The flows."""
        return self.folder / "leaving.jsonl"

    @property
    def ledger(self) -> Path:
        """What was used up."""
        return self.folder / "ledger.jsonl"

    def set_up(self) -> None:
        """Write two flows, an empty ledger and the networks."""
        self.write(self.schema, [VISITS, *FIELDS, TABLE, *TABLE_FIELDS])
        self.ledger.touch()
        (self.folder / "networks.csv").write_text(NETWORKS)

    def write(self, path: Path, rows: Iterable[dict[str, Any]]) -> None:
        """Write JSON lines."""
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))

    def ask(self, *words: object) -> Answer:
        """Run our command with these words alone."""
        code = main([str(word) for word in words])
        said = self.capsys.readouterr()
        return Answer(code, said.out, said.err)

    def words(self, flow: str = "visits", epoch: str = "", key: Sequence[object] = ("--stand-in",)) -> list[object]:
        """Return the words of our command, without files."""
        words: list[object] = ["--schema", self.schema, "--flow", flow, "--ledger", self.ledger]
        words += ["--epoch", epoch or f"run-{self.runs}", "--networks", self.folder / "networks.csv"]
        return [*words, *key]

    def run(
        self, lines: Iterable[bytes | dict[str, Any]], *words: object, suffix: str = ".jsonl", **how: Any
    ) -> Answer:
        """Run our command over some lines."""
        self.runs += 1
        source, target = self.folder / f"in-{self.runs}.jsonl", self.folder / f"out-{self.runs}{suffix}"
        source.write_bytes(
            b"".join((json.dumps(one).encode() if isinstance(one, dict) else one) + b"\n" for one in lines)
        )
        answer = self.ask(*self.words(**how), *words, source, target)
        if target.exists() and suffix == ".jsonl":
            answer.output = target.read_text(encoding="ascii")
        return answer
