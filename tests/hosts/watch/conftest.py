"""One moto for the tests of the watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.aws_plugin import local_aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.aws_plugin.local_aws import LocalAws


@pytest.fixture(scope="session")
def moto() -> Iterator[LocalAws]:
    with local_aws.running() as aws:
        yield aws


@pytest.fixture
def aws(moto: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """moto, which the watch finds by its environment."""
    for name, value in local_aws.shell(moto).items():
        monkeypatch.setenv(name, value)
    return moto
