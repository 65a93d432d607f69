"""The state as it should be once it is known what is there of what was begun or planned: pure functions."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from enclave_policies.resources.exported_values import SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from console.gate.recover.pending import Begun


def adopted(
    deployment: Mapping[str, Any],
    found: Mapping[str, tuple[Begun, str]],
    planned: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Return a deployment without operations under way, which holds each found resource by its URN with its id.

    A resource that replaces another stands beside it: the old one awaits its deletion, as the engine would have it.
    ``planned`` are entries of a plan by URN: parents and providers that the state lacks come from there.
    """
    entries = [
        {**entry, "delete": True} if entry["urn"] in found and not entry.get("delete") else entry
        for entry in deployment.get("resources") or ()
    ]
    above = {entry["urn"]: entry for entry in entries if not entry.get("delete")}
    for begun, id_ in found.values():
        for entry in _above(begun.entry, planned):
            if entry["urn"] not in above:
                above[entry["urn"]] = made = _made(entry)
                entries.append(made)
        entry = {"outputs": {}, **begun.entry, "id": id_}
        if begun.urn in planned:
            entry["inputs"] = without_masked(begun.inputs)
        provider = (entry.get("provider") or "").rpartition("::")[0]
        if provider in above:
            entry["provider"] = f"{provider}::{above[provider]['id']}"
        entries.append(entry)
    return {**deployment, "resources": entries, "pending_operations": []}


def _above(entry: Mapping[str, Any], planned: Mapping[str, Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield what an entry refers to, the topmost parent first, its provider last."""
    for urn in (entry.get("parent") or "", (entry.get("provider") or "").rpartition("::")[0]):
        if urn in planned:
            yield from _above(planned[urn], planned)
            yield planned[urn]


def _made(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a parent or a provider as the state holds it; the next update adds what is missing."""
    kept = {key: entry[key] for key in ("urn", "type", "parent", "provider") if entry.get(key)}
    if not entry["type"].startswith("pulumi:providers:"):
        return {**kept, "custom": False}
    inputs = without_masked(entry.get("inputs") or {})
    return {**kept, "custom": True, "id": str(uuid.uuid4()), "inputs": inputs, "outputs": inputs}


def without_masked(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plan's inputs without those that the engine masks there; they are read from the clouds again."""
    return {key: value for key, value in inputs.items() if f'"{SIGNATURE}"' not in json.dumps(value)}
