"""A project that nobody changes, and where keys lie that leave nowhere: a SoftHSM2 token, and moto's KMS."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.console.approvals.project import Project
from tests.hosts.key_plugin.conftest import bench, library
from tests.sandbox.aws_plugin import local_aws

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.sandbox.aws_plugin.local_aws import LocalAws

__all__ = ["bench", "library"]


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that nobody changes."""
    return Project.make(tmp_path_factory.mktemp("inspected"))


@pytest.fixture
def project(origin: Project, tmp_path: Path) -> Project:
    """A copy of it for one test."""
    shutil.copytree(origin.folder, tmp_path / "project", symlinks=True)
    return Project(tmp_path / "project", origin.key)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """moto, which commands find by their environment."""
    with local_aws.running() as found:
        for name, value in local_aws.shell(found).items():
            monkeypatch.setenv(name, value)
        yield found
