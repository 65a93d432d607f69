"""The resources of a stack that is up, as rules get them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from enclave_policies.resources.resource import Provider, Resource

from benchmarks.errors import NotMeasuredError

if TYPE_CHECKING:
    from console.gate.engine import Engine

# How the engine marks a secret in a state (sdk/go/common/resource/sig).
_signature = "4dabf18193072939515e22adb298388d"


def resources(engine: Engine) -> tuple[Resource, ...]:
    """Return every resource of the stack with its inputs in the clear, providers included."""
    exported = engine.command("stack", "export", "--show-secrets", "--stack", engine.stack)
    if exported.returncode:
        raise NotMeasuredError(f"the state of '{engine.stack}' cannot be exported: {exported.stderr.strip()}")
    entries = json.loads(exported.stdout)["deployment"].get("resources", [])
    by_urn = {entry["urn"]: _resource(entry, None) for entry in entries}
    # The engine's "URN::id".
    keepers = {entry["urn"]: entry.get("provider", "").rpartition("::")[0] for entry in entries}
    found = tuple(
        _resource(entry, keeper.as_provider if (keeper := by_urn.get(keepers[entry["urn"]])) else None)
        for entry in entries
    )
    if not found:
        raise NotMeasuredError(f"the state of '{engine.stack}' is empty; bring the stack up first")
    return found


def _resource(entry: dict[str, Any], provider: Provider | None) -> Resource:
    name = entry["urn"].rpartition("::")[2]
    return Resource(
        entry["urn"], entry["type"], name, _clear(entry.get("inputs") or {}), provider, custom=entry["custom"]
    )


def _clear(value: Any) -> Any:
    if isinstance(value, dict):
        if _signature in value and "plaintext" in value:
            return _clear(json.loads(value["plaintext"]))
        return {key: _clear(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clear(item) for item in value]
    return value
