"""One line of a declaration is changed or added however it is written, and else the program says that it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.declaration_edit import with_value
from located_yaml import ProblemsError, load

if TYPE_CHECKING:
    from pathlib import Path

PATH = ("waves", "w3", "readers")


@pytest.mark.parametrize(
    ("written", "before", "after"),
    [
        ("waves: {w3: {to: a, readers: b}}\n", "waves: {w3: {to: a, readers: b}}", "waves: {w3: {to: a, readers: a}}"),
        (
            "waves:\n  w3:\n    readers: 'b'  # readers: b\n",
            "    readers: 'b'  # readers: b",
            "    readers: a  # readers: b",
        ),
        ("waves:\n  w3: {to: a}  # {so far}\n", None, None),
        ("waves:\n  w3: {to: a}  # so far\n", "  w3: {to: a}  # so far", "  w3: {to: a, readers: a}  # so far"),
        ("waves:\n  w3:\n    to: a\n    from: b\n", None, "    readers: a"),
        ("waves:\r\n  w3:\r\n    to: a\r\n", None, "    readers: a"),
    ],
)
def test_a_line_is_changed_or_added_and_nothing_else(
    written: str, before: str | None, after: str | None, tmp_path: Path
) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(written.encode())
    wanted = load(file).data
    wanted["waves"]["w3"]["readers"] = "a"
    if after is None:  # the table's end is not to be told from the comment's
        with pytest.raises(ProblemsError, match="write it so"):
            with_value(file, PATH, "a")
        return
    edit = with_value(file, PATH, "a")
    file.write_bytes(edit.text.encode())
    assert (edit.before, edit.after) == (before, after)
    assert load(file).data == wanted
    kept = [line for line in written.split("\n") if before is None or line.rstrip("\r") != before]
    assert [line for line in edit.text.split("\n") if line.rstrip("\r") != after] == kept


@pytest.mark.parametrize("written", ["waves:\n  w3:\n    readers:\n      b\n", "waves: {w3: {readers:\n  b}}\n"])
def test_a_value_behind_its_line_is_left_to_a_person(written: str, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(written, encoding="utf-8")
    with pytest.raises(ProblemsError, match="write it so"):
        with_value(file, PATH, "a")


def test_an_edit_that_changes_more_is_never_returned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: an editor that takes another line."""
    file = tmp_path / "x.yaml"
    file.write_text("waves:\n  w1: {to: b, readers: b}\n  w3: {to: a, readers: b}\n", encoding="utf-8")
    honest = with_value(file, ("waves", "w1", "readers"), "a")
    monkeypatch.setattr("console.declaration_edit._changed", lambda *_: honest)
    with pytest.raises(ProblemsError, match="write it so"):
        with_value(file, PATH, "a")
