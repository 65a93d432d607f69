"""The stand-in, served for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.console.ci.telling.stand_in import Platform, served

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def platform() -> Iterator[Platform]:
    """An empty platform, at a port of this machine."""
    with served(Platform()) as found:
        yield found
