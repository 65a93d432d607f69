"""Read an exported state (`pulumi stack export`) into the resources that `pulumi policy analyze --file` shows a pack.

Source: engine 3.259, cmd/pulumi/policy/policy_analyze.go, resource/stack/deployment.go and resource/plugin/rpc.go.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.resources.export_entries import (
    AGAIN,
    NotAnExportError,
    depends,
    entry_of,
    recorded,
    spelled,
    told,
)
from enclave_policies.resources.export_integrity import broken_links, refused_manifest
from enclave_policies.resources.export_pending import (
    Entry,
    Unfinished,
    finished_or_awaiting,
    operations_of,
    own_urns,
    with_operations,
)
from enclave_policies.resources.exported_values import UNREADABLE, ValueProblem, cleaned, decode, is_plain
from enclave_policies.resources.resource import PROVIDER_PREFIX, Provider, Resource
from located_yaml import Position, Problem, ProblemsError
from located_yaml.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

VERSIONS: Final = (3, 4)
FEATURES: Final = frozenset(
    {"refreshBeforeUpdate", "views", "hooks", "taint", "replaceWith"}
    | {"snippets-prototype", "extensionParameterization", "byteString"}
)
"""What a version 4 export may need of its reader, as of engine 3.259; none of it changes what is judged."""

UNKNOWN_ID: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The id of a provider that has none, in a reference to it (providers.NewReference)."""

ONLY_ID: Final = "when the engine broke off, and its id alone is known"
ENGINE: Final = re.compile(r"v?[0-9]{1,4}(\.[0-9A-Za-z-]{1,20}){1,4}(\+[0-9A-Za-z.-]{1,40})?")
"""A version of an engine."""
LARGEST: Final = 500_000_000
"""Bytes of a state: some 250,000 resources."""

SHOWN: Final = 20
"""Broken links that are told of one state; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a state comes from, as it says itself: its stack and project, its engine's version, when it was written.

    None where it does not say. Nothing rests on it: whoever edits a state can write anything here.
    """

    stack: str | None = None
    project: str | None = None
    engine: str | None = None
    written: datetime | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """An exported state: every resource, those first that are finished, in the file's order.

    ``unfinished`` are resources that await deletion (they are still there, with their data) and those of operations
    that the engine broke off; they are judged like any other. ``encrypted`` counts secrets that nobody can read without
    their key; they are UNKNOWN.
    """

    resources: tuple[Resource, ...]
    unfinished: tuple[Unfinished, ...]
    encrypted: int
    sha256: str
    size: int
    origin: Origin = Origin()


def read_export(path: Path) -> Export:
    """Return the export in a file. Raises ProblemsError where the engine would refuse it, and where it is ambiguous."""
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise ProblemsError([Problem(Position(str(path), 1, 1), f"cannot be read: {reason}")]) from None
    return export_of(content, str(path))


def export_of(content: bytes, file: str) -> Export:
    """As `read_export`, of a file's content; ``file`` is what messages call it."""
    if len(content) > LARGEST:
        message = f"holds more than {LARGEST:,} bytes, which are the limit; export its stacks one by one"
        raise ProblemsError([Problem(Position(file, 1, 1), message)])
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ProblemsError([Problem(Position(file, line, 1), f"is not UTF-8 text; {AGAIN}")]) from None
    try:
        deployment, encrypted = _deployment(text)
        sealed = _Sealed(encrypted > 0)
        if not is_plain(text):
            sealed = _Sealed(encrypted > 0, *_told_apart(deployment))
            deployment = cleaned(deployment)
        resources, pending = _resources(deployment, sealed)
    except json.JSONDecodeError as error:
        position = Position(file, error.lineno, error.colno)
        message = f"is not JSON, or only a part of it ({error.msg}); {AGAIN}"
        raise ProblemsError([Problem(position, message)]) from None
    except NotAnExportError as error:
        problems = [Problem(_near(text, where, file), message) for message, where in error.problems]
        raise ProblemsError(problems) from None
    except ValueProblem as error:
        raise ProblemsError([Problem(_near(text, error.where, file), str(error))]) from None
    except RecursionError:
        raise ProblemsError([Problem(Position(file, 1, 1), f"is nested too deeply to be a state; {AGAIN}")]) from None
    origin = _origin(deployment.get("manifest"), resources)
    return Export(resources, pending, encrypted, hashlib.sha256(content).hexdigest(), len(content), origin)


