"""Tables of test cases are block YAML that a person can review, in files of a sensible length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from located_yaml.loader import loads
from tests.yaml_form import FOLDER, FormError, files, formed

if TYPE_CHECKING:
    from pathlib import Path

MOST_LINES = 3000
LEAST_FILES = 100
FLOW = "# Why.\n- {case: one, props: {a: [1, {b: 'NO'}], text: \"x\\ny\\n\"}}\n"
BLOCK = """# Why.
- case: one
  props:
    a:
      - 1
      - b: 'NO'
    text: |
      x
      y
"""


@pytest.mark.parametrize("file", files(), ids=lambda file: str(file.relative_to(FOLDER)))
def test_a_table_of_cases_is_block_yaml_and_no_longer_than_somebody_reads(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert formed(text, str(file)) == text, "write it by `python -m tests.yaml_form`"
    assert text.count("\n") <= MOST_LINES, "split it by kind"


def test_there_are_the_tables_that_this_is_about() -> None:
    assert len(files()) >= LEAST_FILES


def test_another_form_is_noticed_and_says_the_same_in_this_one() -> None:
    """The seeded bug of this family."""
    assert formed(FLOW) == BLOCK != FLOW
    assert formed(BLOCK) == BLOCK
    assert loads(FLOW, "").data == loads(BLOCK, "").data


def test_a_comment_that_would_be_lost_is_named() -> None:
    with pytest.raises(FormError, match="inside an entry"):
        formed("- case: one\n  # why\n  props: {}\n")


values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(some.characters(codec="utf-8")),
    lambda inner: (
        some.lists(inner, max_size=4) | some.dictionaries(some.text("abcNOyes.:#- ", min_size=1), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(some.lists(some.dictionaries(some.text("abc", min_size=1), values, min_size=1), min_size=1, max_size=4))
def test_whatever_a_table_says_it_says_in_this_form(table: list[Any]) -> None:
    text = yaml.safe_dump(table, default_flow_style=True, allow_unicode=True)
    try:
        document = loads(text, "").data
    except ValueError:  # what our own loader refuses is no table of ours
        return
    assert loads(formed(text), "").data == document
