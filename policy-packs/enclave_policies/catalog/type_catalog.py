"""The catalog of resource types: plain text tables, one fact a line, so that thousands load in a few milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.catalog.model_profiles import ModelProfiles, read_models
from enclave_policies.catalog.switches import Switch, read_switches
from enclave_policies.catalog.type_tables import files_of, rows
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "KINDS",
    "ROLES",
    "ModelProfiles",
    "Switch",
    "read_aliases",
    "read_inputs",
    "read_models",
    "read_switches",
    "read_types",
]

ALIAS = "="

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
    "-": "no place of its own: the value's shape (an ARN, a URL, a region) tells whether it names one",
    "words": "names, filters and words for people: whatever stands there, and below it, nothing acts on it",
}


def read_types(folder: Path) -> dict[str, str]:
    """Return type → kind from every ``*.txt`` in ``folder``; judged.txt overrules the generated lists.

    A line is ``<type token> <kind>``, ``<package>:* <kind>`` for a whole package, ``<old token> = <token>`` for an
    alias, or a ``#`` comment. Raises ProblemsError with file and line.
    """
    kinds: dict[str, str] = {}
    aliases: dict[str, str] = {}
    problems: list[Problem] = []
    files = files_of(folder)
    if not files:
        problems.append(Problem(Position(str(folder), 1, 1), "holds no list of types (*.txt); restore it from git"))
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            words = line.partition("#")[0].split()
            if not words:
                continue
            if len(words) == 2 and words[1] in KINDS:  # noqa: PLR2004 (a token and a kind)
                kinds[words[0]] = words[1]
            elif len(words) == 3 and words[1] == ALIAS:  # noqa: PLR2004 (an old token and the new one)
                aliases[words[0]] = words[2]
            else:
                message = f"'{line.strip()}' is not '<type> <kind>'; kinds: {', '.join(KINDS)}"
                problems.append(Problem(Position(str(file), number, 1), message))
    if problems:
        raise ProblemsError(problems)
    return {old: kinds[new] for old, new in aliases.items() if new in kinds} | kinds


def read_inputs(folder: Path) -> dict[str, dict[str, str]]:
    """Return type → input path → role from ``folder``/inputs/*.txt; judged.txt overrules the generated lists.

    A line without indentation names the types that the indented lines below it tell about: ``  <path> <role>``. A path
    is dotted wire names without list indices and map keys (``rules.destination.bucket``). Types without such inputs
    are left out, aliases have their type's. Raises ProblemsError with file and line.
    """
    inputs: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    for row in rows(folder / "inputs"):
        path, _, role = row.text.partition(" ")
        role = role.strip()
        if role not in ROLES or not row.types:
            message = f"'{row.text}' is not '  <path> <role>' below a type; roles: {', '.join(ROLES)}"
            problems.append(row.problem(message))
            continue
        for token in row.types:
            paths = inputs.get(token)
            if paths is None:
                paths = inputs[token] = {}
            paths[path] = role
    if problems:
        raise ProblemsError(problems)
    for old, new in read_aliases(folder).items():
        if new in inputs:
            inputs.setdefault(old, inputs[new])
    return inputs


def read_aliases(folder: Path) -> dict[str, str]:
    """Return old token → token from every ``*.txt`` in ``folder``."""
    aliases: dict[str, str] = {}
    for file in files_of(folder):
        for line in file.read_text(encoding="utf-8").splitlines():
            old, equals, new = line.partition(f" {ALIAS} ")
            if equals and not line.startswith("#"):
                aliases[old.strip()] = new.partition("#")[0].strip()
    return aliases
