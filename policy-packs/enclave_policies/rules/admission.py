"""JUR-022: what sees or changes objects on their way into the cluster stands in the cluster."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enclave_policies.kubernetes.endpoints import refusals
from enclave_policies.kubernetes.judgement import refuse
from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.kubernetes.reading import surveyed
from enclave_policies.regions import shown
from enclave_policies.rule import Rule
from enclave_policies.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.finding import Finding
    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.kubernetes.survey import Found
    from enclave_policies.reading import Reading

Client = tuple[str, Any]

SIGNERS = ("kubernetes.io", ".k8s.io", ".cert-manager.io")
"""Signers that run in the cluster."""
HARMLESS = frozenset(
    re.findall(
        r"\w+",
        """
        object metadata labels op path value jsonpatch has spec template true false null add replace test in and
        or request size exists all matches startswith endswith contains namespaceobject operation namespace
        optional none of orvalue self containers initcontainers map filter c e i k v resources limits requests
        cpu memory securitycontext runasnonroot runasuser runasgroup readonlyrootfilesystem
        allowprivilegeescalation capabilities drop seccompprofile type privileged fsgroup
        automountserviceaccounttoken terminationgraceperiodseconds priorityclassname replicas name
        imagepullpolicy revisionhistorylimit enableservicelinks restartpolicy escapekey ttlsecondsafterfinished
        activedeadlineseconds backofflimit minreadyseconds jobtemplate objectmeta podspec podtemplate lowerascii
        trim split string int bool double
        """,
    )
)
"""Words of an expression that can change no place, image or way out, in lower case."""
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
LABELS_PATH = re.compile(r"/(?:spec/(?:jobTemplate/spec/)?template/)?metadata/labels(?:/.*)?")
PATH_PARTS = re.compile(r"[/~.-]")


def check(reading: Reading) -> Iterator[Finding]:
    """Judge webhooks of admission, conversion and audit, aggregated APIs, and policies that change objects."""
    for found, survey in surveyed(reading):
        for signer in survey.signers:
            yield from _signer(reading, signer)
        read = KINDS.get(found.kind)
        if read is not None and not found.custom:
            for path, client in read(found):
                yield from _client(reading, f"{found.path}{path}", client, patch=found.patch)
        elif found.kind == "MutatingAdmissionPolicy":
            yield from _mutations(reading, found)
        elif found.kind == "MutatingAdmissionPolicyBinding" and _has_parameters(found):
            problem = f"lets another object say how objects are changed ({found.path}spec.paramRef)"
            yield rule.finding(reading, problem, verdict="undetermined")


def _has_parameters(found: KubernetesObject) -> bool:
    return found.spec is UNKNOWN or found.spec.get("paramRef") is not None


def _webhooks(found: KubernetesObject) -> Iterator[Client]:
    for webhook in entries(found.body.get("webhooks")):
        yield "webhooks.clientConfig", webhook.get("clientConfig") if isinstance(webhook, dict) else UNKNOWN


def _conversion(found: KubernetesObject) -> Iterator[Client]:
    conversion = found.spec if found.spec is UNKNOWN else mapping(found.spec.get("conversion"))
    if conversion is UNKNOWN:
        yield "spec.conversion", UNKNOWN
        return
    webhook = mapping(conversion.get("webhook"))
    if conversion.get("strategy") == "Webhook" or webhook or conversion.get("webhookClientConfig"):
        old = conversion.get("webhookClientConfig")
        yield (
            "spec.conversion.webhook.clientConfig",
            old if webhook is UNKNOWN or not webhook else webhook.get("clientConfig"),
        )


def _audit(found: KubernetesObject) -> Iterator[Client]:
    webhook = found.spec if found.spec is UNKNOWN else mapping(found.spec.get("webhook"))
    yield "spec.webhook.clientConfig", UNKNOWN if webhook is UNKNOWN else webhook.get("clientConfig")


def _aggregated(found: KubernetesObject) -> Iterator[Client]:
    """An APIService without a service is served by the API server itself."""
    if found.spec is UNKNOWN:
        yield "spec", UNKNOWN
    elif found.spec.get("service") is not None:
        yield "spec", {"service": found.spec["service"]}


KINDS = {
    "MutatingWebhookConfiguration": _webhooks,
    "ValidatingWebhookConfiguration": _webhooks,
    "CustomResourceDefinition": _conversion,
    "AuditSink": _audit,
    "APIService": _aggregated,
}


def _client(reading: Reading, path: str, client: Any, *, patch: bool) -> Iterator[Finding]:
    """Judge where objects would be sent: a service of the cluster, or a URL."""
    if client is None and patch:
        return
    given = mapping(client)
    url = None if given is UNKNOWN else given.get("url")
    if isinstance(url, str) and url:
        for refusal in refusals("url", url if "://" in url else f"https://{url}", reading.law):
            yield from refuse(rule, reading, "would send every matched object to", f"{path}.url", refusal)
    elif given is UNKNOWN or url is not None or not isinstance(given.get("service"), dict):
        yield from refuse(rule, reading, "would send every matched object to", path, None)


def _signer(reading: Reading, signer: Found) -> Iterator[Finding]:
    """Judge who would sign certificates: Kubernetes, an issuer of the cluster, or a domain of the enclave."""
    domain = signer.value.partition("/")[0] if isinstance(signer.value, str) else None
    if domain is None or not (domain.endswith(SIGNERS) or reading.law.owns_host(domain)):
        words = shown(domain) if domain else "something that is not known yet"
        problem = f"would have certificates signed by {words}, which is not the enclave's ({signer.path})"
        yield rule.finding(reading, problem, where=domain)


def _mutations(reading: Reading, found: KubernetesObject) -> Iterator[Finding]:
    """Refuse expressions that can change places, images or ways out, and those of which nobody can tell."""
    spec = found.spec
    if spec is UNKNOWN or (not spec.get("mutations") and not found.patch):
        yield rule.finding(reading, "changes objects in a way that is not known yet", verdict="undetermined")
        return
    texts = [
        (f"mutations.{kind}", mapping(mutation.get(kind)).get("expression") if mutation.get(kind) else "")
        for mutation in entries(spec.get("mutations"))
        if isinstance(mutation, dict)
        for kind in ("applyConfiguration", "jsonPatch")
    ]
    texts += [
        ("variables", entry.get("expression")) for entry in entries(spec.get("variables")) if isinstance(entry, dict)
    ]
    if UNKNOWN in entries(spec.get("mutations")):
        texts.append(("mutations", UNKNOWN))
    names = frozenset(
        str(entry.get("name", "")).lower() for entry in entries(spec.get("variables")) if isinstance(entry, dict)
    )
    for path, text in texts:
        doubt = _doubt(text, names)
        if doubt:
            problem = f"can change where objects run or what they reach: {doubt} ({found.path}spec.{path}.expression)"
            yield rule.finding(reading, problem, verdict="undetermined")
            return


def _doubt(text: Any, variables: frozenset[str]) -> str | None:
    """Return what in an expression may do more than label and harden; None where nothing does."""
    if not isinstance(text, str):
        return "its expression is not known yet"
    for literal in TEXT.finditer(text):
        path = literal[0][1:-1]
        if not path.startswith("/") or LABELS_PATH.fullmatch(path):
            continue
        if text[literal.end() :].lstrip().startswith("+"):
            return "it puts a path together"
        bad = [word for word in PATH_PARTS.split(path) if word and word.lower() not in HARMLESS and not word.isdigit()]
        if bad:
            return f"it names {bad[0]}"
    for word in WORD.findall(TEXT.sub(" ", text)):
        if word.lower() not in HARMLESS and word.lower() not in variables and word != "variables":
            return f"it names {word}"
    return None


rule = Rule(
    id="JUR-022",
    name="admission",
    title="What sees or changes objects on their way into the cluster stands in the cluster.",
    severity="critical",
    remedy="call a service of the cluster (clientConfig.service), and let policies change nothing that leads out",
    check=check,
)
