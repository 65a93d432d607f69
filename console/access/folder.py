"""The folder of a stack's grants: a request, a grant and a revocation are a file each, named by the grant's id."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from console.argument_problem import argument_problem
from console.gate import stack as stacks
from located_yaml import Position, Problem, ProblemsError
from located_yaml.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from components.declaration import Declaration

REQUEST: Final = ".request.json"
GRANT: Final = ".grant.json"
REVOKED: Final = ".revoked.json"
"""Gateways and de-identifiers read the last two; hosts.gateway.granted calls them the same."""
SIGNS: Final = ("cryptography", "securesystemslib")


def declared(stack: str) -> Declaration:
    """Return a stack's declaration. Raises ProblemsError, also where nothing here can sign."""
    declaration = stacks.declared(stack)
    missing = [package for package in SIGNS if find_spec(package) is None]
    if missing:
        raise ProblemsError([in_declaration(stack, "what signs grants is missing: `pip install enclave[gateway]`")])
    return declaration


def in_declaration(stack: str, message: str) -> Problem:
    """Return a problem with a stack's declaration."""
    return Problem(Position(f"stacks/{stack}.yaml", 1, 1), message)


def in_file(file: Path, message: str) -> Problem:
    """Return a problem with one of the folder's files."""
    return Problem(Position(str(file), 1, 1), message)


def folder_of(stack: str, folder: Path | None) -> Path:
    """Return the folder that was named, or the stack's own."""
    return folder or stacks.project / "stacks" / "grants" / stack


def named_folder(folder: Path | None) -> Iterator[Problem]:
    """Yield that a folder that somebody named, to read it, is none: who mistypes it would be told that nobody asked."""
    if folder is not None and not folder.is_dir():
        found = "is a file and no folder" if folder.exists() else "is not there"
        yield argument_problem("--dir", f"{folder} {found}; name the folder of the grants")


def ids_in(folder: Path) -> list[str]:
    """Return the ids of all grants of a folder, sorted; a folder that is not there has none."""
    names = {file.name for file in folder.iterdir()} if folder.is_dir() else set()
    return sorted({_id_of(name) for name in names} - {""})


def bytes_of(file: Path) -> bytes | None:
    """Return what a file holds, None where there is none. Raises ProblemsError."""
    return read_bytes(file, str(file)) if file.exists() else None


def raise_all(problems: Iterable[Problem]) -> None:
    """Raise ProblemsError where there are problems."""
    if found := list(problems):
        raise ProblemsError(found)


def _id_of(name: str) -> str:
    for end in (REQUEST, GRANT, REVOKED):
        if name.endswith(end):
            return name.removesuffix(end)
    return ""
