"""A wave whose last day is over is refused before any engine starts, unless its source was shown to be empty."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from enclave_policies.law.folder.access import load_access_law

from components.declaration import load_declaration
from console.recording.overdue import overdue
from console.recording.waves import EMPTY, folder_of
from console.report.keys import signing
from evidence.bundle.signer import signer_name
from evidence.bundle.statement import KIND
from hosts.gateway import dsse
from hosts.wave.journal import Journal
from hosts.wave.wave import JOURNAL
from sandbox.migration.declared import declared
from sandbox.migration.move import Move
from tests.approving import KEY_ID, MANAGER_KEY, accepting, inspected, key_of, public

if TYPE_CHECKING:
    from enclave_policies.law import Law
    from securesystemslib.signer import Signer

    from components.declaration import Declaration

LAST, AFTER = date(2027, 3, 31), date(2027, 4, 1)
SIGNED = b'{"predicateType": "urn:enclave:wave-empty:v1"}'


@pytest.fixture
def moving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Declaration:
    monkeypatch.setenv("ENCLAVE_EVIDENCE", str(tmp_path))
    file = tmp_path / "moving.yaml"
    file.write_text(declared([Move("w3", "hamar", "people", "people-in", ())]), encoding="utf-8")
    return load_declaration(file)


def purged(
    *,
    left: int = 0,
    signed: bytes | None = SIGNED,
    told: bytes = SIGNED,
    by: Signer | None = None,
    nobody: bool = False,
) -> None:
    """Write the journal of a wave that was purged, a later look that showed ``left``, and what was signed.

    ``by``: who signs, the sandbox's stand-in where nobody is named; ``nobody``: nobody does.
    """
    folder = folder_of("moving", "w3") / "people"
    with Journal(folder / JOURNAL) as journal:
        journal.write("planned", parts=[])
        journal.write("purged", statement=hashlib.sha256(told).hexdigest())
        journal.write("listed", left=left)
    if signed is not None:
        envelope = dsse.unsigned(signed, KIND)
        if not nobody:
            envelope.sign(by or stand_in())
        (folder / EMPTY).write_bytes(dsse.written(envelope))


def stand_in() -> Signer:
    held, name = signing(None, sandbox=True)
    return held.signer(name)


def of(key: str, named: str | None = None) -> Signer:
    """Return what signs by a key of the tests', under its own name or that of another."""
    return dsse.signer_of(signer_name(public(named or key)), key_of(key))


def law_on(day: date) -> Law:
    """Return a law that lists an inspector and an accepter of the tests' own."""
    return accepting(inspected(load_access_law(as_of=day), Path()))


def said(declaration: Declaration, day: date) -> list[str]:
    return [each.message for each in overdue("moving", declaration, law_on(day))]


def test_until_its_last_day_nobody_asks_how_far_a_wave_is(moving: Declaration) -> None:
    assert said(moving, LAST) == []


def test_the_day_after_it_must_be_proved_to_be_over(moving: Declaration) -> None:
    (found,) = overdue("moving", moving, law_on(AFTER))
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


def test_a_statement_that_nobody_signed_is_no_proof(moving: Declaration) -> None:
    purged(nobody=True)
    assert "of the bucket people nobody has signed the statement" in said(moving, AFTER)[0]


@pytest.mark.parametrize("key", [KEY_ID, MANAGER_KEY])
def test_whoever_the_law_lists_may_sign_that_a_source_is_empty(key: str, moving: Declaration) -> None:
    purged(by=of(key))
    assert said(moving, AFTER) == []
    assert said(moving.model_copy(update={"sandbox": False}), AFTER) == []


def test_a_key_that_the_law_does_not_list_proves_nothing(moving: Declaration) -> None:
    purged(by=of("stranger"))
    assert "signed by a key that the law does not list (sha256:" in said(moving, AFTER)[0]


def test_a_stranger_under_the_name_of_a_listed_key_proves_nothing(moving: Declaration) -> None:
    """The seeded bug of signatures: names alone, which anybody can write."""
    purged(by=of("stranger", MANAGER_KEY))
    assert "changed, or signed by another key than it says" in said(moving, AFTER)[0]


def test_a_stand_in_proves_nothing_of_a_real_stack(moving: Declaration) -> None:
    purged()
    real = moving.model_copy(update={"sandbox": False})
    assert "signed by a key that the law does not list (stand-in sha256:" in said(real, AFTER)[0]
