"""Rights that a stack gives in AWS: which identity gets which statements, and what kind of identity it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access.actions import actions
from enclave_policies.access.inspection import is_copy
from enclave_policies.access.who import Who, let_in
from enclave_policies.iam.documents import Statement, statements
from enclave_policies.iam.wildcards import matches
from enclave_policies.identifiers.arns import arns_in
from enclave_policies.law.folder.access import inspector_of
from enclave_policies.reading.gathered import each, once
from enclave_policies.reading.stack import BUCKET_TYPES
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.shapes import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.law import Law
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

ROLE: Final = "aws:iam/role:Role"
IN_ROLE: Final[Mapping[str, str]] = {
    "aws:iam/rolePolicy:RolePolicy": "role",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "role",
    "aws:iam/policyAttachment:PolicyAttachment": "roles",
    "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive": "roleName",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "roleName",
}
"""Types that give roles rights → the input that names the role, or some."""
OF_PEOPLE: Final = frozenset(
    {
        "aws:iam/userPolicy:UserPolicy",
        "aws:iam/userPolicyAttachment:UserPolicyAttachment",
        "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
        "aws:iam/groupPolicy:GroupPolicy",
        "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
        "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
        "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
        "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
        "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment",
    }
)
"""Types that give rights to users, groups and permission sets: to people."""
KEYS: Final = "aws:kms/"
TO_PEOPLE: Final = ("users", "groups")
"""Inputs by which what gives roles rights gives them to people, too."""
DOCUMENTS: Final = ("policy", "inlinePolicy")
SOMEBODY: Final = "5e5e5e5e-nobodys-5e5e5e5e"
"""Nobody's bucket, key or trail is called so: what stands for it stands for all."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom a role lets in: an inspector by name, and who they are; ``doors``: roles by name, the others as they are."""

    reading: Reading
    inspector: str | None
    doors: tuple[Who | str, ...]
    who: Who = Who.UNTOLD


@once
def trusts(stack: Stack) -> Mapping[str, Trust]:
    """Return the roles of a stack by name, and by their URN while a name is not known yet."""
    found: dict[str, Trust] = {}
    for names, trust in each(stack, stack.of_type(ROLE), _trust):
        found.update(dict.fromkeys(names, trust))
    return {name: replace(trust, who=_through(name, found, _declared(stack))) for name, trust in found.items()}


def _trust(reading: Reading) -> tuple[list[str], Trust]:
    name = reading.setting("name")
    names = [one for one in (name, reading.resource.outputs.get("name"), reading.resource.urn) if isinstance(one, str)]
    allowing = [one for one in document(reading.setting("assumeRolePolicy")) if one.allows]
    who = next((found for one in allowing for found in _inspectors(one, reading.law)), None)
    doors = tuple(found for one in allowing for _, found in let_in(one, reading.law)) or (Who.UNTOLD,)
    return names, Trust(reading, who, doors)


def _inspectors(one: Statement, law: Law) -> Iterator[str]:
    for kind, principal in one.principals:
        if kind == "aws":
            arns = arns_in(str(principal))
            found = inspector_of(arns[0].account if arns else str(principal), law)
            if found:
                yield found


def _through(name: str, roles: Mapping[str, Trust], declared: frozenset[str]) -> Who:
    """Return who has a role in the end: those whom it lets in, and those who have a role that it lets in."""
    pending, seen, found = [name], set[str](), Who.PROGRAMS
    while pending:
        role = pending.pop()
        if role in seen:
            continue
        seen.add(role)
        for door in roles[role].doors if role in roles else (Who.PROGRAMS if role in declared else Who.UNTOLD,):
            if isinstance(door, Who):
                found = max(found, door)
            else:
                pending.append(door)
    return found


@once
def _declared(stack: Stack) -> frozenset[str]:
    """Return the names of the roles that use or administer keys of the stack: they are declared, wherever made."""
    keys = (reading for reading in stack.of_package("aws") if reading.resource.type.startswith(KEYS))
    return frozenset(role for found in each(stack, keys, _holders) for role in found)


def _holders(key: Reading) -> list[str]:
    holding = [one for one in document(key.setting("policy")) if one.allows and not all(map(_looks, one.actions))]
    return [role for one in holding for _, role in let_in(one, key.law) if isinstance(role, str)]


