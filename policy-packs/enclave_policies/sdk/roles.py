"""Work out the role of every input of an SDK from its name, by the tables in law/types/names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.catalog.type_catalog import ROLES
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

    from enclave_policies.sdk.source import SdkType


def read_names(folder: Path) -> dict[str, str]:
    """Return name → role from every ``*.txt`` in ``folder``; a name is the end of a path, one segment or several.

    Raises ProblemsError with file and line, also for a name that is told twice.
    """
    names: dict[str, str] = {}
    problems: list[Problem] = []
    for file in sorted(folder.glob("*.txt")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            words = line.partition("#")[0].split()
            if not words:
                continue
            if len(words) != 2 or words[1] not in ROLES:  # noqa: PLR2004 (a name and a role)
                message = f"'{line.strip()}' is not '<name> <role>'; roles: {', '.join(ROLES)}"
                problems.append(Problem(Position(str(file), number, 1), message))
            elif words[0] in names:
                problems.append(Problem(Position(str(file), number, 1), f"'{words[0]}' is told twice; remove one"))
            else:
                names[words[0]] = words[1]
    if problems:
        raise ProblemsError(problems)
    return names


def role_by_name(path: str, names: dict[str, str]) -> str | None:
    """Return the role of a path by its longest ending among ``names``; None where nobody judged the name."""
    segments = path.split(".")
    for start in range(len(segments)):
        role = names.get(".".join(segments[start:]))
        if role is not None:
            return role
    return None


def roles(type_: SdkType, names: dict[str, str]) -> dict[str, str]:
    """Return path → role for the inputs of a type that the table of names knows.

    Nothing is told below an input that is ``words`` as a whole; numbers and flags have no role.
    """
    found: dict[str, str] = {}
    for path, value in type_.inputs.items():
        whole = next((above for above in ancestors(path) if role_by_name(above, names) == "words"), None)
        if whole is not None:
            found[whole] = "words"
        elif is_text(value):
            role = role_by_name(path, names)
            if role is not None:
                found[path] = role
    return found


def ancestors(path: str) -> list[str]:
    """Return the inputs that a path lies in, the outermost first: ``a``, ``a.b`` for ``a.b.c``."""
    segments = path.split(".")
    return [".".join(segments[:end]) for end in range(1, len(segments))]


def is_text(value: str) -> bool:
    """Return whether an input of this Python type can hold a text."""
    return "_builtins.str" in value or not any(f"_builtins.{other}" in value for other in ("bool", "int", "float"))
