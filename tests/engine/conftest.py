"""A sandbox of the tests' own, and the commands as a user types them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sandbox.services.sandbox import start, stop
from sandbox.sockets import AUTHORIZER, short
from sandbox.toolchain import ensure
from tests.engine.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A healthy sandbox that ends with the test run, however that ends."""
    folder = tmp_path_factory.mktemp("sandbox")
    start(folder, ensure(), owner_pid=os.getpid())
    yield Place(folder)
    stop(folder)
    sockets = {short(bundle / AUTHORIZER).parent for bundle in folder.glob("gateways/*/*")}
    assert [each for each in sockets if each.exists() and not each.is_relative_to(folder)] == []
