"""The catalog of resource types: plain text tables, one fact a line, so that thousands load in a few milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KINDS = {
    "regional": "placed by its own region, else by its provider's",
    "provider-region": "AWS, placed by its provider's region alone",
    "global": "AWS control plane that has no place (IAM, Organizations, ...): allowed",
    "follows": "AWS, placed where the resource it belongs to is placed",
    "worldwide": "AWS data plane in many countries at once: refused",
    "opaque": "creates things that nobody sees beforehand: refused unless waived or parsed",
    "kubernetes": "placed by the cluster behind its provider",
    "kubernetes-opaque": "in the cluster behind its provider, creates things that nobody sees beforehand: refused",
    "component": "groups other resources, has no place",
    "builtin": "the engine's own, has no place",
    "placeless": "computed inside the run, nothing is placed anywhere",
    "foreign": "of a provider that this catalog does not judge: refused",
    "no-region": "AWS type without a region input that nobody has judged yet: refused",
}

ROLES = {
    "region:destination": "a region that data or resources are put into",
    "region:link": "a region that traffic, queries or control go to",
    "region:source": "a region that data is pulled from",
    "region:metadata": "a region that only configuration or findings are pulled from: allowed",
    "region:filter": "a region that is only looked for: allowed",
    "region:opens": "a region that is opened for later use: a precursor",
    "region:place": "the type's own region, although not the v7 override",
    "region-keys:destination": "a map whose keys are regions that data or resources are put into",
    "zone": "an availability zone, by name or id",
    "edge": "an Outpost, local or carrier gateway, network border group, building: not told by a region",
    "account": "an account id or a principal",
    "bucket:destination": "an S3 bucket that is written to, by name or s3://",
    "bucket:source": "an S3 bucket that is read from, by name or s3://",
    "url": "a URL",
    "host": "a host or domain name",
    "network": "an IP address or CIDR block",
    "image": "a container or machine image",
    "mail": "an e-mail address",
    "subnet": "a subnet's id",
    "hosted-zone": "a Route 53 hosted zone's id",
    "joins": "membership in something that spans regions, or a copy of something named by id",
    "document": "a JSON policy document: parsed",
    "template": "text whose meaning another system decides",
}
NO_ROLE = "-"  # judged: carries no place, or its value's own shape (an ARN, a URL) tells it


def read_types(folder: Path) -> dict[str, str]:
    """Return type → kind from every ``*.txt`` in ``folder``; judged.txt overrules the generated lists.

    A line is ``<type token> <kind>``, ``<package>:* <kind>`` for a whole package, or a ``#`` comment. Raises
    ProblemsError with file and line.
    """
    kinds: dict[str, str] = {}
    problems: list[Problem] = []
    files = _judged_last(folder)
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


def read_inputs(folder: Path) -> dict[str, dict[str, str]]:
    """Return type → input path → role from ``folder``/inputs/*.txt; judged.txt overrules the generated lists.

    A line without indentation names the types that the indented lines below it tell about: ``  <path> <role>``. A path
    is dotted wire names without list indices and map keys (``rules.destination.bucket``). Types without such inputs
    are left out. Raises ProblemsError with file and line.
    """
    inputs: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    for file in _judged_last(folder / "inputs"):
        told: list[dict[str, str]] = []
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            words = line.partition("#")[0].split()
            if not words:
                continue
            if not line[0].isspace():
                told = [inputs.setdefault(token, {}) for token in words]
            elif len(words) == 2 and (words[1] in ROLES or words[1] == NO_ROLE) and told:  # noqa: PLR2004
                for paths in told:
                    paths[words[0]] = words[1]
            else:
                message = f"'{line.strip()}' is not '  <path> <role>' below a type; roles: {', '.join(ROLES)}, {NO_ROLE}"
                problems.append(Problem(Position(str(file), number, 1), message))
    if problems:
        raise ProblemsError(problems)
    for token, paths in inputs.items():
        if NO_ROLE in paths.values():
            inputs[token] = {path: role for path, role in paths.items() if role != NO_ROLE}
    return {token: paths for token, paths in inputs.items() if paths}


def _judged_last(folder: Path) -> Iterable[Path]:
    return sorted(folder.glob("*.txt"), key=lambda file: (file.name == "judged.txt", file.name))
