"""The engine's home in a sandbox: its settings and plugins, and no log of itself."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LOGS = "logs"


def plugin(home: Path, cloud: str) -> Path:
    """Return where the engine looks for the plugin that a cloud's SDK asks for (`aws`, `kubernetes`).

    It stands under the version that the SDK names, as if it had been installed: of one on PATH the engine would warn
    at each run (pulumi 3.259, sdk/go/common/workspace/plugins.go). One that says another version is still warned of.
    """
    version = json.loads(files(f"pulumi_{cloud}").joinpath("pulumi-plugin.json").read_text())["version"]
    return home / "plugins" / f"resource-{cloud}-v{version}" / f"pulumi-resource-{cloud}"


def ensure(home: Path) -> None:
    """Keep the engine from writing its automatic log: a file stands where it wants a folder, and it goes on without.

    pulumi 3.259 has no switch for it (pkg/v3/logging/encrypted.go); ADR 19 says what it costs.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    logs = home / LOGS
    if logs.is_dir():
        shutil.rmtree(logs)
    logs.touch(mode=0o400)
