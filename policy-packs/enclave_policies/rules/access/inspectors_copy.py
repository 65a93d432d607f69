"""ACC-007: the inspector's copy of the record is locked, and its own policies refuse everybody who would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.access.actions import actions, called
from enclave_policies.access.declared import sites_in_aws
from enclave_policies.access.grants import copies, document, trusts
from enclave_policies.access.inspection import is_copy
from enclave_policies.access.trails import records_management, unrecorded
from enclave_policies.access.who import Who
from enclave_policies.access.writers import ADDING, AREAS, RECORDS, TRAILS, CopyPolicy
from enclave_policies.iam.wildcards import matches
from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.owner import buckets_of, owner
from enclave_policies.key_custody.policies import KEY_POLICIES
from enclave_policies.kubernetes.objects import entries
from enclave_policies.reading.gathered import once
from enclave_policies.reading.rule import StackRule
from enclave_policies.reading.stack import BUCKET_TYPES, sources
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.rules.access.copys_key import is_copys_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.iam.documents import Statement
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
LOCK: Final = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
ENCRYPTION: Final = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
FORBIDDEN: Final = frozenset(
    {
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    }
)
"""Settings that take objects away by themselves, or carry them elsewhere."""
TRAIL: Final = "aws:cloudtrail/trail:Trail"
TRAILS_OWN: Final = ("service", "cloudtrail.amazonaws.com")
FEWEST: Final = 90
"""Days under the lock: as long as anybody may need who looks at a quarter."""


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge the bucket, its settings, the key and the trail of each copy."""
    kind = reading.resource.type
    if is_copy(reading.resource):
        if kind in BUCKET_TYPES:
            yield from _bucket(reading, stack)
        elif kind in KEY_POLICIES:
            yield from _key(reading, stack)
            yield from _unlocked(reading, stack)
        elif kind == TRAIL:
            yield from _trail(reading, stack)


@once
def _settings(stack: Stack) -> Mapping[str, list[Reading]]:
    """Return the policies, locks and forbidden settings of each bucket of a copy, by the bucket's URN."""
    found: dict[str, list[Reading]] = {
        copy.resource.urn: [] for copy in copies(stack) if copy.resource.type in BUCKET_TYPES
    }
    for type_ in (POLICY, LOCK, ENCRYPTION, *FORBIDDEN):
        for reading in stack.of_type(type_):
            for bucket in buckets_of(reading, "bucket", stack):
                found.get(bucket.resource.urn, []).append(reading)
    return found


def _bucket(reading: Reading, stack: Stack) -> Iterator[Finding]:
    settings = _settings(stack)[reading.resource.urn]
    if not any(_is_locked(one) for one in settings if one.resource.type == LOCK):
        problem = f"is the inspector's copy without a lock in compliance mode for {FEWEST} days or more"
        yield rule.finding(reading, problem, at="objectLockEnabled")
    for one in settings:
        if one.resource.type == ENCRYPTION and not _is_under_its_key(one, stack):
            yield rule.finding(one, "encrypts the inspector's copy by another key than the copy's", at="rules")
        if one.resource.type in FORBIDDEN:
            problem = f"is the inspector's copy, and {shown(one.resource.name)} takes objects away or carries them off"
            yield rule.finding(reading, problem, at="bucket")
    known = [one.setting("policy") for one in settings if one.resource.type == POLICY]
    if UNKNOWN in known:
        return  # judged again before it is created
    found = [statement for policy in known for statement in document(policy)]
    called = reading.setting("bucket")
    policy = CopyPolicy(found, called if isinstance(called, str) else None)
    if missing := policy.unrefused():
        problem = f"is the inspector's copy, and its policy does not refuse everybody {', '.join(missing[:3])}"
        yield rule.finding(reading, problem, at="bucket")
    told = [text for one in found for text in _letting_write(one, stack)]
    for text in dict.fromkeys([*told, *_spared(policy, stack)]):
        problem = f"is the inspector's copy, and its policy lets {shown(text)} write or change it"
        yield rule.finding(reading, problem, at="bucket")
    for text in _shut_out(policy, stack):
        problem = f"is the inspector's copy, and its policy does not let {shown(text)} add its record"
        yield rule.finding(reading, problem, at="bucket")


def _is_locked(lock: Reading) -> bool:
    rule_ = lock.setting("rule")
    kept = rule_.get("defaultRetention") if isinstance(rule_, dict) else None
    if not isinstance(kept, dict) or kept.get("mode") != "COMPLIANCE":
        return False
    days, years = kept.get("days"), kept.get("years")
    length = days if isinstance(days, int | float) else years * 365 if isinstance(years, int | float) else 0
    return length >= FEWEST


def _is_under_its_key(encryption: Reading, stack: Stack) -> bool:
    rules = (one for one in entries(encryption.setting("rules")) if isinstance(one, dict))
    wanted = [one.get("applyServerSideEncryptionByDefault") for one in rules]
    keys = [one.get("kmsMasterKeyId") if isinstance(one, dict) else one for one in wanted]
    return all(is_copys_key(encryption, "rules", key, stack) for key in keys)


