"""The record of a run tells what is copied where, and carries what was signed of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.declaration.load import located_declaration
from console.recording.replicas import PROOF, folder_of, replicas
from sandbox.failover.declared import declared

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_record_tells_each_replica_and_carries_its_statements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENCLAVE_EVIDENCE", str(tmp_path))
    file = tmp_path / "surviving.yaml"
    file.write_text(declared([("people", "people-in")]), encoding="utf-8")
    document, declaration = located_declaration(file)
    people, back = replicas("surviving", declaration, document)
    assert (people.source, people.target, people.statements, people.order) == (
        "dublin-1",
        "hamar",
        (),
        ("dublin-1", "hamar"),
    )
    assert people.declared is not None
    folder = folder_of("surviving", "people") / "people"
    folder.mkdir(parents=True)
    (folder / PROOF).write_text("signed", encoding="ascii")
    assert [each.statements for each in replicas("surviving", declaration, document)] == [("signed",), ()]
    assert (back.source, back.target) == ("hamar", "dublin-1")
