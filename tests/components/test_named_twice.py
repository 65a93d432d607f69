"""Nothing is named twice in a list of a declaration, whichever list it is."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from components.declaration.load import named_twice
from located_yaml import load
from tests.components.declarations import refused_at_its_place, stacks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from components.declaration.found import Keys

DATA = load(stacks / "eu-prod.yaml").data


def lists(data: Any, at: Keys = ()) -> Iterator[Keys]:
    """Yield where lists of texts are."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from lists(value, (*at, key))
    if isinstance(data, list) and data and isinstance(data[0], str):
        yield at


PLACES = list(lists(DATA))


@pytest.mark.parametrize("at", PLACES, ids=lambda at: ".".join(map(str, at)))
def test_what_is_named_twice_is_told_where_it_is(at: Keys) -> None:
    data = deepcopy(DATA)
    items: Any = data
    for key in at:
        items = items[key]
    items.append(items[0])
    ((place, told),) = named_twice(data)
    assert place == (*at, len(items) - 1)
    assert "is named twice" in told


def test_the_shipped_declarations_name_nothing_twice() -> None:
    assert PLACES
    assert [each for file in stacks.glob("*.yaml") for each in named_twice(load(file).data)] == []


def test_a_declaration_that_names_something_twice_is_refused_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "twice.yaml"
    text = (stacks / "local.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("subjects: [eu, uk, ch]", "subjects: [eu, uk, ch, eu]"), encoding="utf-8")
    refused_at_its_place(file, "'eu' is named twice; name each once")


def test_numbers_are_no_names() -> None:
    """A site whose power stays as it is says one number twice."""
    assert list(named_twice({"sites": {"hamar": {"power_mw": [150, 150]}}})) == []
