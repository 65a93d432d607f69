"""Which version of this program runs, and of what it stands on."""

from __future__ import annotations

import platform
from importlib.metadata import version as of
from typing import Final

from console.document import TOOL

SHOWN: Final = ("pulumi", "pulumi-policy", "pulumi-aws", "pulumi-kubernetes")


def version() -> str:
    """Return one line: our version, Python's, and those of the SDKs."""
    parts = ", ".join(f"{name} {of(name)}" for name in SHOWN)
    return f"{TOOL} (Python {platform.python_version()}, {parts})"
