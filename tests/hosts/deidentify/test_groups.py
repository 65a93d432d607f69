"""A table tells of groups, never of a few people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

    from tests.hosts.deidentify.desk import Desk


def people(count: int, **record: Any) -> list[dict[str, Any]]:
    return [{"user": f"{record}-{number}", **record} for number in range(count)]


def test_a_group_of_fewer_people_than_the_minimum_is_suppressed_and_counted(desk: Desk) -> None:
    records = [*people(10, plan="free", age=30), *people(9, plan="plus", age=30), *people(11, plan="free", age=50)]
    answer = desk.run(records, flow="table")
    assert answer.records == [
        {"plan": "free", "age": "20-39", "records": 10},
        {"plan": "free", "age": "40-59", "records": 11},
    ]
    assert "1 groups suppressed" in answer.said


def test_people_count_and_not_their_records(desk: Desk) -> None:
    nine = people(9, plan="free", age=30)
    assert desk.run(nine * 50, flow="table").records == []
    (row,) = desk.run([*nine * 50, {"user": "one more", "plan": "free", "age": 30}], flow="table").records
    assert row["records"] == 451


def test_a_record_of_nobody_is_refused(desk: Desk) -> None:
    answer = desk.run([*people(10, plan="free", age=30), {"plan": "free", "age": 30}], flow="table")
    assert answer.code == 1
    assert "1 refused (no-person 1)" in answer.said
    assert answer.records[0]["records"] == 10


def test_a_table_needs_neither_key_nor_epoch(desk: Desk) -> None:
    source, target = desk.folder / "in.jsonl", desk.folder / "out.jsonl"
    desk.write(source, people(10, plan="free", age=30))
    assert desk.ask("--schema", desk.schema, "--flow", "table", source, target).code == 0
    assert target.read_text() == '{"plan":"free","age":"20-39","records":10}\n'


def test_more_groups_than_memory_is_for_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hosts.deidentify.grouping.MOST_GROUPS", 3)
    records = [{"user": str(age), "plan": "free", "age": age} for age in range(0, 100, 20)]
    answer = desk.run(records, flow="table")
    assert answer.code == 2
    assert "more than 3 groups" in answer.wrong


def test_more_people_than_memory_is_for_are_refused_and_those_of_whole_groups_are_forgotten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hosts.deidentify.grouping.MOST_PEOPLE", 12)
    whole = [*people(500, plan="free", age=30), *people(500, plan="plus", age=30)]
    assert [row["records"] for row in desk.run(whole, flow="table").records] == [500, 500]
    answer = desk.run([*whole, *people(9, plan="free", age=50), *people(9, plan="plus", age=50)], flow="table")
    assert answer.code == 2
    assert "more than 12 people are in groups of too few" in answer.wrong
    assert answer.output == ""
