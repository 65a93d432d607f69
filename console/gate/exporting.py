"""A stack's state, as the engine exports it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from console.gate.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.gate.engine import Engine


def export_text(engine: Engine, *options: str) -> str:
    """Return what `pulumi stack export` writes, secrets sealed unless an option says otherwise. Raises EngineError."""
    done = engine.command("stack", "export", *options, "--stack", engine.stack)
    if done.returncode:
        raise EngineError(f"the state of the stack '{engine.stack}' cannot be read:\n{done.stderr.strip()}")
    return done.stdout


def deployment_in(export: str | bytes) -> Mapping[str, Any]:
    """Return the deployment in an export, empty where the stack holds nothing yet."""
    found: Mapping[str, Any] = json.loads(export).get("deployment") or {}
    return found


def exported(engine: Engine, *options: str) -> Mapping[str, Any]:
    """Return the stack's deployment, its secrets sealed unless an option says otherwise. Raises EngineError."""
    return deployment_in(export_text(engine, *options))
