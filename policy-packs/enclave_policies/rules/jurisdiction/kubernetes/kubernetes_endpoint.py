"""JUR-027: what programs in a cluster are told names no place outside the enclave."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.contents import acts
from enclave_policies.kubernetes.objects import mapping
from enclave_policies.kubernetes.surveyed import surveyed
from enclave_policies.places.regions import Refusal
from enclave_policies.reading.flow import movement_of
from enclave_policies.reading.rule import Rule
from enclave_policies.reading.taken import depends_on_others
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.rules.jurisdiction.kubernetes.judgement import refuse
from enclave_policies.texts.judge import judged, own_servers, refusals
from enclave_policies.texts.patterns import REGION_KEY, is_words
from enclave_policies.texts.reader import places_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.survey import Found
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

VERB = "would reach"
FETCHING = ("kubernetes:helm.sh/", "kubernetes:yaml", "kubernetes:kustomize")
FETCHES = ("chart", "file", "files", "directory")
REMOTE_BASE = re.compile(r"(?:git@)?(?:[\w-]+\.)+[a-z]{2,}[/:]")
"""A base of Kustomize on another host, without a scheme."""
CLOUD_IDENTITIES = ("azure.workload.identity/client-id", "azure.workload.identity/tenant-id", "iam.gke.io/")
ACCOUNT = re.compile(r"\d{12}")
MAILBOX = re.compile(r"[\w.+%-]+@[\w.-]+\.[a-zA-Z]{2,}")


def check(reading: Reading) -> Iterator[Finding]:
    """Judge environment, arguments, configuration, secrets, acting annotations and custom resources."""
    if reading.resource.type.startswith(FETCHING):
        yield from _fetched(reading)
    told: set[tuple[str, Refusal]] = set()
    for claim, refusal in judged(reading.claims, reading.law):
        if (claim.path, refusal) not in told and not depends_on_others(claim, reading):  # JUR-049 asks the stack
            told.add((claim.path, refusal))
            yield from refuse(rule, reading, VERB, claim.path, refusal, movement=movement_of(claim), claim=claim)
    for found, survey in surveyed(reading.resource):
        if found.custom and not own_servers(reading.claims, reading.law):
            for text in survey.texts:
                yield from _custom(reading, text)
        for note in survey.annotations:
            yield from _identity(reading, note)


def _identity(reading: Reading, note: Found) -> Iterator[Finding]:
    """Judge the account that an annotation lets a program act for: an AWS account's id, or a mailbox of a cloud."""
    value = note.value if isinstance(note.value, str) else ""
    domain = value.rpartition("@")[2]
    if note.name.startswith(CLOUD_IDENTITIES):
        yield rule.finding(reading, f"would act for an identity of a cloud (annotation {note.name})")
        return
    if not acts(note):
        return
    foreign = ACCOUNT.fullmatch(value) and not reading.law.owns_account(value)
    if foreign or ("@" in value and MAILBOX.fullmatch(value) and not reading.law.owns_mail(value)):
        problem = f"would act for {shown(domain)}, which is not the enclave's (annotation {note.name})"
        yield rule.finding(reading, problem, where=domain)


def _custom(reading: Reading, text: Found) -> Iterator[Finding]:
    """Judge inputs of a custom resource that only mean something together with an endpoint, and none is own here."""
    law, value = reading.law, text.value
    if not isinstance(value, str) or is_words(text.name) or not REGION_KEY.fullmatch(text.name):
        return
    known = {*law.regions, *law.zones, *(n for each in law.clusters for n in (*each.nodes.regions, each.name))}
    for name in places_in(value):
        if name not in known and not refusals(text.name, name, law):
            refusal = Refusal(f"the region {shown(name)}, which the law does not know", name, None)
            yield from refuse(rule, reading, VERB, text.path, refusal)


def _fetched(reading: Reading) -> Iterator[Finding]:
    """Judge where charts, manifests and bases are fetched from, by a release or a component of the SDK."""
    props = reading.settings
    options = mapping(props.get("repositoryOpts"))
    told = [("repositoryOpts.repo", UNKNOWN if options is UNKNOWN else options.get("repo"))]
    told += [(name, value) for name in FETCHES for value in _each(props.get(name))]
    for path, value in told:
        if value is UNKNOWN:
            yield from refuse(rule, reading, "would fetch what it makes from", path, None)
        elif isinstance(value, str) and ("://" in value or REMOTE_BASE.match(value)):
            for refusal in refusals("repo", value, reading.law):
                yield from refuse(rule, reading, "would fetch what it makes from", path, refusal)


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


rule = Rule(
    id="JUR-027",
    name="kubernetes-endpoint",
    title="What programs in a cluster are told names no place outside the enclave.",
    severity="high",
    remedy="use hosts of the enclave's DNS zones, services of the cluster or an approved region",
    check=check,
    package="kubernetes",
)
