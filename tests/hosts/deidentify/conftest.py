"""A desk for each test, and one with tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hosts.deidentify.desk import Desk
from tests.hosts.deidentify.token_desk import TokenDesk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    made = Desk(tmp_path, capsys)
    made.set_up()
    return made


@pytest.fixture
def token_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> TokenDesk:
    made = TokenDesk(tmp_path, capsys)
    made.set_up()
    return made
