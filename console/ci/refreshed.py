"""A stack's state as the clouds tell it now: a copy of it is refreshed, and the stack's own stays as it is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.gate.copied import copied
from console.gate.errors import EngineError
from console.gate.exporting import deployment_in, export_text
from console.private_folder import private_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.gate.engine import Engine


@dataclass(frozen=True)
class Refreshed:
    """A state as it was stored, and as it is exported after its refresh; secrets are readable in both."""

    before: Mapping[str, Any]
    after: bytes

    @property
    def now(self) -> Mapping[str, Any]:
        """The deployment after the refresh."""
        return deployment_in(self.after)


def refreshed(engine: Engine) -> Refreshed:
    """Return a stack's state, and what it comes to when the clouds are asked. Raises EngineError.

    The copy lies in a folder of its own and goes with it. Nobody's lock is taken, and nothing is written anywhere else:
    credentials that only read are enough.
    """
    sealed = export_text(engine)
    with private_folder() as folder:
        copy = copied(engine, Path(folder), json.loads(sealed))
        done = copy.command("refresh", "--yes", "--skip-preview", "--non-interactive", "--stack", engine.stack)
        if done.returncode:
            told = f"{done.stdout.strip()}\n{done.stderr.strip()}".strip()
            raise EngineError(f"a copy of the state of '{engine.stack}' cannot be refreshed:\n{told}")
        before = deployment_in(export_text(engine, "--show-secrets"))
        return Refreshed(before, export_text(copy, "--show-secrets").encode())