def _letting_write(one: Statement, stack: Stack) -> Iterator[str]:
    """Yield whom a statement lets write, but for those who record."""
    touching = [str(action).lower() for action in one.actions or ("s3:*",) if actions().touching(action)]
    if not one.allows or not touching:
        return
    for kind, principal in one.principals:
        recorder = _records((kind, str(principal)), stack) and set(touching) == {f"s3:{ADDING}"}
        if principal is not UNKNOWN and not recorder:
            yield str(principal)


def _spared(policy: CopyPolicy, stack: Stack) -> Iterator[str]:
    """Yield who could add where a refusal spares them: to CloudTrail's part CloudTrail alone may."""
    for area in AREAS:
        for principal in sorted(policy.writers(area) or ()):
            if principal != TRAILS_OWN and (area == TRAILS or not _records(principal, stack)):
                yield principal[1]


def _shut_out(policy: CopyPolicy, stack: Stack) -> Iterator[str]:
    """Yield who is declared to record and cannot."""
    site = next((site for site in sites_in_aws(stack) if site.bucket == policy.bucket), None)
    if site is None:
        return
    for area, principals in ((TRAILS, [TRAILS_OWN]), (RECORDS, [("aws", role) for role in site.recorders])):
        writers = policy.writers(area)
        for principal in principals:
            lets = area == TRAILS or policy.lets_add(principal, area)  # AWS tries CloudTrail itself
            if not lets or (writers is not None and principal not in writers):
                yield principal[1]


def _records(principal: tuple[str, str], stack: Stack) -> bool:
    """Return whether a principal is one of those who record: CloudTrail, or a program's role, a declared one if any."""
    kind, text = principal
    if kind == "service":
        return principal == TRAILS_OWN
    role = trusts(stack).get(text.rpartition(":role/")[2])
    program = role is not None and role.who is Who.PROGRAMS and role.inspector is None
    sites = sites_in_aws(stack)
    return program and (not sites or any(text in site.recorders for site in sites))


def _key(reading: Reading, stack: Stack) -> Iterator[Finding]:
    keepers = {name for name, trust in trusts(stack).items() if trust.inspector}
    for one in document(reading.setting(KEY_POLICIES[reading.resource.type])):
        held = [str(action) for action in one.actions or ("kms:*",) if actions().touching(action)]
        if not one.allows or not held:
            continue
        for kind, principal in one.principals:
            role = str(principal).rpartition(":role/")[2]
            if not (kind == "aws" and role in keepers):
                problem = f"is the key of the inspector's copy, and lets {shown(str(principal))} stop it or hand it on"
                yield rule.finding(reading, f"{problem} ({called(held[0])})", at=KEY_POLICIES[reading.resource.type])


def _unlocked(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge whether the key lets the inspector decrypt its copy, and its keeper change the key's policy."""
    path = KEY_POLICIES[reading.resource.type]
    site = next((site for site in sites_in_aws(stack) if site.site == owner(reading).site), None)
    if site is None or reading.setting(path) is UNKNOWN:
        return
    found = document(reading.setting(path))
    for called_, action in ((site.reader, "kms:decrypt"), (site.keeper, "kms:putkeypolicy")):
        about = [one for one in found if any(matches(action, str(each).lower()) for each in one.actions)]
        let = [
            one for one in about if one.allows and any(str(who).endswith(f"/{called_}") for _, who in one.principals)
        ]
        if not let or any(not one.allows for one in about):
            problem = f"is the key of the inspector's copy, and shuts {shown(called_)} out ({action})"
            yield rule.finding(reading, problem, at=path)


def _trail(reading: Reading, stack: Stack) -> Iterator[Finding]:
    if reading.setting("enableLogging") is False:
        yield rule.finding(reading, "fills the inspector's copy, and is stopped", at="enableLogging")
    if reading.setting("enableLogFileValidation") not in (True, UNKNOWN):
        problem = "fills the inspector's copy without digests, so a cut would stay unseen (enableLogFileValidation)"
        yield rule.finding(reading, problem, at="enableLogFileValidation")
    if not records_management(reading):
        problem = "fills the inspector's copy, and does not record every management event and use of a key"
        yield rule.finding(reading, problem, at="advancedEventSelectors")
    site = next((site for site in sites_in_aws(stack) if site.trail == reading.setting("name")), None)
    for beginning in unrecorded(reading, site.recorded if site else ()):
        which = f"{shown(beginning)}*" if beginning else "the stores"
        problem = f"fills the inspector's copy, and does not record every access to objects of {which}"
        yield rule.finding(reading, problem, at="advancedEventSelectors")
    if reading.setting("s3BucketName") is not UNKNOWN or any(sources(reading, "s3BucketName", stack)):
        into = [one for one in buckets_of(reading, "s3BucketName", stack) if is_copy(one.resource)]
        if not any(site is None or one.setting("bucket") in (site.bucket, UNKNOWN) for one in into):
            yield rule.finding(reading, "is the inspector's, and does not deliver into its copy", at="s3BucketName")
    if not is_copys_key(reading, "kmsKeyId", reading.setting("kmsKeyId"), stack):
        yield rule.finding(reading, "fills the inspector's copy under another key than the copy's", at="kmsKeyId")


rule = StackRule(
    id="ACC-007",
    name="inspectors-copy",
    title="The inspector's copy of the record is locked, and its own policies refuse everybody who would change it.",
    severity="critical",
    remedy="let the program make the copy; whatever changes it later is another copy beside it",
    check=check,
    placing=False,
    package="aws",
)
