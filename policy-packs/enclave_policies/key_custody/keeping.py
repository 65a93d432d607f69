"""What keeps data itself, by the table of encryption: a store, a log, a volume, a backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.key_custody.volumes import storage_classes_asked
from enclave_policies.kubernetes.objects import objects_of
from enclave_policies.law.folder.custody import custody_of

if TYPE_CHECKING:
    from enclave_policies.reading.reading import Reading


def keeps(reading: Reading) -> bool:
    """Return whether a resource keeps data, and is no setting of what does."""
    if reading.resource.type.startswith("kubernetes:"):
        return any(True for found in objects_of(reading.resource) for _ in storage_classes_asked(found))
    known = custody_of(reading.law).types.get(reading.resource.type)
    return known is not None and known.kind != "no-data" and known.of is None