def _origin(manifest: Any, resources: Sequence[Resource]) -> Origin:
    told = manifest if isinstance(manifest, dict) else {}
    parts = resources[0].urn.split("::")[:2] if resources else []
    stack, project = (parts[0].removeprefix("urn:pulumi:"), parts[1]) if parts else (None, None)
    engine = told.get("version")
    known = isinstance(engine, str) and ENGINE.fullmatch(engine) is not None
    return Origin(stack, project, engine if known else None, _time(told.get("time")))


def _time(value: Any) -> datetime | None:
    """Return the time (UTC) that a text of RFC 3339 names, None for anything else."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _near(text: str, where: str | None, file: str) -> Position:
    """Return the line on which a text first stands, the first one for none and for one that is not there."""
    start = 0 if where is None else max(text.find(json.dumps(where)), 0)
    return Position(file, text[:start].count("\n") + 1, 1)


def _deployment(text: str) -> tuple[Mapping[str, Any], int]:
    """Return the deployment, and how many of its secrets are encrypted."""
    if not text.strip():
        raise NotAnExportError(f"is empty; {AGAIN}")
    document, encrypted = decode(text)
    if not isinstance(document, dict):
        raise NotAnExportError(f"is {kind_of(document)} and no table with a deployment; {AGAIN}")
    document = spelled(document, ("version", "features", "deployment", "resources", "checkpoint"))
    deployment = document.get("deployment")
    if deployment is None:
        bare = "resources" in document or "checkpoint" in document
        hint = (
            'a bare deployment belongs into {"version": 3, "deployment": …}, as the engine wants it; ' if bare else ""
        )
        raise NotAnExportError(f"holds no deployment; {hint}{AGAIN}")
    version = document.get("version")
    if isinstance(version, bool) or version not in VERSIONS:
        raise NotAnExportError(
            f"is an export of version {_shown(version)}, and 3 and 4 are known; {AGAIN} of this engine"
        )
    _check_features(document.get("features"), version)
    if not isinstance(deployment, dict):
        raise NotAnExportError(f"has a deployment that is {kind_of(deployment)} and no table; {AGAIN}", "deployment")
    deployment = spelled(deployment, ("resources", "secrets_providers", "pending_operations", "manifest"))
    secrets = deployment.get("secrets_providers") or {}
    if encrypted and not (isinstance(secrets, dict) and secrets.get("type")):
        raise NotAnExportError(f"holds encrypted secrets and does not say by whom; {AGAIN}", "ciphertext")
    return deployment, encrypted


def _shown(version: Any) -> str:
    return str(version) if type(version) is int and version < 10**9 else kind_of(version)


def _check_features(features: Any, version: Any) -> None:
    if features is not None and not (isinstance(features, list) and all(isinstance(each, str) for each in features)):
        raise NotAnExportError(f"has features that are no list of names; {AGAIN}", "features")
    strange = sorted(set(features or ()) - FEATURES) if version == VERSIONS[-1] else []
    if strange:
        raise NotAnExportError(f"needs what this reader does not know: {', '.join(strange)}; upgrade `enclave`")


@dataclass(frozen=True, slots=True)
class _Sealed:
    """Whose unknown values are secrets: everybody's in a state that has ``any``, with these exceptions both ways."""

    any: bool
    masked: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    def holds(self, urn: str) -> bool:
        """Whether the unknown values of a resource are secrets."""
        return urn in self.masked or (self.any and urn not in self.unknown)


