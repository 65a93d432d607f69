"""Creates a stack in the backend with its settings; whoever only wants to look is told so and leaves nothing behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from console.gate.errors import EngineError
from located_yaml import Position, Problem, ProblemsError, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from console.gate.engine import Engine

SETTING: Final = "pulumi:disable-default-providers"
"""Makes the engine itself refuse regions and clusters that come from the environment."""
SETTINGS: Final = f'config:\n  {SETTING}: ["*"]\n'


def stacks_of(engine: Engine) -> Mapping[str, int]:
    """Return the project's stacks in the backend, and how many resources each holds. Raises EngineError."""
    done = engine.command("stack", "ls", "--json")
    if done.returncode:
        raise EngineError(f"the backend does not say which stacks there are:\n{done.stderr.strip()}")
    return {each["name"].rpartition("/")[2]: each.get("resourceCount") or 0 for each in json.loads(done.stdout) or ()}


def refuse_missing(engine: Engine) -> None:
    """Raise ProblemsError where there is no such stack yet."""
    if engine.stack not in stacks_of(engine):
        message = f"there is no stack '{engine.stack}' in the backend yet; create it with `enclave init {engine.stack}`"
        raise ProblemsError([Problem(Position(f"stacks/{engine.stack}.yaml", 1, 1), message)])


def create(engine: Engine, secrets_provider: str | None = None) -> Iterator[str]:
    """Create the stack and its settings file, and yield what was done.

    Settings that are there already are kept; ProblemsError where they let the environment choose a provider, or where
    the stack is there already. Raises EngineError where the engine cannot create it: nothing is left then.
    """
    file = engine.project / "stacks" / f"Pulumi.{engine.stack}.yaml"
    shown = f"stacks/{file.name}"
    if engine.stack in stacks_of(engine):
        message = (
            f"the stack '{engine.stack}' is there already and stays as it is; `enclave up {engine.stack}` changes it"
        )
        raise ProblemsError([Problem(Position(shown, 1, 1), message)])
    before = file.read_bytes() if file.exists() else None
    if before is None:
        file.write_text(SETTINGS, encoding="utf-8")
    else:
        _refuse_open(file)
    provider = ("--secrets-provider", secrets_provider) if secrets_provider else ()
    done = engine.command("stack", "init", "--stack", engine.stack, "--no-select", "--non-interactive", *provider)
    if done.returncode:
        if before is None:
            file.unlink(missing_ok=True)
        else:
            file.write_bytes(before)
        raise EngineError(f"the stack '{engine.stack}' cannot be created:\n{done.stderr.strip()}")
    settings = f"with its settings {shown}" if before is not None else f"and wrote its settings {shown}; commit them"
    yield f"created the stack '{engine.stack}' {settings}"


def _refuse_open(file: Path) -> None:
    document = load(file)
    config = document.data.get("config") if isinstance(document.data, dict) else None
    closed = config.get(SETTING) if isinstance(config, dict) else None
    if closed is None or "*" not in closed:
        at = ("config", SETTING) if closed is not None else ("config",) if isinstance(config, dict) else ()
        message = (
            f"lacks '{SETTING}: [\"*\"]' under 'config', so a resource could take its region or cluster from the "
            "environment; add it"
        )
        raise ProblemsError([document.problem(at, message)])
