"""KEY-020: in a cluster too, who administers a key's Secret never reads it, and nobody reads them all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.objects import PACKAGE, PREFIX, entries, mapping, objects_of
from enclave_policies.kubernetes.roles import (
    BINDINGS,
    CHANGE,
    ROLES,
    delegates,
    impersonates,
    makes_pods,
    permits,
    permitted_by,
)
from enclave_policies.reading.gathered import each, once
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack
    from enclave_policies.resources.resource import Resource

READ: Final = frozenset({"get", "list", "watch", "*"})
LIST: Final = frozenset({"list", "watch", "*"})
BUILT_IN: Final = frozenset({"cluster-admin", "admin", "edit"})
"""Roles of every cluster that read and change Secrets (Kubernetes documentation, Using RBAC Authorization)."""
EVERYBODY: Final = frozenset({"system:authenticated", "system:unauthenticated", "system:serviceaccounts"})
MASTERS: Final = frozenset({"*", "system:masters"})
"""Whoever acts as these acts as anybody."""
KEYS: Final = "keys"
"""The segment that keys lie in, as the label enclave/segment of its namespace says."""
HARMLESS: Final = ("view", "system:")
"""How roles begin that a cluster gives to everybody or that show no Secrets."""

Subject = tuple[Any, Any, Any]


@dataclass(slots=True)
class Duties:
    """What a subject may do with Secrets of one namespace: whether any, and whether any without naming it.

    ``makes_pods``: whether it may run a pod of its own, which mounts any of them; ``acts_as``: whom it may act as.
    """

    reads: bool = False
    reads_all: bool = False
    lists: bool = False
    changes: bool = False
    makes_pods: bool = False
    delegates: bool = False
    acts_as: frozenset[str] = frozenset()


@dataclass(slots=True)
class Access:
    """The roles of a stack by namespace and name, and what they give to each subject in a namespace."""

    roles: dict[tuple[Any, str], Duties] = field(default_factory=dict)
    given: dict[tuple[Any, Subject], Duties] = field(default_factory=dict)
    holders: set[Any] = field(default_factory=set)
    """Names of subjects that read or change Secrets somewhere."""
    keys: set[Any] = field(default_factory=set)
    """Namespaces of keys (see KEYS), by name and by what makes them."""

    def holds_keys(self, space: Any) -> bool:
        """Return whether a namespace, or the cluster (None), holds keys."""
        return (
            bool(self.keys) if space is None else not self.keys.isdisjoint([space] if isinstance(space, str) else space)
        )


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge roles by themselves, and bindings by all that their subjects are given."""
    if not reading.resource.type.startswith(PREFIX):
        return
    for found in objects_of(reading.resource):
        if found.custom:
            continue
        if found.kind in ROLES:
            yield from _role(reading, found, _access_in(stack))
        elif found.kind in BINDINGS:
            yield from _binding(reading, found, _access_in(stack))


def _role(reading: Reading, found: KubernetesObject, access: Access) -> Iterator[Finding]:
    duties, path = _duties(found), f"{found.path}rules"
    if duties.delegates:
        yield rule.finding(
            reading,
            "gives the right to give rights that the giver does not have, to read Secrets among them (bind, escalate)",
            at=path,
        )
    if who := sorted(one for one in duties.acts_as if one in access.holders or one in MASTERS):
        problem = "anybody" if "*" in who else ", ".join(map(shown, who))
        yield rule.finding(
            reading, f"gives the right to act as {problem}, who reads or changes Secrets (impersonate)", at=path
        )
    if found.kind == "Role" and access.holds_keys(_namespace(found, reading.resource)):
        yield from _among_keys(reading, duties, path)
    if duties.reads_all:
        yield rule.finding(
            reading, "gives the right to read every Secret there is, keys among them (no resourceNames)", at=path
        )
    if duties.reads and duties.changes:
        yield rule.finding(
            reading,
            "gives the right to read Secrets and to change them: administrators of a key never use it",
            at=path,
        )


def _among_keys(reading: Reading, duties: Duties, path: str) -> Iterator[Finding]:
    """Judge what is permitted in a namespace of keys."""
    if duties.makes_pods:
        yield rule.finding(
            reading, "gives the right to run pods in a namespace of keys, and pods mount any Secret there", at=path
        )
    if duties.lists and not duties.reads_all:
        yield rule.finding(
            reading,
            "gives the right to list and watch keys by name, which shows their contents; `get` is enough",
            at=path,
        )


