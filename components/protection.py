"""What the engine may not delete: only what holds data or keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pulumi

if TYPE_CHECKING:
    from collections.abc import Sequence

HOLDING: Final = frozenset({"store", "keys"})
"""Segments that hold data or keys: on a cluster, their namespaces."""


def inside(holder: pulumi.Resource, depends_on: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
    """Return the options of a part of what holds data: by itself the engine would protect the part like its parent.

    A part holds nothing (a policy, a role, a setting), so that closing a path or renaming a segment is never refused.
    It stays in the cloud where its holder does: that the engine passes on, too.
    """
    return pulumi.ResourceOptions(parent=holder, protect=False, depends_on=list(depends_on))