def _told_apart(deployment: Mapping[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the URNs of resources with an input that is masked or sealed, and of those that only wait for the engine.

    As the engine tells a pack, resource by resource; a sealed value is UNKNOWN here, one to be computed still a text.
    """
    masked, unknown = set(), set()
    entries = deployment.get("resources")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("urn"), str):
            inputs = json.dumps(entry.get("inputs"), default=lambda _: UNREADABLE)
            if f'"{UNREADABLE}"' in inputs:
                masked.add(entry["urn"])
            elif not is_plain(inputs):
                unknown.add(entry["urn"])
    return frozenset(masked), frozenset(unknown)


def _resources(deployment: Mapping[str, Any], sealed: _Sealed) -> tuple[tuple[Resource, ...], tuple[Unfinished, ...]]:
    entries = _entries(deployment)
    urns = own_urns((each.fields["urn"], each.unfinished) for each in entries)
    providers: dict[str, Provider | None] = {"": None}
    for each in entries:
        if each.fields["type"].startswith(PROVIDER_PREFIX):
            providers[f"{each.fields['urn']}::{each.fields.get('id') or UNKNOWN_ID}"] = _provider(each.fields)
    made = [
        (
            _resource(each, next(urns), providers, sealed=sealed.holds(each.fields["urn"])),
            each.unfinished,
        )
        for each in entries
    ]
    return tuple(one for one, _ in made), tuple(Unfinished(one.urn, what) for one, what in made if what)


def _entries(deployment: Mapping[str, Any]) -> list[Entry]:
    raw = deployment.get("resources")
    if raw is None:
        raw = []
    if not isinstance(raw, list):
        raise NotAnExportError(f"has resources that are {kind_of(raw)} and no list; {AGAIN}", "resources")
    broken: list[tuple[str, str | None]] = []
    entries = [fields for number, entry in enumerate(raw, 1) if (fields := _entry(entry, f"number {number}", broken))]
    operations: list[Entry] = []
    try:
        operations = list(operations_of(deployment.get("pending_operations")))
    except NotAnExportError as error:
        broken += error.problems
    if not broken:  # a resource that cannot be read would be missed by all that depend on it
        broken += [*refused_manifest(deployment.get("manifest")), *broken_links(entries)]
    if broken:
        (message, where), *more = broken[:SHOWN]
        rest = f" ({len(broken)} problems of this kind, {SHOWN} are shown)" if len(broken) > SHOWN else ""
        raise NotAnExportError(message + rest, where, more)
    return with_operations([finished_or_awaiting(fields) for fields in entries], operations)


def _entry(given: Any, called: str, broken: list[tuple[str, str | None]]) -> dict[str, Any] | None:
    """Return an entry; what is wrong with one that is none is added to ``broken``."""
    try:
        return entry_of(given, called)
    except NotAnExportError as error:
        broken += error.problems
        return None


def _resource(entry: Entry, urn: str, providers: Mapping[str, Provider | None], *, sealed: bool) -> Resource:
    fields = entry.fields
    reference: str = fields.get("provider") or ""
    untold = "" if entry.told else f"{entry.unfinished} {ONLY_ID}"
    if reference not in providers and not untold:
        untold = f"names a provider that this state does not hold ({reference})"
    return Resource(  # whether it is custom, the engine does not tell a pack either
        urn,
        fields["type"],
        fields["urn"].split("::", 3)[3],
        told(fields.get("inputs")),
        providers.get(reference),
        outputs=recorded(fields),
        parent=fields.get("parent") or None,
        depends=depends(fields),
        state_urn="" if urn == fields["urn"] else fields["urn"],
        untold=untold,
        sealed=sealed,
        external=fields.get("external") is True,
    )


def _provider(fields: Mapping[str, Any]) -> Provider:
    urn = fields["urn"]
    return Provider(urn, fields["type"], urn.split("::", 3)[3], told(fields.get("inputs")))
