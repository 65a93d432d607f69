"""An epoch is used once, for good; a ledger that somebody changed lets nothing leave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.hosts.deidentify.desk import FIELDS, VISITS

if TYPE_CHECKING:
    from tests.hosts.deidentify.desk import Desk

NORA = {"user": "nora"}


def test_an_epoch_is_refused_the_second_time(desk: Desk) -> None:
    assert desk.run([NORA], epoch="w48").code == 0
    answer = desk.run([NORA], epoch="w48")
    assert answer.code == 2
    assert "epoch 'w48': pseudonyms for 'statistics' and 'lab' were made on" in answer.wrong
    assert answer.output == ""


@pytest.mark.parametrize("change", [{"purpose": "research"}, {"recipient": "another-lab"}])
def test_an_epoch_of_another_purpose_or_recipient_is_another(desk: Desk, change: dict[str, str]) -> None:
    assert desk.run([NORA], epoch="w48").code == 0
    desk.write(desk.schema, [{**VISITS, **change}, *FIELDS])
    assert desk.run([NORA], epoch="w48").code == 0


def test_an_epoch_is_used_up_by_a_run_that_fails_too(desk: Desk) -> None:
    missing, target = desk.folder / "missing.jsonl", desk.folder / "out.jsonl"
    assert desk.ask(*desk.words(epoch="w48"), missing, target).code == 2
    assert desk.run([NORA], epoch="w48").code == 2


@pytest.mark.parametrize("harm", ["another epoch", "a line less", "half a line", "no ledger", "a link"])
def test_a_ledger_that_was_changed_lets_nothing_leave(desk: Desk, harm: str) -> None:
    for epoch in ("w47", "w48", "w49"):
        assert desk.run([NORA], epoch=epoch).code == 0
    lines = desk.ledger.read_text().splitlines(keepends=True)
    if harm == "another epoch":
        desk.ledger.write_text("".join(lines).replace("w47", "w46"))
    if harm == "a line less":
        desk.ledger.write_text("".join([lines[0], lines[2]]))
    if harm == "half a line":
        desk.ledger.write_text("".join(lines)[:-20])
    if harm == "no ledger":
        desk.ledger.unlink()
    if harm == "a link":
        desk.ledger.rename(desk.folder / "elsewhere")
        desk.ledger.symlink_to(desk.folder / "elsewhere")
    answer = desk.run([NORA], epoch="w50")
    assert answer.code == 3
    assert str(desk.ledger) in answer.wrong
    assert answer.output == ""


def test_the_ledger_says_what_was_done_and_of_whom_nothing(desk: Desk) -> None:
    desk.run([NORA], epoch="w48")
    (row,) = map(json.loads, desk.ledger.read_text().splitlines())
    assert sorted(row) == ["at", "before", "epoch", "purpose", "recipient"]
