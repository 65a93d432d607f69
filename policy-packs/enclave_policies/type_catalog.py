"""The catalog of resource types: one text line per type, so that thousands of them load in a few milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

KINDS = {
    "regional": "placed by its own region, else by its provider's",
    "provider-region": "AWS, placed by its provider's region alone",
    "global": "AWS control plane that has no place (IAM, Organizations, ...): allowed",
    "follows": "AWS, placed where the resource it belongs to is placed",
    "worldwide": "AWS data plane in many countries at once: refused",
    "kubernetes": "placed by the cluster behind its provider",
    "component": "groups other resources, has no place",
    "builtin": "the engine's own, has no place",
    "placeless": "computed inside the run, nothing is placed anywhere",
    "foreign": "of a provider that this catalog does not judge: refused",
    "no-region": "AWS type without a region input that nobody has judged yet: refused",
}


def read_types(folder: Path) -> dict[str, str]:
    """Return type → kind from every ``*.txt`` in ``folder``; judged.txt overrules the generated lists.

    A line is ``<type token> <kind>``, ``<package>:* <kind>`` for a whole package, or a ``#`` comment. Raises
    ProblemsError with file and line.
    """
    kinds: dict[str, str] = {}
    problems: list[Problem] = []
    files = sorted(folder.glob("*.txt"), key=lambda file: (file.name == "judged.txt", file.name))
    if not files:
        problems.append(Problem(Position(str(folder), 1, 1), "holds no list of types (*.txt); restore it from git"))
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            words = line.partition("#")[0].split()
            if not words:
                continue
            if len(words) != 2 or words[1] not in KINDS:  # noqa: PLR2004 (a token and a kind)
                message = f"'{line.strip()}' is not '<type> <kind>'; kinds: {', '.join(KINDS)}"
                problems.append(Problem(Position(str(file), number, 1), message))
                continue
            kinds[words[0]] = words[1]
    if problems:
        raise ProblemsError(problems)
    return kinds
