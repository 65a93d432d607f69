"""The engine's home in a sandbox: its settings and plugins, and no log of itself."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LOGS = "logs"


def ensure(home: Path) -> None:
    """Keep the engine from writing its automatic log: a file stands where it wants a folder, and it goes on without.

    pulumi 3.259 has no switch for it (pkg/v3/logging/encrypted.go); ADR 19 says what it costs.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    logs = home / LOGS
    if logs.is_dir():
        shutil.rmtree(logs)
    logs.touch(mode=0o400)
