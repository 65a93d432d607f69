"""JUR-042: the addresses that a cluster gave an object are of the site."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from enclave_policies.kubernetes.objects import PREFIX, entries, mapping, objects_of
from enclave_policies.places.hosts import refused_host
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.rules.jurisdiction.kubernetes.judgement import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, _stack: Stack) -> Iterator[Finding]:
    """Judge what a load balancer or a gateway got; records that differ from the inputs are JUR-024's."""
    resource = reading.resource
    recorded = resource.outputs
    if not (recorded.get("status") or "items" in recorded) or not resource.type.startswith(PREFIX):
        return  # as of most objects
    for found in objects_of(replace(resource, props=recorded)):
        for path, host in _addresses(found):
            refusal = refused_host(host, reading.law) if isinstance(host, str) and host else None
            if refusal:
                yield from refuse(rule, reading, "is reached through", f"{path} of its outputs", refusal)


def _addresses(found: KubernetesObject) -> Iterator[tuple[str, Any]]:
    status = mapping(found.body.get("status"))
    if status is UNKNOWN:
        return
    balancer = mapping(status.get("loadBalancer"))
    for entry in entries(balancer.get("ingress")) if balancer is not UNKNOWN else []:
        if isinstance(entry, dict):
            yield from ((f"status.loadBalancer.ingress.{name}", entry.get(name)) for name in ("ip", "hostname"))
    for entry in entries(status.get("addresses")) if found.kind == "Gateway" else []:
        if isinstance(entry, dict):
            yield "status.addresses.value", entry.get("value")


rule = StackRule(
    id="JUR-042",
    name="recorded-address",
    title="The addresses that a cluster gave an object are of the site.",
    severity="high",
    remedy="remove the object, and mend what gave it an address elsewhere",
    check=check,
    package="kubernetes",
)
