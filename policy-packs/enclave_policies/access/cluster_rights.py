"""What a binding in a cluster gives: the rules of the role that it names, as far as the stack makes the role."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import PACKAGE, entries, mapping, objects_of
from enclave_policies.kubernetes.roles import BINDINGS, ROLES, permitted_by
from enclave_policies.reading.gathered import each, once
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

SITE_LABEL: Final = "enclave/site"
ACCOUNT: Final = "system:serviceaccount:"
Rules = tuple["Mapping[str, Any]", ...]


class Binding:
    """One binding: ``role`` is the name of what it gives, UNKNOWN while nobody knows it; where it says so: ``path``.

    ``namespace`` None: it holds in the whole cluster; ``site``: the one that its labels tell, None where none do.
    """

    def __init__(self, reading: Reading, found: KubernetesObject) -> None:
        named = mapping(found.body.get("roleRef"))
        self.path = f"{found.path}roleRef"
        self.kind = UNKNOWN if named is UNKNOWN else named.get("kind")
        self.role = UNKNOWN if named is UNKNOWN else named.get("name")
        self.subjects = [one for one in map(mapping, entries(found.body.get("subjects"))) if one is not UNKNOWN]
        self.namespace = found.metadata("namespace") if found.kind == "RoleBinding" else None
        labels = mapping(found.metadata("labels"))
        self.site = None if labels is UNKNOWN else labels.get(SITE_LABEL)
        self._space = found.metadata("namespace") if self.kind == "Role" else None
        self._sources = reading.resource.depends.get("roleRef", ())

    def people(self) -> list[str]:
        """Return the groups and users that get it."""
        return [str(one.get("name", "")) for one in self.subjects if one.get("kind") in ("Group", "User")]

    def accounts(self) -> list[tuple[Any, Any]]:
        """Return namespace and name of the service accounts that get it, whichever way they are named."""
        said = [one for one in self.subjects if one.get("kind") == "ServiceAccount"]
        named = [(one.get("namespace") or self.namespace, one.get("name")) for one in said]
        users = [name.removeprefix(ACCOUNT).split(":") for name in self.people() if name.startswith(ACCOUNT)]
        return named + [(one[0], one[1]) for one in users if len(one) > 1]

    def rules(self, stack: Stack) -> Rules | None:
        """Return the rules of the role; None where this stack does not make it, or nobody knows yet which it is."""
        known = _roles(stack)
        if self.role is not UNKNOWN:
            return known.get((self.kind, self._space, self.role))
        return next((known[urn] for urn in self._sources if urn in known), None)


def bindings(reading: Reading) -> Iterator[Binding]:
    """Yield the bindings that a resource makes."""
    for found in objects_of(reading.resource):
        if found.kind in BINDINGS and not found.custom:
            yield Binding(reading, found)


@once
def _roles(stack: Stack) -> dict[Any, Rules]:
    """Return the rules of the stack's roles: by kind, namespace (None for the cluster) and name, and by URN."""
    found: dict[Any, Rules] = {}
    for roles in each(stack, stack.of_package(PACKAGE), _roles_in):
        for keys, rules in roles:
            found.update(dict.fromkeys(keys, rules))
    return found


def _roles_in(reading: Reading) -> Sequence[tuple[tuple[Any, ...], Rules]]:
    made = [one for one in objects_of(reading.resource) if one.kind in ROLES and not one.custom]
    return [((_called(one), reading.resource.urn), tuple(permitted_by(one))) for one in made]


def _called(found: KubernetesObject) -> Any:
    space = found.metadata("namespace") if found.kind == "Role" else None
    return found.kind, *(one if isinstance(one, Hashable) else str(one) for one in (space, found.metadata("name")))
