"""A SoftHSM2 token for each test; a loud skip where there is no SoftHSM2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.toolchain import softhsm
from sandbox.toolchain.cache import Cache, default_root
from tests.hosts.key_plugin.bench import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def library() -> Path:
    found = softhsm.find(Cache(default_root()))
    if found is None or not softhsm.binding_is_there():
        pytest.skip(f"NO HSM IS TESTED: {softhsm.WITHOUT_BINDING if found else softhsm.WITHOUT}")
    return found.library


@pytest.fixture
def bench(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A token with PINs, without a key."""
    bench = Bench(tmp_path, library)
    bench.set_up()
    for name, value in bench.environment.items():
        monkeypatch.setenv(name, value)
    yield bench
    bench.close()
