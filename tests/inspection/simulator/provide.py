"""An outside simulator of AWS IAM, asked as a program of its own.

`iam-simulate` (AGPL) is no part of what is shipped.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests import npm


def simulate(simulations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what each simulation comes to; nothing of this project is asked."""
    folder = npm.installed("iam-simulate", Path(__file__).parent, ("simulate.mjs",))
    done = subprocess.run(
        [str(npm.node()), str(folder / "simulate.mjs")],
        input=json.dumps(simulations),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
