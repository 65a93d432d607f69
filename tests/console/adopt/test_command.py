"""What is wrong on the command line of `enclave adopt` is told before anybody is asked anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.adopt.commands import adopt
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

WRONG = [
    ("nowhere", None, None, "stacks/nowhere.yaml:1:1: there is no declaration of a stack 'nowhere'"),
    ("local", "dublin", None, "--site: there is no site 'dublin'; declared: dublin-1, dublin-2, hamar; did you mean"),
    ("local", "dublin-1", "full", "full: is there already, and nothing is written over it"),
    ("local", "dublin-1", "file", "file: is there already, and nothing is written over it"),
    ("local", "dublin-1", "link", "link: is there already, and nothing is written over it"),
    ("local", "dublin-1", "nowhere", "nowhere: is there already, and nothing is written over it"),
]


@pytest.mark.parametrize("case", WRONG, ids=[case[3][:40] for case in WRONG])
def test_bad_input_is_named(
    case: tuple[str, str | None, str | None, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack, site, out, words = case
    monkeypatch.setenv("ENCLAVE_SANDBOX", str(tmp_path / "none"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    with pytest.raises(ProblemsError) as caught:
        adopt(stack, site, tmp_path / out if out else None, as_of=None, json=False)
    (problem,) = caught.value.problems
    assert words in str(problem)
    assert (tmp_path / "full" / "mine").exists()
