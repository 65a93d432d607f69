"""Each line is one command of a workflow, at most ten of a kind, and no name is a command of its own."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from evidence.renderers import workflow_commands
from tests.evidence.bundles import small
from tests.evidence.hostile import WORDS, record_of
from tests.evidence.test_sarif import crowded

if TYPE_CHECKING:
    from evidence.record.model import Record

COMMAND = re.compile(r"::(error|warning|notice) file=([^:,]+)(?:,line=(\d+),col=(\d+))?,title=([^:,]+)::(.+)")


def commands(record: Record) -> list[tuple[str, ...]]:
    """Return the parts of each command as GitHub's runner takes them, which knows no line without one here."""
    found = []
    for line in workflow_commands.render(record).decode().split("\n")[:-1]:
        match = COMMAND.fullmatch(line)
        assert match, line
        found.append(tuple(unquote(part or "") for part in match.groups()))
    return found


def test_a_finding_stands_at_its_line_and_what_has_none_at_the_declaration() -> None:
    found = commands(small())
    assert found[0][:5] == ("error", "stacks/small.yaml", "7", "3", "JUR-001 region: fail")
    assert [each[:4] for each in found if "us-dpf" in each[5]] == [("warning", "stacks/small.yaml", "", "")]


def test_ten_of_a_kind_are_given_and_the_last_counts_the_rest() -> None:
    found = commands(crowded(500))
    assert Counter(each[0] for each in found)["error"] == 10
    assert found[9][4:] == (
        "more",
        "494 more errors are left out here, as this form takes no more; findings.csv has them all",
    )
    assert Counter(each[0] for each in commands(crowded(7)))["error"] == 10
    assert "more" not in [each[4] for each in commands(crowded(7))]


def test_no_name_begins_a_command_or_ends_a_property() -> None:
    lines = workflow_commands.render(record_of(WORDS)).splitlines()
    assert len(lines) == len(commands(record_of(WORDS))) == 28


def test_a_name_that_begins_a_line_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(workflow_commands, "DATA", {})
    with pytest.raises(AssertionError):
        commands(record_of(WORDS))
