"""What the role of machines allows: by instance profile, by the policies in it and those that are attached to it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.iam.documents import statements
from enclave_policies.network.aws import types
from enclave_policies.network.aws.values import dicts
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.shapes import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enclave_policies.network.aws.references import References
    from enclave_policies.resources.resource import Resource

ROLE: Final = ("aws:iam/role:Role",)
PROFILE: Final = ("aws:iam/instanceProfile:InstanceProfile",)
POLICY: Final = ("aws:iam/policy:Policy",)
INLINE: Final = "aws:iam/rolePolicy:RolePolicy"
ATTACHED: Final = (
    ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "role", "policyArn"),
    ("aws:iam/policyAttachment:PolicyAttachment", "roles", "policyArn"),
    ("aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", "roleName", "policyArns"),
)
PROFILES: Final = (
    "iamInstanceProfile",
    "instanceProfileName",
    "instanceProfile",
    "ec2InstanceProfileArn",
    "instanceRole",
)
"""Inputs that name an instance profile, at any depth; a block of that name has an ARN or a name."""
ROLES: Final = ("nodeRoleArn",)
TEMPLATES: Final = ("launchTemplate", "mixedInstancesPolicy", "launchConfiguration", "launchTemplateConfigs")
TEMPLATE_NAMES: Final = ("id", "name", "launchTemplateId", "launchTemplateName")
TAKING_SESSIONS: Final = frozenset(
    {"AmazonSSMManagedInstanceCore", "AmazonSSMManagedEC2InstanceDefaultPolicy", "AmazonEC2RoleforSSM"}
    | {"AmazonSSMFullAccess", "AdministratorAccess", "PowerUserAccess"}
)
"""Policies of AWS that hold the channels of Session Manager (AWS managed policy reference)."""
DEEPEST: Final = 8


class Roles:
    """The roles of a stack's machines, and what they allow."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._answers: dict[tuple[str, tuple[str, ...]], str | None] = {}

    def allows(self, machine: Resource, actions: Sequence[str]) -> str | None:
        """Return by what a machine's role allows one of some actions, None where it does not.

        Profiles of other stacks are not known, and allow nothing here.
        """
        answers = (self._granted(role, tuple(actions)) for role in self._roles(machine))
        return next((answer for answer in answers if answer is not None), None)

    def _granted(self, role: Resource, actions: tuple[str, ...]) -> str | None:
        key = (role.urn, actions)
        if key not in self._answers:
            granting = (words for words, policy in self._policies(role) if _allows(policy, actions))
            words = next(granting, None)
            self._answers[key] = None if words is None else f"role {role.name}, {words}"
        return self._answers[key]

    def _roles(self, machine: Resource) -> Iterator[Resource]:
        references = self._references
        for holder in (machine, *self._templates(machine)):
            for below, value in _named(holder.props, PROFILES):
                for profile in references.of(holder, below, value, PROFILE).found:
                    yield from references.one(profile, "role", ROLE).found
            for below, value in _named(holder.props, ROLES):
                yield from references.of(holder, below, value, ROLE).found

    def _templates(self, machine: Resource) -> Iterator[Resource]:
        for name in TEMPLATES:
            for _, value in _named({name: machine.props.get(name)}, (name,)):
                values = list(_told(value))
                yield from self._references.of(machine, name, values, types.TEMPLATES).found

    def _policies(self, role: Resource) -> Iterator[tuple[str, Any]]:
        """Yield what is granted to a role, each as (words, a document, or the name of a policy of AWS)."""
        references = self._references
        for block in dicts(role.props.get("inlinePolicies")):
            yield f"inline policy {block.get('name')}", block.get("policy")
        for inline in references.naming(INLINE, "role", ROLE).get(role.urn, ()):
            yield f"policy {inline.name}", inline.props.get("policy")
        yield from self._managed(role, "managedPolicyArns")
        for type_, name, policies in ATTACHED:
            for attachment in references.naming(type_, name, ROLE).get(role.urn, ()):
                yield from self._managed(attachment, policies)

    def _managed(self, holder: Resource, name: str) -> Iterator[tuple[str, Any]]:
        given = self._references.one(holder, name, POLICY)
        for policy in given.found:
            yield f"policy {policy.name}", policy.props.get("policy")
        for arn in given.foreign:
            managed = arn.rpartition("/")[2]
            if arn.startswith("arn:") and ":iam::aws:policy/" in arn:
                yield managed, managed


def _allows(policy: Any, actions: Sequence[str]) -> bool:
    """Return whether a policy allows one of the actions; a document that is not known is judged where it is."""
    if isinstance(policy, str) and policy in TAKING_SESSIONS:
        return True
    document = parsed(policy) if isinstance(policy, str) else policy
    if document is UNKNOWN:
        return False
    return any(
        one.allows
        and any(fnmatchcase(wanted.lower(), str(given).lower()) for given in one.actions for wanted in actions)
        for one in statements(document)
    )


def _named(value: Any, names: tuple[str, ...], below: str | None = None, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield (top input, value) of each input of some names, at any depth; of a block, its ARN or name."""
    if depth > DEEPEST:
        return
    for item in value if isinstance(value, list | tuple) else ():
        yield from _named(item, names, below, depth + 1)
    for name, item in value.items() if isinstance(value, dict) else ():
        top = below or name
        if name in names and item is not None:
            blocks = dicts(item)
            values = (
                [block.get("arn") or block.get("name") for block in blocks] if blocks and names is PROFILES else [item]
            )
            yield from ((top, one) for one in values)
        if isinstance(item, dict | list | tuple):
            yield from _named(item, names, top, depth + 1)


def _told(value: Any) -> Iterator[Any]:
    """Yield the ids and names of templates, at any depth."""
    if isinstance(value, str) or value is UNKNOWN:
        yield value
    for item in value if isinstance(value, list | tuple) else ():
        yield from _told(item)
    for name, item in value.items() if isinstance(value, dict) else ():
        if name in TEMPLATE_NAMES or isinstance(item, dict | list | tuple):
            yield from _told(item)
