"""The stand-ins of storages, one pair for all tests of what is copied between stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.migration.stand_ins import storages
from sandbox.toolchain.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.migration.stand_ins import Storages


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storages]:
    with Progress() as progress, storages(tmp_path_factory.mktemp("storages"), progress) as running:
        yield running
