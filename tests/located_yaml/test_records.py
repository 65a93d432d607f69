"""A document becomes a frozen dataclass, or every problem at its place."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 (the record's schema is evaluated)
from dataclasses import FrozenInstanceError, dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

import pytest

from located_yaml import ProblemsError
from located_yaml.loader import loads
from located_yaml.records import AtLeast, Matching, key, read_record


@dataclass(frozen=True)
class Site:
    """A schema with every kind of text."""

    name: Annotated[str, Matching(r"[a-z]+", "a word in lower case")]
    kind: Literal["aws", "kubernetes"] = "aws"
    opened: date | None = None


@dataclass(frozen=True)
class Plan:
    """A schema with every kind of collection."""

    source: str = field(metadata=key("from"))
    sites: Annotated[tuple[Site, ...], AtLeast(1)]
    racks: Annotated[int, AtLeast(1)] = 1
    live: bool = False
    owners: tuple[str, ...] = ()
    notes: Mapping[Annotated[str, Matching(r"[A-Z]{2}", "two capitals")], str] = field(default_factory=dict)


def problems(text: str) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read_record(loads(text, "x.yaml"), Plan)
    return str(caught.value).splitlines()


def test_a_document_becomes_its_record() -> None:
    text = "from: here\nsites: [{name: hamar, kind: kubernetes, opened: 2026-11-22}, {name: dublin, opened: null}]\n"
    found = read_record(loads(text + "racks: 3\nlive: true\nnotes: {NO: cold}\n", "x.yaml"), Plan)
    sites = (Site("hamar", "kubernetes", date(2026, 11, 22)), Site("dublin"))
    assert found == Plan("here", sites, 3, live=True, notes={"NO": "cold"})
    with pytest.raises(FrozenInstanceError):
        found.racks = 4  # type: ignore[misc]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("racks: 0", "x.yaml:3:1: racks: 0 is too small; give at least 1"),
        ("racks: '3'", "x.yaml:3:1: racks: '3' is not a number; correct it"),
        ("racks: true", "x.yaml:3:1: racks: true is not a number; correct it"),
        ("racks: 1.5", "x.yaml:3:1: racks: '1.5' is not a number; correct it"),
        ("live: 1", "x.yaml:3:1: live: '1' is not true or false; correct it"),
        ("notes: [a]", "x.yaml:3:1: notes: a list is not a table; correct it"),
        ("notes: {NO: 5}", "x.yaml:3:9: NO: '5' is not a text; put it in quotes"),
        ("notes: {no: x}", "x.yaml:3:9: no: 'no' is not two capitals; correct it"),
        ("notes: {NO: ' '}", "x.yaml:3:9: NO: is empty; give a text"),
        ("notes: {NO: null}", "x.yaml:3:9: NO: is empty; give a text"),
        ("rack: 3", "x.yaml:3:1: 'rack' is not a key that the law knows; did you mean 'racks'?"),
        (
            "zebra: 3",
            "x.yaml:3:1: 'zebra' is not a key that the law knows; known here: from, sites, racks, live, owners, notes",
        ),
        (
            "source: 3",
            "x.yaml:3:1: 'source' is not a key that the law knows; known here: from, sites, racks, live, owners, notes",
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_place_and_remedy(line: str, message: str) -> None:
    assert problems(f"from: here\nsites: [{{name: hamar}}]\n{line}\n") == [message]


@pytest.mark.parametrize(
    ("sites", "message"),
    [
        ("[]", "x.yaml:2:1: sites: has 0 items; give at least 1"),
        ("{}", "x.yaml:2:1: sites: a table is not a list; correct it"),
        ("[7]", "x.yaml:2:9: sites, item 1: '7' is not a table with the keys name, kind, opened; correct it"),
        ("[{}]", "x.yaml:2:9: 'name' is missing; add it"),
        ("[{name: Hamar}]", "x.yaml:2:10: name: 'Hamar' is not a word in lower case; correct it"),
        ("[{name: a, kind: gcp}]", "x.yaml:2:19: kind: 'gcp' is not one of 'aws', 'kubernetes'; choose one"),
        ("[{name: a, opened: 20261122}]", "x.yaml:2:19: opened: '20261122' is not a day; write it as YYYY-MM-DD"),
        ("[{name: a, opened: 2026-02-30}]", "x.yaml:2:19: opened: '2026-02-30' is not a day; write it as YYYY-MM-DD"),
        ("[{name: a, opened: 2026-W47-7}]", "x.yaml:2:19: opened: '2026-W47-7' is not a day; write it as YYYY-MM-DD"),
    ],
)
def test_a_wrong_item_is_named_with_its_place(sites: str, message: str) -> None:
    assert problems(f"from: here\nsites: {sites}\n") == [message]


def test_all_problems_arrive_at_once_in_the_order_of_the_file() -> None:
    found = problems("sites: [{kind: x}, {name: 1}]\nracks: 0\n")
    assert [problem.split(": ")[0] for problem in found] == [
        "x.yaml:1:1",
        "x.yaml:1:9",
        "x.yaml:1:10",
        "x.yaml:1:21",
        "x.yaml:2:1",
    ]


def test_what_a_list_names_twice_is_told_where_it_is() -> None:
    found = problems("from: here\nsites: [{name: a}]\nowners: [x, y, x]\n")
    assert found == ["x.yaml:3:16: owners: 'x' is named twice; name each once"]


@pytest.mark.parametrize("text", ["", "[]", "7", "text"])
def test_a_document_that_is_no_table_is_refused(text: str) -> None:
    (problem,) = problems(text)
    assert "the file: " in problem
    assert "is not a table with the keys from, sites" in problem


def test_a_dataclass_alone_would_take_anything() -> None:
    """The seeded bug of this family: without the reader a wrong type goes through unseen."""
    careless: dict[str, Any] = {"source": 7, "sites": "none"}
    assert vars(Plan(**careless))["sites"] == "none"
