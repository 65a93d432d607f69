"""What several of the toolchain's tests need."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "waited 20 s in vain"
        time.sleep(0.01)


@pytest.fixture
def wait() -> Callable[[Callable[[], bool]], None]:
    """Wait until a condition holds; fails after 20 s."""
    return _wait
