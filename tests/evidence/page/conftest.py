"""A real Chromium for the tests of the page; where none can be had, they fail and say what to install."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from sandbox.toolchain import chromium
from sandbox.toolchain.cache import Cache, default_root

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def program() -> Path:
    return chromium.find(Cache(default_root()))


@pytest.fixture(scope="module")  # while it is there an event loop runs, in which no other file's `asyncio.run` can
def browser(program: Path) -> Iterator[Browser]:
    with sync_playwright() as driver:
        # These pages are our own, and root's Chromium refuses to lock itself in.
        found = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield found
        found.close()
