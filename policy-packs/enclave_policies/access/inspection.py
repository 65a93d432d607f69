"""The inspector's copy of the record, as a stack carries it: whatever says by a tag that it is for the inspection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enclave_policies.resources.resource import Resource

PURPOSE: Final = "inspection"


def is_copy(resource: Resource) -> bool:
    """Return whether a key, bucket or trail says that it belongs to the inspector's copy of the record."""
    tags = resource.props.get("tags")
    return isinstance(tags, dict) and tags.get("purpose") == PURPOSE
