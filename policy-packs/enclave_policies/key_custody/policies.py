"""What the statements of a policy allow with keys: to administer them, to use them, to grant."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from enclave_policies.iam.documents import Statement, statements
from enclave_policies.iam.wildcards import matches
from enclave_policies.resources.unknown import UNKNOWN, Unknown
from enclave_policies.texts.shapes import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enclave_policies.resources.resource import Resource

# Source: AWS KMS developer guide, "AWS KMS permissions" (actions by what they are for).
MAC: Final = frozenset({"kms:generatemac", "kms:verifymac"})
SIGN: Final = frozenset({"kms:sign", "kms:verify", "kms:derivesharedsecret"})
CRYPT: Final = frozenset(
    {"kms:decrypt", "kms:encrypt", "kms:reencryptfrom", "kms:reencryptto"}
    | {"kms:generatedatakey", "kms:generatedatakeywithoutplaintext"}
    | {"kms:generatedatakeypair", "kms:generatedatakeypairwithoutplaintext"}
)
OPEN: Final = frozenset({"kms:decrypt", "kms:reencryptfrom"})
USE: Final = MAC | SIGN | CRYPT
ADMINISTER: Final = frozenset(
    {"kms:putkeypolicy", "kms:schedulekeydeletion", "kms:disablekey", "kms:enablekey", "kms:cancelkeydeletion"}
    | {"kms:enablekeyrotation", "kms:disablekeyrotation", "kms:rotatekeyondemand", "kms:updatekeydescription"}
    | {"kms:createalias", "kms:updatealias", "kms:deletealias", "kms:tagresource", "kms:untagresource"}
    | {"kms:importkeymaterial", "kms:deleteimportedkeymaterial", "kms:replicatekey", "kms:updateprimaryregion"}
    | {"kms:revokegrant", "kms:updatecustomkeystore", "kms:deletecustomkeystore", "kms:disconnectcustomkeystore"}
)
EITHER: Final = USE | ADMINISTER
PUT_POLICY: Final = "kms:putkeypolicy"
GRANT: Final = "kms:creategrant"
FOR_AWS_ONLY: Final = "kms:grantisforawsresource"
EXACT: Final = ("stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike")

KEY_POLICIES: Final[Mapping[str, str]] = {
    "aws:kms/key:Key": "policy",
    "aws:kms/externalKey:ExternalKey": "policy",
    "aws:kms/replicaKey:ReplicaKey": "policy",
    "aws:kms/replicaExternalKey:ReplicaExternalKey": "policy",
    "aws:kms/keyPolicy:KeyPolicy": "policy",
}
"""Type → its input that holds a key's policy."""


def key_policy(resource: Resource) -> tuple[Statement, ...] | Unknown | None:
    """Return the statements of a key's policy; UNKNOWN while it is not known, None for one that is not given.

    Raises ValueError for a text that is no policy.
    """
    value = resource.props.get(KEY_POLICIES[resource.type])
    if isinstance(value, Unknown):
        return value
    if not value:
        return None
    document = parsed(value) if isinstance(value, str) else value
    if not isinstance(document, dict) or not any(str(key).lower() == "statement" for key in document):
        raise ValueError("is no policy")
    return tuple(statements(document))


def allowing(resource: Resource) -> list[Statement]:
    """Return what a key's policy allows; nothing while it is not known, or where it cannot be read (KEY-003)."""
    try:
        policy = key_policy(resource)
    except ValueError:
        return []
    return [one for one in policy if one.allows] if isinstance(policy, tuple) else []


def allowed(statement: Statement, actions: Iterable[str]) -> frozenset[str]:
    """Return which of these actions (lower case) a statement is about; one without ``Action`` is about all."""
    patterns = tuple(str(pattern).lower() for pattern in statement.actions)
    return _matching(frozenset(actions), patterns) if patterns else frozenset(actions)  # NotAction


@lru_cache(maxsize=1 << 10)
def _matching(actions: frozenset[str], patterns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(action for action in actions if any(matches(action, pattern) for pattern in patterns))


def grants_freely(statement: Statement) -> bool:
    """Return whether a statement lets its principals make grants that are not for AWS's own resources."""
    if not allowed(statement, [GRANT]):
        return False
    return values_of(statement, FOR_AWS_ONLY, "bool") != ["true"]


def values_of(statement: Statement, key: str, *operators: str) -> list[str]:
    """Return the values that a condition key must equal; none where requests without the key pass too.

    ``…IfExists`` and ``ForAllValues`` hold without the key, so they bind nobody.
    """
    found: list[str] = []
    for operator, values in statement.conditions.get(key, ()):
        name = operator.rpartition(":")[2]
        if name in (*EXACT, *operators) and not operator.startswith("forallvalues"):
            found += [str(value) for value in values if value is not UNKNOWN]
    return found
