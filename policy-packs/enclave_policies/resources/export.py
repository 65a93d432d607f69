"""Read an exported state (`pulumi stack export`) into the resources that `pulumi policy analyze --file` shows a pack.

Source: engine 3.259, cmd/pulumi/policy/policy_analyze.go, resource/stack/deployment.go and resource/plugin/rpc.go.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from enclave_policies.resources.exported_values import ValueProblem, cleaned, decode, is_plain
from enclave_policies.resources.resource import PROVIDER_PREFIX, Provider, Resource
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VERSIONS: Final = (3, 4)
FEATURES: Final = frozenset(
    {"refreshBeforeUpdate", "views", "hooks", "taint", "replaceWith"}
    | {"snippets-prototype", "extensionParameterization", "byteString"}
)
"""What a version 4 export may need of its reader, as of engine 3.259; none of it changes what is judged."""

FIELDS: Final = {
    "urn": str,
    "type": str,
    "id": str,
    "custom": bool,
    "delete": bool,
    "external": bool,
    "inputs": dict,
    "outputs": dict,
    "parent": str,
    "provider": str,
    "propertyDependencies": dict,
}
"""What is read of a resource, and the JSON type that the engine demands of it (null counts as absent)."""

USUAL: Final = frozenset(FIELDS) | {"dependencies", "created", "modified", "sourcePosition"}
"""Names whose spelling needs no second look."""

AGAIN: Final = "export the state again with `pulumi stack export`"


@dataclass(frozen=True, slots=True)
class Export:
    """An exported state: what is judged, in the file's order, and what is not.

    ``pending_deletes`` are URNs of resources that the engine will still delete: it shows them to no pack. ``encrypted``
    counts secrets that nobody can read without their key; they are UNKNOWN.
    """

    resources: tuple[Resource, ...]
    pending_deletes: tuple[str, ...]
    encrypted: int
    sha256: str
    size: int


class _NotAnExportError(Exception):
    """Not an export; ``where`` is a text that stands near the reason."""

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(message)
        self.where = where


def read_export(path: Path) -> Export:
    """Return the export in a file. Raises ProblemsError where the engine would refuse it, and where it is ambiguous."""
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise ProblemsError([Problem(Position(str(path), 1, 1), message)]) from None
    return export_of(content, str(path))


def export_of(content: bytes, file: str) -> Export:
    """As `read_export`, of a file's content; ``file`` is what messages call it."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ProblemsError([Problem(Position(file, line, 1), f"is not UTF-8 text; {AGAIN}")]) from None
    try:
        deployment, encrypted = _deployment(text)
        if not is_plain(text):
            deployment = cleaned(deployment)
        resources, pending = _resources(deployment)
    except json.JSONDecodeError as error:
        position = Position(file, error.lineno, error.colno)
        message = f"is not JSON, or only a part of it ({error.msg}); {AGAIN}"
        raise ProblemsError([Problem(position, message)]) from None
    except (_NotAnExportError, ValueProblem) as error:
        line = text.count("\n", 0, max(text.find(json.dumps(getattr(error, "where", ""))), 0)) + 1
        raise ProblemsError([Problem(Position(file, line, 1), str(error))]) from None
    except RecursionError:
        raise ProblemsError([Problem(Position(file, 1, 1), f"is nested too deeply to be a state; {AGAIN}")]) from None
    return Export(resources, pending, encrypted, hashlib.sha256(content).hexdigest(), len(content))


def _deployment(text: str) -> tuple[Mapping[str, Any], int]:
    """Return the deployment, and how many of its secrets are encrypted."""
    if not text.strip():
        raise _NotAnExportError(f"is empty; {AGAIN}")
    document, encrypted = decode(text)
    if not isinstance(document, dict):
        raise _NotAnExportError(f"holds no deployment but a {type(document).__name__}; {AGAIN}")
    document = _fields(document, ("version", "features", "deployment", "resources", "checkpoint"))
    deployment = document.get("deployment")
    if deployment is None:
        bare = "resources" in document or "checkpoint" in document
        hint = (
            'a bare deployment belongs into {"version": 3, "deployment": …}, as the engine wants it; ' if bare else ""
        )
        raise _NotAnExportError(f"holds no deployment; {hint}{AGAIN}")
    version = document.get("version")
    if isinstance(version, bool) or version not in VERSIONS:
        raise _NotAnExportError(f"is an export of version {version!r}, known are 3 and 4; {AGAIN} of this engine")
    strange = sorted(set(map(str, document.get("features") or ())) - FEATURES) if version == VERSIONS[-1] else []
    if strange:
        raise _NotAnExportError(f"needs what this reader does not know: {', '.join(strange)}; upgrade `enclave`")
    if not isinstance(deployment, dict):
        raise _NotAnExportError(f"has a deployment that is a {type(deployment).__name__}; {AGAIN}", "deployment")
    deployment = _fields(deployment, ("resources", "secrets_providers"))
    secrets = deployment.get("secrets_providers") or {}
    if encrypted and not (isinstance(secrets, dict) and secrets.get("type")):
        raise _NotAnExportError(f"holds encrypted secrets and does not say by whom; {AGAIN}", "ciphertext")
    return deployment, encrypted


