"""Which engine serves a stack: the sandbox's for a stack on the stand-ins, the user's own for every other."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from components.declaration import load_declaration
from components.declaration.beside import refused_beside
from components.declaration.load import located_declaration
from components.declaration.words import cut
from console.argument_problem import argument_problem
from console.gate.engine import Engine
from console.gate.packs import find_packs, project_file
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from components.declaration import Declaration

NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
"""Of a stack, as the engine takes it (pulumi 3.259, sdk/go/common/tokens/stack_name.go)."""
project = Path(__file__).resolve().parents[2]


def file_of(stack: str) -> Path:
    """Return where a stack is declared."""
    return project / "stacks" / f"{stack}.yaml"


def declared_stacks() -> list[str]:
    """Return the names of all declared stacks, sorted; the engine's settings stand beside the declarations."""
    files = (project / "stacks").glob("*.yaml")
    return sorted(file.stem for file in files if not file.stem.startswith("Pulumi."))


def declared(stack: str) -> Declaration:
    """Return a stack's declaration; ProblemsError names the stacks there are when there is none."""
    file = file_of(stack)
    if not NAME.fullmatch(stack) or not file.is_file():
        known = ", ".join(declared_stacks())
        message = f"there is no declaration of a stack '{cut(stack)}'; declared stacks: {known}"
        raise ProblemsError([Problem(Position(f"stacks/{cut(stack)}.yaml", 1, 1), message)])
    return load_declaration(file)


def declared_at(stack: str, file: Path | None) -> tuple[Declaration, Path]:
    """Return a stack's declaration and where it is; ``file`` is another place than its own. Raises ProblemsError."""
    if file is None:
        return declared(stack), file_of(stack)
    if not NAME.fullmatch(stack) or stack in (".", ".."):  # folders are called by it
        message = f"'{cut(stack)}' is no name of a stack; give 1 to 100 letters, digits, '-', '_' or '.'"
        raise ProblemsError([argument_problem("STACK", message)])
    return located_declaration(file)[1], file


def refuse_beside(stack: str) -> None:
    """Raise ProblemsError where the stack's declaration collides with another one in stacks/."""
    if found := refused_beside(file_of(stack)):
        raise ProblemsError(found)


def engine_for(stack: str, declaration: Declaration, extra_packs: list[Path]) -> Engine:
    """Return the engine for a stack; raises NoSandboxError where a sandbox is needed and none runs."""
    for pack in extra_packs:
        if not (pack / project_file).is_file():
            message = f"there is no policy pack: {project_file} is missing; name the folder that holds it"
            raise ProblemsError([Problem(Position(str(pack), 1, 1), message)])
    packs = [*find_packs(project / "policy-packs"), *(pack.resolve() for pack in extra_packs)]
    if not declaration.sandbox:
        return Engine(project, stack, outside_sandbox(dict(os.environ)), packs)
    from sandbox import environment  # noqa: PLC0415  a real stack needs no sandbox installed

    folder = Path(os.environ.get("ENCLAVE_SANDBOX") or environment.DEFAULT_DIRECTORY)
    return Engine(project, stack, environment.complete(folder), packs)


def outside_sandbox(environment: dict[str, str]) -> dict[str, str]:
    """Return an environment in which a real stack can meet neither the stand-in plugin nor the sandbox's law."""
    folder = environment.pop("ENCLAVE_SANDBOX", None)
    if folder is None:
        return environment
    path = environment.get("PATH", os.defpath).split(os.pathsep)
    kept = [entry for entry in path if not Path(entry).is_relative_to(folder)]
    ours = {name for name, value in environment.items() if folder in value and name != "PATH"}
    stand_in = {"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "PULUMI_CONFIG_PASSPHRASE"}
    rest = {name: value for name, value in environment.items() if name not in ours | stand_in}
    return {**rest, "PATH": os.pathsep.join(kept)}
