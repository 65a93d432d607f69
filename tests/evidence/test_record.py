"""The record is read back as it was written, in its version and in older ones, and what is no record is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import pytest

from evidence.record import schema
from evidence.record.cells import cells
from evidence.record.files import RecordError, read, written
from tests.evidence.bundles import SMALL, small

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evidence.record.model import Verdict


def test_a_record_is_read_back_as_it_was_written() -> None:
    assert read(written(small()), "it") == small()
    assert written(read(written(small()), "it")) == written(small())


def test_the_schema_is_the_models_and_takes_what_is_written() -> None:
    assert schema.FILE.read_text(encoding="utf-8") == schema.text()
    jsonschema.validate(json.loads(written(small())), json.loads(schema.text()))


def test_a_record_of_this_version_stays_readable() -> None:
    """The text in bundles.py is as version 1 was written on 2026-11-29, and is never changed to fit the model."""
    assert json.loads(SMALL)["record_version"] == 1
    assert small().summary.resources == 5


def test_what_a_newer_writer_added_is_passed_over() -> None:
    plain = json.loads(SMALL)
    plain["weather"], plain["run"]["mood"] = "fair", "good"
    assert read(json.dumps(plain).encode(), "it") == small()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no JSON"),
        (b"[]", "no record_version"),
        (b'{"record_version": true}', "no record_version"),
        (b'{"record_version": 99}', "upgrade"),
        (b'{"record_version": 1}', "no whole record"),
        (b"[" * 100_000, "nested too deeply"),
    ],
    ids=range(6),
)
def test_what_is_no_record_is_refused_in_a_sentence(content: bytes, told: str) -> None:
    with pytest.raises(RecordError, match=told):
        read(content, "it")


WAIVED, DECLARED = 1, 3
"""Places of findings in the small record: a waived one, and one of the declaration."""
CHANGES: Final[Mapping[str, tuple[Callable[[dict[str, Any]], Any], str]]] = {
    "a profile that is none": (lambda one: one["resources"][0].update(asked=9), "asked: 9 is no place in profiles"),
    "a profile below 0": (lambda one: one["resources"][0].update(asked=-1), "asked: -1 is no place"),
    "a rule that is none": (lambda one: one["profiles"][0].append(7), "profiles.0: 7 is no place in rules"),
    "a rule below 0": (lambda one: one["profiles"][0].append(-1), "profiles.0: -1 is no place"),
    "no rules": (lambda one: one["rules"].clear(), "is no place in rules, which has 0"),
    "a resource that is none": (lambda one: one["findings"][0].update(resource=5), "5 is no place in resources"),
    "a resource below 0": (lambda one: one["findings"][0].update(resource=-1), "-1 is no place in resources"),
    "a rule twice": (lambda one: one["rules"].append(one["rules"][0]), "rules.id: 'JUR-001' is there twice"),
    "a rule asked twice": (lambda one: one["profiles"][0].append(0), "a rule is there twice"),
    "a resource twice": (lambda one: one["resources"].append(one["resources"][0]), "is there twice"),
    "a finding of a rule nobody asked": (lambda one: one["resources"][3].update(asked=0), "was not asked"),
    "silence of a rule nobody asked": (lambda one: one["resources"][4]["unchecked"][0].update(rule="X"), "not asked"),
    "a verdict that is too good": (lambda one: one["resources"][1].update(verdict="pass"), "'fail' follows"),
    "a finding that is gone": (lambda one: one["findings"].pop(0), "'pass' follows"),
    "waived by nothing": (lambda one: one["findings"][WAIVED].pop("waiver"), "by no exception"),
    "clean, and refused": (lambda one: one["run"].update(outcome="clean"), "something was refused"),
    "a count that is too good": (lambda one: one["summary"].update(failed=0), "summary.failed: it is 0, and 1"),
    "a count below 0": (lambda one: one["summary"].update(pairs=-1), "summary.pairs"),
    "a day that is none": (lambda one: one["run"].update(as_of="2026-02-30"), "run.as_of"),
    "a day in other digits": (lambda one: one["run"].update(as_of="\u0662026-01-01"), "run.as_of"),
    "a moment that is none": (lambda one: one["run"].update(moment="yesterday"), "run.moment"),
    "a moment of no zone": (lambda one: one["run"].update(moment="2026-11-29T12:00:00"), "run.moment"),
    "a line below 1": (lambda one: one["findings"][DECLARED]["declared"].update(line=0), "greater than or equal to 1"),
    "half a character": (lambda one: one["findings"][0].update(message="a\ud800"), "half a character"),
    "no number": (lambda one: one["enclave"]["sites"][1].update(power_mw=[float("nan"), 1]), "holds NaN"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_record_that_contradicts_itself_is_refused_where_it_is_read(change: str) -> None:
    plain = json.loads(SMALL)
    CHANGES[change][0](plain)
    with pytest.raises(RecordError, match=CHANGES[change][1]) as refused:
        read(json.dumps(plain).encode(), "it")
    assert str(refused.value).endswith("; take the file as `enclave` wrote it")


def test_a_key_twice_is_refused_as_two_readers_would_take_another_one() -> None:
    with pytest.raises(RecordError, match="the key 'tool' twice"):
        read(SMALL.replace('"tool":', '"tool": "another", "tool":', 1).encode(), "it")


def test_a_whole_pair_of_surrogates_is_a_character() -> None:
    plain = json.loads(SMALL)
    plain["findings"][0]["message"] = "\U0001f600"
    assert read(json.dumps(plain).encode(), "it").findings[0].message == "\U0001f600"


def test_a_reader_that_takes_parts_one_by_one_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr("evidence.record.files.contradictions", lambda _record: [])
    plain = json.loads(SMALL)
    CHANGES["a profile that is none"][0](plain)
    with pytest.raises(IndexError):
        list(cells(read(json.dumps(plain).encode(), "it")))


def test_every_cell_of_the_matrix_has_a_verdict() -> None:
    found: list[tuple[str, str, Verdict]] = [
        (cell.resource.name, cell.rule.id, cell.verdict) for cell in cells(small())
    ]
    assert found == [
        ("good", "JUR-001", "pass"),
        ("abroad", "JUR-001", "fail"),
        ("waived", "JUR-001", "waived"),
        ("network", "JUR-001", "pass"),
        ("network", "SEG-003", "undetermined"),
        ("=read", "JUR-001", "not-checked"),
    ]
    assert len(found) == small().summary.pairs