def _resources(deployment: Mapping[str, Any]) -> tuple[tuple[Resource, ...], tuple[str, ...]]:
    raw = deployment.get("resources")
    if raw is None:
        raw = []
    if not isinstance(raw, list):
        raise _NotAnExportError(f"has resources that are no list but a {type(raw).__name__}; {AGAIN}", "resources")
    entries = [_checked(entry, number) for number, entry in enumerate(raw, 1)]
    providers = {entry["urn"]: entry for entry in entries if entry["type"].startswith(PROVIDER_PREFIX)}
    known: dict[str, Provider | None] = {"": None}
    resources: dict[str, Resource] = {}
    pending: list[str] = []
    for entry in entries:
        urn = entry["urn"]
        if entry.get("delete"):
            pending.append(urn)
            continue
        if urn in resources:
            raise _NotAnExportError(f"holds {urn} twice, so nobody can tell which is the resource; {AGAIN}", urn)
        reference: str = entry.get("provider") or ""
        if reference not in known:
            known[reference] = _provider(reference, providers)
        resources[urn] = Resource(  # whether it is custom, the engine does not tell a pack either
            urn,
            entry["type"],
            urn.split("::", 3)[3],
            _told(entry.get("inputs")),
            known[reference],
            outputs=_recorded(entry),
            parent=entry.get("parent") or None,
            depends=_depends(entry.get("propertyDependencies")),
        )
    return tuple(resources.values()), tuple(pending)


def _recorded(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs with the id, which the official plugin of AWS repeats among them and others do not."""
    outputs = _told(entry.get("outputs"))
    repeated = outputs and entry.get("id") and entry["type"].startswith("aws:")
    return {"id": entry["id"], **outputs} if repeated else outputs


def _checked(entry: Any, number: int) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise _NotAnExportError(f"has a resource (number {number}) that is a {type(entry).__name__}; {AGAIN}")
    fields = _fields(entry, FIELDS)
    urn = fields.get("urn") or f"number {number}"
    for name, type_ in FIELDS.items():
        value = fields.get(name)
        if value is not None and type(value) is not type_:
            _refuse(urn, f"whose '{name}' is a {type(value).__name__} instead of a {type_.__name__}")
    for name in ("urn", "type"):
        if not fields.get(name):
            _refuse(urn, f"without '{name}'")
    if not urn.startswith("urn:pulumi:") or urn.count("::") < 3:  # noqa: PLR2004 (stack::project::type::name)
        _refuse(urn, "whose URN is none")
    if fields.get("id") and not fields.get("custom"):
        _refuse(urn, "with an id, which only a custom resource has")
    return fields


def _refuse(urn: Any, problem: str) -> NoReturn:
    raise _NotAnExportError(f"has a resource ({urn}) {problem}; {AGAIN}", str(urn))


def _fields(given: dict[str, Any], names: Mapping[str, Any] | tuple[str, ...]) -> dict[str, Any]:
    """Return a record with its fields in the spelling that is read here; the engine takes any case of letters."""
    if given.keys() <= USUAL:
        return given
    folded = {key.lower(): key for key in given if key not in names and key.lower() in names}
    if not folded:
        return given
    clash = sorted(name for name in folded if name in given)
    if clash or len(folded) < sum(1 for key in given if key.lower() in names and key not in names):
        raise _NotAnExportError(f"holds one field in two spellings ({', '.join(clash) or 'letter case'}); {AGAIN}")
    return given | {name: given[key] for name, key in folded.items()}


def _told(properties: dict[str, Any] | None) -> dict[str, Any]:
    """Return what a pack is told of a resource's properties: not the engine's own, whose names begin with ``__``."""
    if not properties:
        return {}
    for key in properties:
        if key.startswith("__"):
            return {key: value for key, value in properties.items() if not key.startswith("__")}
    return properties


def _depends(given: dict[str, Any] | None) -> dict[str, tuple[str, ...]]:
    """Return which resources each input's value comes from; what is no list of URNs tells nothing."""
    return {name: tuple(urns) for name, urns in (given or {}).items() if urns and isinstance(urns, list)}


def _provider(reference: str, providers: Mapping[str, dict[str, Any]]) -> Provider | None:
    """Return the provider that ``urn::id`` names, None where the state holds none: a pack is told of none then."""
    urn = reference.rpartition("::")[0]
    entry = providers.get(urn)
    if entry is None or not _is_provider_urn(urn):
        return None
    return Provider(urn, entry["type"], urn.split("::", 3)[3], _told(entry.get("inputs")))


def _is_provider_urn(urn: str) -> bool:
    return urn.split("::", 3)[2].rsplit("$", 1)[-1].startswith(PROVIDER_PREFIX)
