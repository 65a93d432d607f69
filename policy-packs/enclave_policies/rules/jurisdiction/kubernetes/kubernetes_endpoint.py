"""JUR-027: what programs in a cluster are told names no place outside the enclave."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.objects import mapping
from enclave_policies.kubernetes.own import has_own_endpoint
from enclave_policies.places.regions import Refusal
from enclave_policies.reading.objects import surveyed
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.rules.jurisdiction.kubernetes.judgement import refuse
from enclave_policies.texts.endpoints import refusals
from enclave_policies.texts.patterns import PUBLISHED, REGION_KEY, WORDS_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.kubernetes.survey import Found
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

VERB = "would reach"
KEPT = {"ConfigMap": ("data", "binaryData"), "Secret": ("stringData", "data")}
ENCODED = frozenset({("ConfigMap", "binaryData"), ("Secret", "data")})
"""Maps whose values are base64."""
FETCHING = ("kubernetes:helm.sh/", "kubernetes:yaml", "kubernetes:kustomize")
FETCHES = ("chart", "file", "files", "directory")
REMOTE_BASE = re.compile(r"(?:git@)?(?:[\w-]+\.)+[a-z]{2,}[/:]")
"""A base of Kustomize on another host, without a scheme."""
FILES_FOR_PEOPLE = re.compile(r"(?i).*\.md|readme.*|license.*|notice.*|changelog.*")
ACTING = re.compile(
    r"(?i).*(url|host|hostname|server|endpoint|target|uri|redirect|mirror|proxy|upstream|service|address|addr|issuer"
    r"|signin|login|region|location|config|snippet|account|account-id|role|backend|external|alias)e?s?"
)
"""Last words of annotations that a program acts on; all others are words for people."""
CONTROLLERS = re.compile(
    r"(?:.*\.)?(?:ingress\.kubernetes\.io|nginx\.org|haproxy\.org|konghq\.com|traefik\.io|projectcontour\.io"
    r"|getambassador\.io|istio\.io|vault\.hashicorp\.com|services\.k8s\.aws|external-dns\.alpha\.kubernetes\.io)"
)
"""Makers of annotations that all act."""
FOR_PEOPLE = re.compile(
    r"(?i)(?:.*\.)?(?:argocd\.argoproj\.io|a8r\.io|backstage\.io|kubectl\.kubernetes\.io|meta\.helm\.sh|pulumi\.com"
    r"|opencontainers\.org)/.*|(?:link|kubernetes)\..*description"
)
CLOUD_IDENTITIES = ("azure.workload.identity/client-id", "azure.workload.identity/tenant-id", "iam.gke.io/")
ACCOUNT = re.compile(r"\d{12}")
MAILBOX = re.compile(r"[\w.+%-]+@[\w.-]+\.[a-zA-Z]{2,}")


def check(reading: Reading) -> Iterator[Finding]:
    """Judge environment, arguments, configuration, secrets, acting annotations and custom resources."""
    if reading.resource.type.startswith(FETCHING):
        yield from _fetched(reading)
    for found, survey in surveyed(reading):
        own = found.custom and has_own_endpoint(survey, reading.law, store=True)
        for text in survey.texts:
            yield from _judge(reading, text, command=text.path.rpartition(".")[2] in ("args", "command"))
            if found.custom and not own:
                yield from _custom(reading, text)
        for path, key, value in _kept(found):
            for refusal in refusals(key, value, reading.law):
                yield from refuse(rule, reading, VERB, f"{path} {key}", refusal)
        for note in survey.annotations:
            yield from _identity(reading, note)
            if _acts(note):
                yield from _judge(
                    reading, note._replace(path=f"annotation {note.name}", name=note.name.rpartition("/")[2])
                )


def _judge(reading: Reading, text: Found, *, command: bool = False) -> Iterator[Finding]:
    if isinstance(text.value, str):
        for refusal in refusals(text.name, text.value, reading.law, command=command):
            where = f"{text.path} {text.name}" if text.path.endswith(".env") else text.path
            yield from refuse(rule, reading, VERB, where, refusal)


def _identity(reading: Reading, note: Found) -> Iterator[Finding]:
    """Judge the account that an annotation lets a program act for: an AWS account's id, or a mailbox of a cloud."""
    value = note.value if isinstance(note.value, str) else ""
    domain = value.rpartition("@")[2]
    if note.name.startswith(CLOUD_IDENTITIES):
        yield rule.finding(reading, f"would act for an identity of a cloud (annotation {note.name})")
        return
    if not _acts(note):
        return
    foreign = ACCOUNT.fullmatch(value) and not reading.law.owns_account(value)
    if foreign or ("@" in value and MAILBOX.fullmatch(value) and not reading.law.owns_mail(value)):
        problem = f"would act for {shown(domain)}, which is not the enclave's (annotation {note.name})"
        yield rule.finding(reading, problem, where=domain)


def _custom(reading: Reading, text: Found) -> Iterator[Finding]:
    """Judge inputs of a custom resource that only mean something together with an endpoint, and none is own here."""
    law, value = reading.law, text.value
    if not isinstance(value, str) or not value or WORDS_KEY.fullmatch(text.name):
        return
    if REGION_KEY.fullmatch(text.name) and value not in law.regions and value not in law.zones:
        clusters = {name for cluster in law.clusters for name in (*cluster.nodes.regions, cluster.name)}
        if value not in clusters and not refusals(text.name, value, law):
            yield from refuse(
                rule, reading, VERB, text.path, Refusal(f"the region {shown(value)}, which nobody knows", value, None)
            )


def _kept(found: KubernetesObject) -> Iterator[tuple[str, str, str]]:
    """Yield what a ConfigMap or a Secret keeps: path, key and text. What is not known or no text says nothing."""
    if found.custom:
        return
    for name in KEPT.get(found.kind, ()):
        kept = mapping(found.body.get(name))
        for key, value in kept.items() if kept is not UNKNOWN else ():
            text = _decoded(value) if (found.kind, name) in ENCODED else value
            if isinstance(text, str) and not FILES_FOR_PEOPLE.fullmatch(key):
                yield f"{found.path}{name}", key, text


def _decoded(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        return base64.b64decode(value).decode()
    except (binascii.Error, ValueError):
        return None


def _acts(note: Found) -> bool:
    last = note.name.rpartition("/")[2]
    if PUBLISHED.fullmatch(note.name) or last.lower().endswith("image"):
        return False  # JUR-021, JUR-018
    if "/" not in note.name or FOR_PEOPLE.fullmatch(note.name):
        return False
    return ACTING.fullmatch(last) is not None or CONTROLLERS.fullmatch(note.name.partition("/")[0]) is not None


def _fetched(reading: Reading) -> Iterator[Finding]:
    """Judge where charts, manifests and bases are fetched from, by a release or a component of the SDK."""
    props = reading.resource.props
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
