"""A wave whose last day is over is refused before any engine starts, unless its source was shown to be empty."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING

import pytest

from components.declaration import load_declaration
from console.recording.overdue import overdue
from console.recording.waves import EMPTY, folder_of
from evidence.bundle.statement import KIND
from hosts.gateway import dsse
from hosts.wave.journal import Journal
from hosts.wave.wave import JOURNAL
from sandbox.migration.demo import Move, declared

if TYPE_CHECKING:
    from pathlib import Path

    from components.declaration import Declaration

LAST, AFTER = date(2027, 3, 31), date(2027, 4, 1)
SIGNED = b'{"predicateType": "urn:enclave:wave-empty:v1"}'


@pytest.fixture
def moving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Declaration:
    monkeypatch.setenv("ENCLAVE_EVIDENCE", str(tmp_path))
    file = tmp_path / "moving.yaml"
    file.write_text(declared([Move("w3", "hamar", "people", "people-in", ())]), encoding="utf-8")
    return load_declaration(file)


def purged(*, left: int = 0, signed: bytes | None = SIGNED, told: bytes = SIGNED) -> None:
    """Write the journal of a wave that was purged, a later look that showed ``left``, and what was signed."""
    folder = folder_of("moving", "w3") / "people"
    with Journal(folder / JOURNAL) as journal:
        journal.write("planned", parts=[])
        journal.write("purged", statement=hashlib.sha256(told).hexdigest())
        journal.write("listed", left=left)
    if signed is not None:
        (folder / EMPTY).write_bytes(dsse.written(dsse.unsigned(signed, KIND)))


def said(declaration: Declaration, day: date) -> list[str]:
    return [each.message for each in overdue("moving", declaration, day)]


def test_until_its_last_day_nobody_asks_how_far_a_wave_is(moving: Declaration) -> None:
    assert said(moving, LAST) == []


def test_the_day_after_it_must_be_proved_to_be_over(moving: Declaration) -> None:
    (found,) = overdue("moving", moving, AFTER)
    assert found.keys == ("waves", "w3", "delete_by")
    assert "'us-exit' had to be empty by 2027-03-31, and of the bucket people" in found.message
    assert "there is no signed statement that it is" in found.message


def test_a_signed_statement_that_the_source_is_empty_is_proof(moving: Declaration) -> None:
    purged()
    assert said(moving, AFTER) == []


def test_what_came_after_the_statement_is_not_passed_over(moving: Declaration) -> None:
    purged(left=2)
    assert "the last listing showed 2 versions, markers or uploads" in said(moving, AFTER)[0]


def test_another_statement_than_the_journals_is_no_proof(moving: Declaration) -> None:
    """The seeded bug of this family: a statement that somebody put in the place of the first one."""
    purged(signed=b'{"predicateType": "urn:enclave:wave-empty:v1", "predicate": {}}')
    assert "another than the one that the journal tells of" in said(moving, AFTER)[0]


def test_a_statement_that_cannot_be_read_is_no_proof(moving: Declaration) -> None:
    purged()
    (folder_of("moving", "w3") / "people" / EMPTY).write_text("{}", encoding="ascii")
    assert "the signed statement cannot be read" in said(moving, AFTER)[0]


def test_a_statement_that_is_gone_is_told_as_such(moving: Declaration) -> None:
    purged(signed=None)
    assert "the signed statement cannot be read" in said(moving, AFTER)[0]


def test_a_wave_without_buckets_proves_nothing(moving: Declaration) -> None:
    wave = moving.waves["w3"].model_copy(update={"buckets": {}})
    assert "it names no bucket" in said(moving.model_copy(update={"waves": {"w3": wave}}), AFTER)[0]
