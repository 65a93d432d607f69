"""However a declaration is spoiled, it is read or refused with file and line: a seeded sample, all in a campaign."""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING, Any

import pytest

import located_yaml
from components.declaration import load_declaration
from located_yaml import ProblemsError
from tests.campaign import in_campaign
from tests.components.declarations import stacks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Place = tuple[str | int, ...]

SEED = 20261130
IN_MAKE_TEST, IN_A_CAMPAIGN = 400, 10_000
JUNK: list[Any] = [
    *(None, True, False, 0, -1, 7, 10**30, 1.5, 1e300, "", "x", "a" * 70, "a" * 5_000, "\u202e", "\0", "\n", "é"),
    *(
        "NO",
        "no",
        "2026-02-30",
        "internet",
        "person",
        "hamar",
        "dublin-1",
        "store",
        "store/",
        "/store",
        "a/b/c",
        "a--b",
    ),
    *("10.0.0.0/8", "0.0.0.0/0", "::1/128", "10.16.0.1", "169.254.0.0/16", "8000-8080", "0-0", "65536", "*", "aws"),
    *([], {}, [None], [[]], {"a": 1}, {"": ""}),
]


JARGON = re.compile(
    r"\bNone\b|\bTrue\b|\bFalse\b|validation|input should|valid (string|integer|dictionary)|tuple|\bdict|"
    r"IPv4Network|instance of|model|\^\[|\{\d+\}|host bits|octet|\bstr\b|\bint\b|isoformat|fields from"
)
"""Words that only people who know the reader know; no message has them."""


def places(data: Any, path: Place = ()) -> Iterator[Place]:
    yield path
    if isinstance(data, dict):
        for key, item in data.items():
            yield from places(item, (*path, key))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from places(item, (*path, index))


def changed_at(data: Any, path: Place, change: Callable[[Any], Any]) -> Any:
    if not path:
        return change(data)
    if isinstance(data, dict):
        return {key: changed_at(item, path[1:], change) if key == path[0] else item for key, item in data.items()}
    return [changed_at(item, path[1:], change) if index == path[0] else item for index, item in enumerate(data)]


def spoiled(data: Any, chance: random.Random) -> Any:
    """Replace, drop, repeat or rename something."""
    junk = chance.choice(JUNK)

    def drop(value: Any) -> Any:
        if isinstance(value, dict) and value:
            gone = chance.choice(list(value))
            return {key: item for key, item in value.items() if key != gone}
        return value[1:] if isinstance(value, list) else junk

    def rename(value: Any) -> Any:
        if isinstance(value, dict) and value:
            old = chance.choice(list(value))
            return {str(junk) if key == old else key: item for key, item in value.items()}
        return value + value if isinstance(value, list) else junk

    return changed_at(data, chance.choice(list(places(data))), chance.choice([lambda _: junk, drop, rename]))


@pytest.mark.parametrize("stack", ["local", "eu-prod"])
def test_a_spoiled_declaration_is_read_or_refused(stack: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    chance = random.Random(SEED)  # noqa: S311 (no secret)
    shipped = located_yaml.load(stacks / f"{stack}.yaml").data
    campaign = in_campaign(request.config)
    file = tmp_path / "spoiled.yaml"
    refused = 0
    for _ in range(IN_A_CAMPAIGN if campaign else IN_MAKE_TEST):
        data = shipped
        for _ in range(chance.choice((1, 1, 2, 4))):
            data = spoiled(data, chance)
        file.write_text(json.dumps(data), encoding="utf-8")
        try:
            load_declaration(file)
        except ProblemsError as error:
            refused += 1
            lines = str(error).splitlines()
        else:
            lines = []
        assert all(re.match(r".*spoiled\.yaml:\d+:\d+: ", line) for line in lines), data
        assert not any(JARGON.search(re.sub("'[^']*'", "", line.partition("spoiled.yaml")[2])) for line in lines), lines
    assert refused > IN_MAKE_TEST // 2