def _looks(action: Any) -> bool:
    return actions().only_looks(action)


def who_is(door: Who | str, stack: Stack) -> Who:
    """Return who somebody is that a statement lets in."""
    return door if isinstance(door, Who) else _through(door, trusts(stack), _declared(stack))


def document(value: Any) -> tuple[Statement, ...]:
    """Return the statements of a document, given as such or as its text; none while it is not known."""
    found = parsed(value) if isinstance(value, str) else value
    return statements(found) if isinstance(found, dict) else ()


def trust_of(reading: Reading, stack: Stack) -> Trust | None:
    """Return the role that a resource is, or gives rights to, of several an inspector's; None: no role of the stack."""
    found = [one for one in _roles_of(reading, stack) if isinstance(one, Trust)]
    return next((one for one in found if one.inspector), found[0] if found else None)


def _roles_of(reading: Reading, stack: Stack) -> list[Trust | Who]:
    """Return each role that a resource is or gives rights to; of one that the stack does not make, who has it."""
    known = trusts(stack)
    if reading.resource.type == ROLE:
        return [known[reading.resource.urn]] if reading.resource.urn in known else []
    path = IN_ROLE.get(reading.resource.type)
    return [known.get(name) or who_is(name, stack) for name in named_at(reading, path, known)] if path else []


def named_at(reading: Reading, path: str, known: Mapping[str, Any]) -> list[Any]:
    """Return what an input names, one or several: what is not known yet by its URN, and UNTOLD where it has none."""
    value = reading.setting(path)
    named: list[Any] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            one = one.get("name")  # noqa: PLW2901 (a reference by name)
        if one is UNKNOWN:
            named += [urn for urn in reading.resource.depends.get(path, ()) if urn in known] or [Who.UNTOLD]
        elif one is not None:
            named.append(str(one))
    return list(dict.fromkeys(named))


def who_gets(reading: Reading, stack: Stack) -> Who | None:
    """Return who gets what a resource gives; None: an inspector (ACC-009 judges that), or nobody by itself."""
    if reading.resource.type in OF_PEOPLE:
        return Who.PEOPLE
    if reading.resource.type in IN_ROLE and any(reading.setting(path) for path in TO_PEOPLE):
        return Who.PEOPLE
    found = _roles_of(reading, stack)
    theirs = [one.who if isinstance(one, Trust) else one for one in found if isinstance(one, Who) or not one.inspector]
    return max(theirs, default=None)


def given(reading: Reading) -> Iterator[tuple[str, Statement]]:
    """Yield what a resource of IAM allows an identity, each with the input that it stands in."""
    for path in DOCUMENTS:
        yield from ((path, one) for one in document(reading.setting(path)) if one.allows)
    inline = reading.setting("inlinePolicies")
    for entry in inline if isinstance(inline, list) else ():
        if isinstance(entry, dict):
            yield from (("inlinePolicies.policy", one) for one in document(entry.get("policy")) if one.allows)


def reaches(one: Statement, arns: Iterator[str] | list[str]) -> list[str]:
    """Return which of some ARNs a statement is about; it is about all that it does not name (NotResource)."""
    patterns = [str(resource) for resource in one.resources] or ["*"]
    return [arn for arn in arns if any(matches(arn, pattern) for pattern in patterns)]


@once
def copies(stack: Stack) -> tuple[Reading, ...]:
    """Return the keys, buckets and trails of the stack that belong to an inspector's copy of the record."""
    return tuple(reading for reading in stack.of_package("aws") if is_copy(reading.resource))


def names_of(reading: Reading) -> list[str]:
    """Return the ARNs by which policies may name a bucket, what lies in it, a trail or a key."""
    resource = reading.resource
    known = resource.outputs.get("arn")
    found = [known] if isinstance(known, str) else []
    if resource.type in BUCKET_TYPES:
        bucket = reading.setting("bucket") or resource.outputs.get("id")
        if isinstance(bucket, str):
            found += [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/any"]
    if resource.type.endswith(":Trail") and isinstance(reading.setting("name"), str):
        provider = resource.provider
        region = provider.props.get("region") if provider else None
        account = next(iter(sorted(reading.law.accounts)), "")
        found.append(f"arn:aws:cloudtrail:{region}:{account}:trail/{reading.setting('name')}")
    return found
