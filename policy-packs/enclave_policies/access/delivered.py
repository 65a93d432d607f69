"""Whether the pods of a cluster's gateways ship their record to the receiver that is declared for their site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.access.authorizers import words_of
from enclave_policies.access.declared import clusters
from enclave_policies.access.recognised import GATEWAY, mapped, started
from enclave_policies.access.standing import SITE, misplaced
from enclave_policies.identifiers.shown import shown
from enclave_policies.resources.unknown import UNKNOWN
from hosts.gateway.starting import SHIPPER, SHIPPER_ACCOUNT, shipped_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.access.declared import InCluster
    from enclave_policies.access.recognised import Pods
    from enclave_policies.access.standing import Problem
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def undelivered(reading: Reading, stack: Stack) -> Iterator[Problem]:
    """Yield what keeps a gateway's record from its receiver: the path, the problem, and whether that is sure."""
    sites = {one.site: one for one in clusters(stack) if one.receiver}
    if not sites:
        return
    for pods in started(reading, stack):
        if pods.kind != GATEWAY:
            continue
        called = pods.labels.get(SITE)
        site = sites.get(called) if isinstance(called, str) else None
        if site is None and called in {one.site for one in clusters(stack)}:
            continue  # its record stays on the site, as declared
        yield from _of_pods(pods, site or next(iter(sites.values())))


def _of_pods(pods: Pods, site: InCluster) -> Iterator[Problem]:
    to = shown(site.receiver)
    containers = pods.spec.get("containers")
    if containers is UNKNOWN:
        yield f"{pods.path}.containers", f"may not ship the gateway's record to {to}: nobody knows yet", "undetermined"
        return
    ships = [mapped(one) for _, one in pods.containers if mapped(one).get("name") == SHIPPER]
    said = [shipped_to(words_of(one)) for one in ships]
    if [(one["site"], one["to"]) for one in said] != [(site.site, site.receiver)]:
        problem = f"starts a gateway that does not ship its record to the inspector's receiver {to}"
        yield f"{pods.path}.containers", problem, "fail"
    yield from misplaced(pods, site, "shipper", SHIPPER_ACCOUNT, "an account that the receiver does not know")
