"""In what replications and policies are others than those by which S3 brings a declared wave in.

Each is yielded as (path of the input, what is wrong there as the rest of a sentence).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.iam.documents import statements
from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.keyring import KEYS, keyring_of
from enclave_policies.key_custody.owner import PURPOSE, buckets_of, owner, tags_of
from enclave_policies.key_custody.writing import BUCKET_POLICY, GRANT, KEY_POLICY
from enclave_policies.reading.stack import BUCKET_TYPES
from enclave_policies.reading.wave_replications import form_of, replications_of
from enclave_policies.resources.unknown import UNKNOWN
from hosts.wave.replication import decrypting, encrypting, rights, taking, trust

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.iam.documents import Statement
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack
    from hosts.wave.replication import End, Replication

Problem = tuple[str, str]
STORE: Final = "store"
ROLE: Final = "aws:iam/role:Role"
ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
BESIDE: Final = {
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "role",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": "roleName",
    "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive": "roleName",
    "aws:iam/policyAttachment:PolicyAttachment": "roles",
    GRANT: "granteePrincipal",
}
"""What could give a role more, and its input that names the role."""
BUCKETS: Final = frozenset({BUCKET_POLICY, *BUCKET_TYPES})
WRITING: Final = ("s3:replicate", "s3:objectowneroverride")
MORE: Final = "lets the role of wave {} do something else than bring it in"


def otherwise_replicated(reading: Reading, stack: Stack, one: Replication) -> Iterator[Problem]:
    """Yield in what a replication by a wave's role is another than the declared one."""
    if reading.setting("bucket") != one.source.bucket:
        yield "bucket", f"replicates another bucket than {shown(one.source.bucket)}"
    rules = reading.setting("rules")
    for each in rules if isinstance(rules, list) else [{}]:
        yield from _rule(reading, stack, one, each)


def _rule(reading: Reading, stack: Stack, one: Replication, told: Any) -> Iterator[Problem]:
    to = "rules.destination"
    if _in(told, "destination", "bucket") != one.arn(one.target):
        yield f"{to}.bucket", f"replicates to another bucket than {shown(one.target.bucket)}"
    key = f"{to}.encryptionConfiguration.replicaKmsKeyId"
    if not _is_store_key(reading, stack, one.target, key, _in(told, *key.split(".")[1:])):
        yield key, f"encrypts replicas by another key than that of the store of site {shown(one.target.site)}"
    if _in(told, "deleteMarkerReplication", "status") != "Disabled":
        yield "rules.deleteMarkerReplication.status", "replicates deletions (Disabled is wanted)"
    if _in(told, "sourceSelectionCriteria", "replicaModifications", "status") not in (None, "Disabled"):
        yield "rules.sourceSelectionCriteria.replicaModifications.status", "takes changes of replicas"
    override = _in(told, "destination", "accessControlTranslation", "owner")
    if one.crosses and (override, _in(told, "destination", "account")) != ("Destination", one.target.account):
        yield f"{to}.accessControlTranslation.owner", f"leaves replicas to account {one.source.account}"


def _in(told: Any, *path: str) -> Any:
    for name in path:
        told = told.get(name) if isinstance(told, dict) else None
    return told


def _is_store_key(reading: Reading, stack: Stack, end: End, path: str, value: Any) -> bool:
    """Return whether an input names the key of a site's store; one that is not known yet, by what it comes from."""
    found = keyring_of(stack).find(reading, path, value).holders
    return bool(found) and all(
        one.reading is not None and one.owner.site == end.site and tags_of(one.reading).get(PURPOSE) == STORE
        for one in found
    )


