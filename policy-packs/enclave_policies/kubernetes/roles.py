"""Kinds of objects by which a cluster gives rights."""

from typing import Final

ROLES: Final = frozenset({"Role", "ClusterRole"})
BINDINGS: Final = frozenset({"RoleBinding", "ClusterRoleBinding"})
