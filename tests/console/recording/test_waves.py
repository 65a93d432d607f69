"""The record of a run tells how far each wave is, and carries what was signed of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from components.declaration.load import located_declaration
from console.recording.waves import folder_of, waves
from hosts.wave.journal import Journal
from hosts.wave.wave import JOURNAL
from sandbox.migration.declared import declared
from sandbox.migration.move import Move

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PART = {"number": 0, "after": "", "last": "z", "prefix": "a", "keys": 2, "versions": 3, "bytes": 50}


def test_a_record_tells_a_wave_by_its_journal_and_carries_its_statements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENCLAVE_EVIDENCE", str(tmp_path))
    file = tmp_path / "moving.yaml"
    file.write_text(declared([Move("w3", "hamar", "people", "people-in", ())]), encoding="utf-8")
    document, declaration = located_declaration(file)
    (new,) = waves("moving", declaration, document, date(2027, 3, 30))
    assert (new.stage, new.days, new.readers, new.proved, new.left) == ("new", 1, "us-exit", False, None)
    assert new.declared is not None
    folder = folder_of("moving", "w3") / "people"
    with Journal(folder / JOURNAL) as journal:
        journal.write("planned", parts=[PART])
        journal.write("pass", number=1)
        journal.write("copied", part=0, objects=3, bytes=50, seconds=1.0)
        journal.write("ran")
        journal.write("verified", statement="s")
        journal.write("listed", left=3)
    (folder / "manifest.dsse.json").write_text("signed", encoding="ascii")
    (proved,) = waves("moving", declaration, document, date(2027, 3, 30))
    assert (proved.stage, proved.proved, proved.objects, proved.bytes, proved.left) == ("verified", True, 3, 50, 3)
    assert proved.statements == ("signed",)
