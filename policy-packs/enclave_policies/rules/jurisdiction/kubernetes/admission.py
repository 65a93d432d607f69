"""JUR-022: what sees or changes objects on their way into the cluster stands in the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.mutations import doubts_of_policy
from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.kubernetes.surveyed import surveyed
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.rules.jurisdiction.kubernetes.judgement import refuse
from enclave_policies.texts.judge import refusals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.kubernetes.survey import Found
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

Client = tuple[str, Any]

SIGNERS = (".kubernetes.io", ".k8s.io", ".cert-manager.io")
"""Signers that run in the cluster."""


def check(reading: Reading) -> Iterator[Finding]:
    """Judge webhooks of admission, conversion and audit, aggregated APIs, and policies that change objects."""
    for found, survey in surveyed(reading.resource):
        for signer in survey.signers:
            yield from _signer(reading, signer)
        read = KINDS.get(found.kind)
        if read is not None and not found.custom:
            for path, client in read(found):
                yield from _client(reading, f"{found.path}{path}", client, patch=found.patch)
        yield from _mutations(reading, found)


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
    if domain is None or not (f".{domain}".endswith(SIGNERS) or reading.law.owns_host(domain)):
        words = shown(domain) if domain else "something that is not known yet"
        problem = f"would have certificates signed by {words}, which is not the enclave's ({signer.path})"
        yield rule.finding(reading, problem, where=domain)


def _mutations(reading: Reading, found: KubernetesObject) -> Iterator[Finding]:
    """Refuse policies that can change places, images or ways out, and those that may."""
    for path, doubt in doubts_of_policy(found):
        problem = f"can change where objects run or what they reach: {doubt} ({found.path}{path})"
        yield rule.finding(reading, problem, verdict="undetermined")
        return


rule = Rule(
    id="JUR-022",
    name="admission",
    title="What sees or changes objects on their way into the cluster stands in the cluster.",
    severity="critical",
    remedy="call a service of the cluster (clientConfig.service), and let policies change nothing that leads out",
    check=check,
    package="kubernetes",
)
