"""A schema that is wrong is refused before anything is read, with every problem and its line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.hosts.deidentify.desk import FIELDS, TABLE, TABLE_FIELDS, VISITS

if TYPE_CHECKING:
    from tests.hosts.deidentify.desk import Desk

BY_DAY = {"person": "user", "by": ["at"], "minimum": 10, "noise": {"epsilon": "1", "budget": "1", "each": 1}}


def noise(epsilon: str) -> dict[str, Any]:
    """Return the flow of a table with noise."""
    return {
        **TABLE,
        "measure": "noised",
        "groups": {**TABLE["groups"], "noise": {"epsilon": epsilon, "budget": "1", "each": 1}},
    }


USER = {"of": "visits", "field": "user", "do": "pseudonym"}
MISTAKES: dict[str, tuple[list[Any], str]] = {
    "free text": ([VISITS, {"of": "visits", "field": "note", "do": "keep"}], "2: 'keep' needs 'values'"),
    "kept as it is": ([VISITS, {"of": "visits", "field": "note", "do": "pass"}], "2: 'do' is \"pass\""),
    "a list of texts as long as free text": (
        [VISITS, {"of": "visits", "field": "note", "do": "keep", "values": ["x" * 65]}],
        "2: 'keep' needs 'values'",
    ),
    "a float to keep": ([VISITS, {"of": "visits", "field": "n", "do": "keep", "values": [1.5]}], "2: 'keep' needs"),
    "narrow bands": ([VISITS, {"of": "visits", "field": "age", "do": "age-band", "width": 1}], "2: bands need"),
    "a field twice": ([VISITS, USER, USER], '3: field "user" is there already, in line 2'),
    "a flow twice": ([VISITS, USER, VISITS], "3: flow 'visits' is there already, in line 1"),
    "a field of no flow": ([VISITS, USER, {**USER, "of": "visitz"}], "3: flow 'visitz' is declared nowhere"),
    "no field": ([VISITS], "1: flow 'visits' lists no field"),
    "no country": ([{**VISITS, "country": "USA"}, USER], "1: 'country' is \"USA\""),
    "no recipient": ([{**VISITS, "recipient": None}, USER], "1: 'recipient' is missing"),
    "no regime": ([{**VISITS, "regimes": []}, USER], "1: 'regimes' is []"),
    "a regime that is none": ([{**VISITS, "regimes": ["us"]}, USER], "1: 'regimes' is"),
    "no measure": ([{**VISITS, "measure": "encrypted"}, USER], "1: 'measure' is \"encrypted\""),
    "a table in name": ([{**VISITS, "measure": "aggregated"}, USER], "1: 'measure' is \"aggregated\", and"),
    "a key that means nothing": ([VISITS, {**USER, "salt": "x"}], "2: 'salt' means nothing here"),
    "another treatment's key": ([VISITS, {**USER, "values": ["a"]}], "2: 'values' means nothing here"),
    "a group of nine": (
        [{**TABLE, "groups": {"person": "user", "by": ["plan"], "minimum": 9}}, *TABLE_FIELDS],
        "1: 'groups.minimum' is 9; 10 people are the least",
    ),
    "groups of nobody": (
        [{**TABLE, "groups": {"person": "plan", "by": ["plan"], "minimum": 10}}, *TABLE_FIELDS],
        "1: 'groups.person' names no field",
    ),
    "grouped by a person": (
        [{**TABLE, "groups": {"person": "user", "by": ["user"], "minimum": 10}}, *TABLE_FIELDS],
        "1: 'groups.by' has \"user\"",
    ),
    "a pseudonym in a table": (
        [TABLE, *TABLE_FIELDS, {"of": "table", "field": "phone", "do": "pseudonym"}],
        "5: a flow that counts groups gives out no pseudonym",
    ),
    "a person in no table": ([VISITS, USER, {"of": "visits", "field": "x", "do": "person"}], "3: 'person' counts"),
    "noise of any size": (
        [noise("inf"), *TABLE_FIELDS],
        "1: 'groups.noise' has no good 'epsilon'",
    ),
    "more noise than the budget": (
        [noise("2"), *TABLE_FIELDS],
        "1: 'groups.noise' has no good 'epsilon'",
    ),
    "noise over groups that data brings": (
        [
            {**TABLE, "measure": "noised", "groups": BY_DAY},
            *TABLE_FIELDS,
            {"of": "table", "field": "at", "do": "day"},
        ],
        "1: 'groups.by' has \"at\"; with noise",
    ),
    "a key twice": (['{"flow": "visits", "flow": "v"}'], "1: is no JSON object on one line (duplicate-key)"),
    "no json": (["flow: visits"], "1: is no JSON object on one line (not-json)"),
    "nothing at all": ([], "1: declares no flow"),
    "neither flow nor field": ([VISITS, USER, {"field": "x", "do": "keep"}], "3: is neither a flow"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_with_its_line(desk: Desk, mistake: str) -> None:
    rows, words = MISTAKES[mistake]
    desk.schema.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    answer = desk.run([{"user": "nora"}])
    assert answer.code == 2
    assert f"enclave-deidentify: {desk.schema}:{words}" in answer.wrong
    assert answer.output == ""
    assert desk.ledger.read_bytes() == b""


def test_all_problems_of_a_schema_come_at_once(desk: Desk) -> None:
    desk.write(desk.schema, [{**VISITS, "country": "us"}, {**USER, "do": "hash"}, {**USER, "field": ""}])
    lines = desk.run([]).wrong.splitlines()
    assert [line.removeprefix(f"enclave-deidentify: {desk.schema}:")[0] for line in lines] == ["1", "2", "3"]


def test_the_shipped_schemas_near_the_mistakes_are_clean(desk: Desk) -> None:
    near = [
        [VISITS, {"of": "visits", "field": "note", "do": "keep", "values": ["x" * 64]}],
        [VISITS, {"of": "visits", "field": "n", "do": "keep", "values": [1, True, "1"]}],
        [VISITS, {"of": "visits", "field": "age", "do": "age-band", "width": 5, "top": 100}],
        [VISITS, {"of": "visits", "field": "Füll name", "do": "drop"}, *FIELDS],
        [{**TABLE, "flow": "visits", "groups": {"person": "u", "by": ["at"], "minimum": 10}},
         {"of": "visits", "field": "u", "do": "person"}, {"of": "visits", "field": "at", "do": "day"}],
    ]  # fmt: skip
    for rows in near:
        desk.write(desk.schema, rows)
        assert desk.run([{"age": 5}], epoch=f"near-{desk.runs}").code in (0, 1)
