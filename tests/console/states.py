"""Exported states of resources as rules see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enclave_policies.resource import Resource

CUSTOM = ("aws:", "kubernetes:", "pulumi:providers:")


def exported(resources: Iterable[Resource]) -> dict[str, Any]:
    """Return a state export (version 3) of resources whose ids are known."""
    return {
        "version": 3,
        "deployment": {
            "manifest": {"time": "2026-11-22T00:00:00Z", "magic": "", "version": "v3.259.0"},
            "secrets_providers": {"type": "", "state": {}},
            "resources": [_entry(one) for one in resources],
        },
    }


def _entry(resource: Resource) -> dict[str, Any]:
    entry = {
        "urn": resource.urn,
        "type": resource.type,
        "custom": resource.type.startswith(CUSTOM),
        "inputs": resource.props,
        "outputs": {name: value for name, value in resource.outputs.items() if name != "id"},
    }
    if entry["custom"]:
        entry |= {"id": resource.outputs["id"], "outputs": dict(resource.outputs)}
    return entry
