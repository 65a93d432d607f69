"""Whether the long form of a test is asked for, or the slice that `make test` runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def in_campaign(config: pytest.Config) -> bool:
    """Return whether these tests run as a campaign (`make campaign`)."""
    return bool(config.getoption("--hypothesis-profile", None) == "campaign")
