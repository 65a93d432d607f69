"""The files that come first are there."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import LONGEST_FIRST


def test_every_place_that_comes_first_exists() -> None:
    assert [place for place in LONGEST_FIRST if not (Path(__file__).parents[1] / place).exists()] == []
