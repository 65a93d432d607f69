"""Whatever stands in the place of a law's file or value, the law is read or refused with file and line."""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.law.folder import SHIPPED, load_law

import located_yaml
from located_yaml import ProblemsError
from located_yaml.records import reader
from tests.campaign import in_campaign
from tests.enclave_policies.law_editing import TODAY, copy_of_the_law

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FILES = sorted(file.name for file in (SHIPPED / "law").glob("*.yaml"))
SEED = 20261130
IN_MAKE_TEST = 400  # of some 60,000 pairs of a value and what stands in its place


def replaced(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def apply(file: Path) -> None:
        file.unlink()
        make(file)

    return apply


ODD: dict[str, Callable[[Path], object]] = {
    "a link that leads nowhere": replaced(lambda file: file.symlink_to("nowhere")),
    "a link to itself": replaced(lambda file: file.symlink_to(file.name)),
    "a folder": replaced(lambda file: file.mkdir()),
    "bytes that are no text": lambda file: file.write_bytes(b"a: \xff\n"),
    "a list": lambda file: file.write_text("- a\n"),
    "a number": lambda file: file.write_text("7\n"),
    "nothing": lambda file: file.write_text(""),
    "two documents": lambda file: file.write_text("a: 1\n---\nb: 2\n"),
}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_none_is_refused_by_name(name: str, kind: str, tmp_path: Path) -> None:
    pack = copy_of_the_law(tmp_path)
    ODD[kind](pack / "law" / name)
    with pytest.raises(ProblemsError) as refused:
        load_law(pack, as_of=TODAY)
    assert re.search(rf"{re.escape(name)}:\d+:\d+: ", str(refused.value))


@pytest.mark.parametrize("kind", [kind for kind in ODD if kind not in ("nothing", "a number")])
def test_a_local_file_that_is_none_is_refused_by_name(kind: str, tmp_path: Path) -> None:
    pack = copy_of_the_law(tmp_path)
    (pack / "law" / "local").mkdir(exist_ok=True)
    file = pack / "law" / "local" / "own.yaml"
    file.write_text("")
    ODD[kind](file)
    with pytest.raises(ProblemsError, match=r"own\.yaml:\d+:\d+: "):
        load_law(pack, as_of=TODAY)


def test_a_pack_whose_folder_is_a_link_in_a_circle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pack").symlink_to("pack")
    with pytest.raises(ProblemsError):
        load_law(tmp_path / "pack", as_of=TODAY)


VALUES = [
    *('"0001-01-01"', '"9999-12-31"', '"2026-W10-1"', '"2026-02-30"', '"20261122"'),
    *("-1", "0", "1" + "0" * 30, "9" * 5_000, "1e999", "-1e999", ".5", "true", "null"),
    *('""', f'"{"x" * 5_000}"', '"\\u202e"', '"\\u0000"', '"*"', '"../../x"', "[]", "{}", "[null]", '{"a": 1}'),
]
"""JSON, which is YAML."""


def places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(data, dict):
        for key, item in data.items():
            yield from places(item, (*path, key))
    elif isinstance(data, list):
        for index, item in enumerate(data[:3]):
            yield from places(item, (*path, index))


def with_value(data: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    if isinstance(data, dict):
        return {key: with_value(item, path[1:], value) if key == path[0] else item for key, item in data.items()}
    return [with_value(item, path[1:], value) if index == path[0] else item for index, item in enumerate(data)]


def test_absurd_values_are_refused_with_file_and_line(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    pack = copy_of_the_law(tmp_path)
    shipped = {name: located_yaml.load(pack / "law" / name).data for name in FILES}
    every = [(name, path, value) for name in FILES for path in places(shipped[name]) for value in VALUES]
    whole = in_campaign(request.config)
    refused = 0
    for name, path, value in every if whole else random.Random(SEED).sample(every, IN_MAKE_TEST):  # noqa: S311
        file = pack / "law" / name
        before = file.read_text(encoding="utf-8")
        file.write_text(json.dumps(with_value(shipped[name], path, "@")).replace('"@"', value), encoding="utf-8")
        try:
            load_law(pack, as_of=TODAY)
        except ProblemsError as error:
            refused += 1
            lines = str(error).splitlines()
        else:
            lines = []
        assert all(re.search(r"\.yaml:\d+:\d+: ", line) for line in lines), (name, path, value[:40])
        assert max(map(len, lines), default=0) < 6_000, (name, path, value[:40])
        file.write_text(before, encoding="utf-8")
    assert refused > IN_MAKE_TEST // 2


def test_a_reader_that_takes_any_value_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: a number that nobody checks breaks what reckons with it."""
    pack = copy_of_the_law(tmp_path)
    file = pack / "law" / "clusters.yaml"
    content = located_yaml.load(file).data
    file.write_text(json.dumps({**content, "stale_after_days": "soon"}), encoding="utf-8")
    with pytest.raises(ProblemsError, match=r"clusters\.yaml:1:\d+: stale_after_days"):
        load_law(pack, as_of=TODAY)
    reader.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr("located_yaml.records._plain", lambda _kind: lambda value, _path, _report: value)
        with pytest.raises(TypeError):
            load_law(pack, as_of=TODAY)
    reader.cache_clear()
