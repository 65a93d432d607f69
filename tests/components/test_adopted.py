"""What a stack has adopted is read strictly: whatever is wrong with the file is told, with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from components.adopted import Adopted, adopted_in, stack_file
from components.declaration import load_declaration
from located_yaml import ProblemsError

LOCAL = load_declaration(Path(__file__).parents[2] / "stacks" / "local.yaml")
WHOLE: dict[str, Any] = {
    "type": "aws:kms/alias:Alias",
    "name": "alias/old",
    "id": "alias/old",
    "inputs": {"name": "alias/old"},
}
LINKED: dict[str, Any] = {**WHOLE, "sources": {"k": ["aws:kms/key:Key", "dublin-1-store", "id"]}}
WRONG: list[tuple[Any, str]] = [
    ([], "is no table of sites"),
    ({"nowhere": []}, "'nowhere' is no site that has resources"),
    ({"dublin-1": {}}, "is no list of objects"),
    ({"dublin-1": ["x"]}, "is no object with type, name, id, inputs"),
    ({"dublin-1": [{**WHOLE, "more": 1}]}, "is no object with"),
    ({"dublin-1": [{name: value for name, value in WHOLE.items() if name != "id"}]}, "is no object with"),
    ({"dublin-1": [{**WHOLE, "id": ""}]}, "is no object with"),
    ({"dublin-1": [{**WHOLE, "id": 1}]}, "is no object with"),
    ({"dublin-1": [{**WHOLE, "inputs": []}]}, "is no object with"),
    ({"dublin-1": [{**WHOLE, "sources": {"k": ["a", "b"]}}]}, "is no object with"),
    ({"dublin-1": [{**WHOLE, "sources": {"k": ["a", "b", "policy"]}}]}, "is no object with"),
]


def written(folder: Path, data: Any) -> Path:
    file = folder / "local.json"
    file.write_text(json.dumps(data, indent=1), encoding="utf-8")
    return file


def test_a_stack_without_a_file_has_adopted_nothing(tmp_path: Path) -> None:
    assert adopted_in(tmp_path / "local.json", LOCAL) == {}
    assert stack_file("local") == "stacks/adopted/local.json"


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    found = adopted_in(written(tmp_path, {"dublin-1": [WHOLE, LINKED]}), LOCAL)
    assert found == {"dublin-1": [Adopted(**WHOLE), Adopted(**LINKED)]}


@pytest.mark.parametrize(("data", "words"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_with_a_file_is_told(data: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        adopted_in(written(tmp_path, data), LOCAL)
    (problem,) = caught.value.problems
    assert words in str(problem)
    assert str(problem).startswith(str(tmp_path / "local.json"))


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        adopted_in(written(tmp_path, {"nowhere": [], "dublin-1": ["x", WHOLE, {}]}), LOCAL)
    assert len(caught.value.problems) == 3