def other_rights(reading: Reading, stack: Stack, one: Replication) -> Iterator[Problem]:
    """Yield what gives a wave's role more than it needs, or lets somebody else take it."""
    type_, name, more = reading.resource.type, one.role.rpartition("/")[2], MORE.format(shown(one.wave))
    if type_ in BESIDE:
        given = reading.setting(BESIDE[type_])
        if {name, one.role} & set(map(str, given if isinstance(given, list) else [given])):
            yield BESIDE[type_], f"gives the role of wave {shown(one.wave)} more"
    elif type_ == ROLE and reading.setting("name") == name:
        yield from ((path, more) for path in ("inlinePolicies", "managedPolicyArns") if reading.setting(path))
        wanted = set(map(form_of, statements(trust(one))))
        yield from ((path, more) for path, each in _allowing(reading) if form_of(each) not in wanted)
    elif type_ == ROLE_POLICY and reading.setting("role") == name:
        known = {form_of(each, resources=False): each for each in statements(rights(one, "", ""))}
        for path, each in _allowing(reading):
            meant = known.get(form_of(each, resources=False))
            if meant is None or not _about(reading, stack, one, each, meant, path):
                yield path, more


def _allowing(reading: Reading) -> Iterator[tuple[str, Statement]]:
    for mention in reading.of("document"):
        yield from ((mention.path, each) for each in statements(mention.value) if each.allows)


def _about(  # noqa: PLR0917 (a statement and all that it is held against)
    reading: Reading, stack: Stack, one: Replication, each: Statement, meant: Statement, path: str
) -> bool:
    """Return whether a statement is about what is meant: the wave's own bucket, or the key of the site's store."""
    if not str(meant.actions[0]).startswith("kms:"):
        return bool(form_of(each) == form_of(meant))
    end = one.source if "kms:Decrypt" in meant.actions else one.target
    return bool(each.resources) and all(_is_store_key(reading, stack, end, path, key) for key in each.resources)


def other_policies(reading: Reading, stack: Stack) -> Iterator[Problem]:
    """Yield what policies of buckets, keys and others let roles of waves do, and others in their place."""
    declared, buckets = replications_of(stack), _buckets(reading, stack)
    whole = reading.resource.type in BUCKETS  # a key's policy is about the key, however it says so
    for path, each in _allowing(reading):
        named = [one for who, one in declared.items() if ("aws", who) in each.principals]
        for one in named:
            if form_of(each, resources=whole) not in _wanted(reading, stack, one, buckets):
                yield path, MORE.format(shown(one.wave))
        if not named and any(str(action).lower().startswith(WRITING) for action in each.actions):
            for one in declared.values():
                if one.target.bucket in buckets:
                    yield path, f"lets others than the role of wave {shown(one.wave)} write replicas"


def _buckets(reading: Reading, stack: Stack) -> set[Any]:
    """Return the names of the buckets whose policy a resource is."""
    type_ = reading.resource.type
    if type_ not in BUCKETS:
        return set()
    kept = buckets_of(reading, "bucket", stack) if type_ == BUCKET_POLICY else ()
    return {one.setting("bucket") for one in (reading, *kept)}


def _wanted(reading: Reading, stack: Stack, one: Replication, buckets: set[Any]) -> set[Any]:
    """Return the forms of the statements that may name a wave's role in a resource's policy."""
    if one.target.bucket in buckets:
        return {form_of(_read(taking(one)))}
    ends = ((one.target, encrypting(one)), (one.source, decrypting(one)))
    return {form_of(_read(told), resources=False) for end, told in ends if _is_policy_of(reading, stack, end)}


def _is_policy_of(reading: Reading, stack: Stack, end: End) -> bool:
    """Return whether a resource is the key of a site's store, or that key's policy."""
    if reading.resource.type == KEY_POLICY:
        return _is_store_key(reading, stack, end, "keyId", reading.setting("keyId", UNKNOWN))
    own = reading.resource.type in KEYS and owner(reading).site == end.site
    return own and tags_of(reading).get(PURPOSE) == STORE


def _read(statement: Mapping[str, Any]) -> Statement:
    (one,) = statements({"Statement": [statement]})
    return one
