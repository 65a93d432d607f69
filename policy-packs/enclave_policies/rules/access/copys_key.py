"""Whether something is encrypted by the key of an inspector's copy of the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.access.grants import copies
from enclave_policies.key_custody.policies import KEY_POLICIES
from enclave_policies.reading.stack import sources
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def is_copys_key(reading: Reading, path: str, value: Any, stack: Stack) -> bool:
    """Return whether a value names the key of an inspector's copy; where it is not known, by what it comes from."""
    keys = [copy for copy in copies(stack) if copy.resource.type in KEY_POLICIES]
    if isinstance(value, str):
        return any(value in (key.resource.outputs.get("arn"), key.resource.outputs.get("id")) for key in keys)
    found = list(sources(reading, path, stack))
    return value is UNKNOWN and (not found or any(key in found for key in keys))
