"""Exported states of resources as rules see them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.corpus_cases import SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enclave_policies.resources.resource import Resource

CUSTOM = ("aws:", "kubernetes:", "pulumi:providers:")


def exported(resources: Iterable[Resource]) -> dict[str, Any]:
    """Return a state export (version 3) of resources whose ids are known."""
    return {
        "version": 3,
        "deployment": {
            "manifest": {"time": "2026-11-29T00:00:00Z", "magic": "", "version": "v3.259.0"},
            "secrets_providers": {"type": "", "state": {}},
            "resources": [_entry(one) for one in resources],
        },
    }


def _entry(resource: Resource) -> dict[str, Any]:
    custom = resource.type.startswith(CUSTOM)
    entry = {
        "urn": resource.urn,
        "type": resource.type,
        "custom": custom,
        "inputs": _written(resource.props),
        "outputs": _written(dict(resource.outputs)),
    }
    return {**entry, "id": resource.outputs["id"]} if custom else entry


def _written(value: Any) -> Any:
    """Return a value as a state holds it: a registration carries a secret as it is, a state as JSON text."""
    if isinstance(value, dict):
        if SIGNATURE in value and "value" in value:
            return {SIGNATURE: value[SIGNATURE], "plaintext": json.dumps(value["value"])}
        return {name: _written(item) for name, item in value.items()}
    return [_written(item) for item in value] if isinstance(value, list) else value
