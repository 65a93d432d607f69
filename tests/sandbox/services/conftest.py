"""One sandbox for the tests that read it, and the tools for those that start their own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sandbox import toolchain
from sandbox.layout import Layout
from sandbox.services.sandbox import start, stop

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def tools() -> toolchain.Toolchain:
    return toolchain.ensure()


@pytest.fixture(scope="session")
def running(tools: toolchain.Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    """A healthy sandbox, shared; a test that harms it heals it with `start`."""
    layout = Layout.of(tmp_path_factory.mktemp("sandbox"))
    start(layout.root, tools, owner_pid=os.getpid())
    yield layout
    stop(layout.root)