def _binding(reading: Reading, found: KubernetesObject, access: Access) -> Iterator[Finding]:
    named = mapping(found.body.get("roleRef"))
    name = None if named is UNKNOWN else named.get("name")
    space = _namespace(found, reading.resource)
    if name in BUILT_IN:
        yield rule.finding(
            reading, f"binds the role {name}, which reads and changes every Secret", at=f"{found.path}roleRef"
        )
    duties = access.roles.get((space if named is not UNKNOWN and named.get("kind") == "Role" else None, str(name)))
    if duties is not None and named.get("kind") == "ClusterRole" and access.holds_keys(space):
        yield from _among_keys(reading, duties, f"{found.path}roleRef")
    for subject in _subjects(found):
        harmless = str(name).startswith(HARMLESS) if duties is None else not (duties.reads or duties.changes)
        if subject[1] in EVERYBODY and not harmless:
            yield rule.finding(reading, f"gives Secrets to everybody ({subject[1]})", at=f"{found.path}subjects")
        both = access.given.get((space, subject), Duties())
        own = duties is not None and not (duties.reads and duties.changes)  # else the role itself is refused
        if own and duties and (duties.reads or duties.changes) and both.reads and both.changes:
            problem = f"lets {shown(subject[1])} read Secrets that it changes by another role"
            yield rule.finding(reading, problem, at=f"{found.path}subjects")


def _duties(found: KubernetesObject) -> Duties:
    duties = Duties()
    for permitted in permitted_by(found):
        duties.makes_pods |= makes_pods(permitted)
        duties.delegates |= delegates(permitted, HARMLESS)
        duties.acts_as |= impersonates(permitted) or frozenset()
        if not permits(permitted, ("",), ("secrets",), READ | CHANGE):
            continue
        verbs = set(entries(permitted.get("verbs")))
        reads = bool(verbs & READ)
        duties.reads |= reads
        duties.reads_all |= reads and not permitted.get("resourceNames")
        duties.lists |= bool(verbs & LIST)
        duties.changes |= bool(verbs & CHANGE)
    return duties


def _subjects(found: KubernetesObject) -> Iterator[Subject]:
    for subject in map(mapping, entries(found.body.get("subjects"))):
        if subject is not UNKNOWN:
            yield subject.get("kind"), subject.get("name"), subject.get("namespace")


def _namespace(found: KubernetesObject, resource: Resource) -> Any:
    """Return an object's namespace, None for the whole cluster; what it depends on while nobody knows it yet."""
    if found.kind in ("ClusterRole", "ClusterRoleBinding"):
        return None
    told = found.metadata("namespace")
    return told if isinstance(told, str) else tuple(sorted(resource.depends.get("metadata", ())))


@once
def _access_in(stack: Stack) -> Access:
    access = Access()
    mine = stack.of_package(PACKAGE)
    for spaces in each(stack, mine, _spaces_of_keys):
        access.keys.update(spaces)
    for roles in each(stack, mine, _roles):
        access.roles.update(roles)
    for given in each(stack, mine, lambda one: _given(access, one.resource)):
        for to, duties in given:
            if duties.reads or duties.changes:
                access.holders.add(to[1][1])
            known = access.given.setdefault(to, Duties())
            known.reads |= duties.reads
            known.changes |= duties.changes
    return access


def _spaces_of_keys(reading: Reading) -> set[Any]:
    """Return the namespaces of keys that a resource makes, by name and by what makes them."""
    resource = reading.resource
    made = [found for found in objects_of(resource) if found.kind == "Namespace" and not found.custom]
    return {one for found in made if _is_of_keys(found) for one in (found.metadata("name"), resource.urn)}


def _is_of_keys(found: KubernetesObject) -> bool:
    labels = mapping(found.metadata("labels"))
    return labels is not UNKNOWN and labels.get("enclave/segment") == KEYS


def _roles(reading: Reading) -> dict[tuple[Any, str], Duties]:
    """Return the roles that a resource makes, by namespace and name."""
    resource = reading.resource
    made = [found for found in objects_of(resource) if not found.custom and found.kind in ROLES]
    return {(_namespace(found, resource), str(found.metadata("name"))): _duties(found) for found in made}


def _given(access: Access, resource: Resource) -> list[tuple[tuple[Any, Subject], Duties]]:
    """Return what the bindings of a resource give, by namespace and subject."""
    made = [found for found in objects_of(resource) if not found.custom and found.kind in BINDINGS]
    return [one for found in made for one in _give(access, resource, found)]


def _give(access: Access, resource: Resource, found: KubernetesObject) -> Iterator[tuple[tuple[Any, Subject], Duties]]:
    named, space = mapping(found.body.get("roleRef")), _namespace(found, resource)
    if named is UNKNOWN:
        return
    duties = access.roles.get((space if named.get("kind") == "Role" else None, str(named.get("name"))), Duties())
    for subject in _subjects(found):
        hash(subject)  # one that nobody can tell from others is no subject: the binding is left out
        yield (space, subject), duties


rule = StackRule(
    id="KEY-020",
    name="secret-duties",
    title="In a cluster too, who administers a key's Secret never reads it, and nobody reads them all.",
    severity="critical",
    remedy="give readers `get` on named Secrets, and administrators roles of their own that only create and delete",
    check=check,
    placing=False,
    package="kubernetes",
)
