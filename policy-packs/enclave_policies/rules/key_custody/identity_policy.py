"""KEY-019: no identity policy gives the use of every key, or its use together with its administration."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from enclave_policies.iam.documents import statements
from enclave_policies.identifiers.arns import arns_in
from enclave_policies.key_custody.outsiders import CONTEXT, foreign
from enclave_policies.key_custody.policies import ADMINISTER, EITHER, USE, allowed, values_of
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.iam.documents import Statement
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

IDENTITY = ("aws:iam/", "aws:ssoadmin/")
KMS = "kms"
STRANGERS = ("key/5e5e5e5e-0000-4000-8000-5e5e5e5e5e5e", "alias/5e5e5e5e")
"""Nobody's key has this id, so what stands for it stands for every key."""
ASSUME = frozenset({"assumeRolePolicy"})


def check(reading: Reading) -> Iterator[Finding]:
    """Judge the documents that give rights to roles, users and groups."""
    if not reading.resource.type.startswith(IDENTITY):
        return
    for mention in reading.of("document"):
        if mention.path in ASSUME or isinstance(mention.value, str):
            continue  # JUR-012 refuses what cannot be read
        allowing = [one for one in statements(mention.value) if one.allows and allowed(one, EITHER)]
        told = dict.fromkeys(words for one in allowing for words in _troubles(one, reading))
        both = frozenset[str]().union(*(allowed(one, EITHER) for one in allowing))
        if both & ADMINISTER and both & USE:
            told["lets one identity administer keys and use them"] = None
        for words in told:
            yield rule.finding(reading, f"{words} ({mention.path})", claim=mention)


def _troubles(one: Statement, reading: Reading) -> Iterator[str]:
    if allowed(one, USE) and any(_is_every_key(each) for each in one.resources or ("*",)) and not _is_narrowed(one):
        yield "lets an identity use every key, for any data"
    for resource in one.resources:
        for arn in arns_in(resource):
            if arn.service == KMS and arn.account and "*" not in arn.account:
                for who in foreign(arn.account, reading.law):
                    yield f"lets an identity use or administer keys of {who}"


def _is_every_key(resource: Any) -> bool:
    """Return whether a pattern stands for keys of whatever id; its wildcards reach beyond colons."""
    text = str(resource)
    parts = text.split(":", 5)
    service, named = parts[2:3], parts[5:]
    if service and not fnmatchcase(KMS, service[0]):
        return False
    return any(fnmatchcase(one, named[0]) for one in STRANGERS) if named else text.endswith("*")


def _is_narrowed(one: Statement) -> bool:
    keys = [key for key in one.conditions if key.startswith((CONTEXT, "aws:resourcetag/"))]
    return any(values_of(one, key) for key in (*keys, "kms:viaservice", "kms:resourcealiases", "kms:requestalias"))


rule = Rule(
    id="KEY-019",
    name="identity-key-rights",
    title="No identity policy gives the use of every key, or its use together with its administration.",
    severity="high",
    remedy="name the key's ARN, or bind by kms:ViaService, encryption context or aws:ResourceTag/…; split the duties",
    check=check,
    roles=frozenset({"document"}),
    placing=False,
    package="aws",
)
