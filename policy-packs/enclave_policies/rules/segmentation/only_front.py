"""SEG-015: where people arrive, the gateway alone listens, at its declared address and for declared networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.kubernetes.objects import PREFIX, entries
from enclave_policies.kubernetes.podspec import pod_spec
from enclave_policies.network.intent import DIALLED
from enclave_policies.network.kubernetes.balancers import BALANCER, sources
from enclave_policies.network.kubernetes.standing import images
from enclave_policies.network.network import network_in
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.network.intent import Front
    from enclave_policies.reading.finding import Finding, Verdict
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

BALANCERS: Final = frozenset({"aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"})
WAYS: Final = {"aws:ec2clientvpn/networkAssociation:NetworkAssociation": DIALLED}
"""Types by which people come, which stand there where that is declared → what they are declared as."""
STANDS: Final = (
    *("subnets", "subnetMappings", "subnetIds", "subnetId", "vpcZoneIdentifiers", "networkInterfaceId"),
    *("vpcConfig", "networkConfiguration", "networkInterfaces"),
)
"""Inputs by which something in AWS stands somewhere; a finding names the first that is given."""
INPUTS: Final = (("loadBalancerIP", "address"), ("loadBalancerClass", "balancer_class"))


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Hold what stands where people arrive, and every balancer of a cluster, against what is declared."""
    if reading.resource.type.startswith("aws:"):
        yield from _in_aws(reading, stack)
    else:
        for end, found in network_in(stack).listening.get(reading.resource.urn, ()):
            yield from _in_cluster(reading, stack, end, found)


def _fronts(stack: Stack, end: str) -> dict[str, Front]:
    """Return the declared fronts of an end by their names."""
    intent = network_in(stack).intent
    return {one.called: one for one in intent.fronts if one.at == end} if intent else {}


def _in_aws(reading: Reading, stack: Stack) -> Iterator[Finding]:
    intent = network_in(stack).intent
    if intent is None:
        return
    declared = {(one.at, one.over) for one in intent.arrivals}
    for end in sorted(network_in(stack).standing.get(reading.resource.urn, ())):
        fronts = _fronts(stack, end)
        if not fronts or (end, WAYS.get(reading.resource.type)) in declared:
            continue
        name = reading.setting("name")
        if reading.resource.type not in BALANCERS or name not in fronts:
            known = ", ".join(f"load balancer {called}" for called in sorted(fronts))
            unknown = reading.resource.type in BALANCERS and name is UNKNOWN
            yield rule.finding(
                reading,
                f"stands in {end}, where people arrive and the gateway alone does ({known})",
                verdict="undetermined" if unknown else "fail",
                at=next((each for each in STANDS if reading.setting(each) is not None), None),
            )


def _in_cluster(reading: Reading, stack: Stack, end: str, found: KubernetesObject) -> Iterator[Finding]:
    fronts = _fronts(stack, end)
    spec = found.spec
    front = fronts.get(str(found.metadata("name")))
    of_people = found.kind == "Service" and spec is not UNKNOWN and spec.get("type") == BALANCER
    at = f"{found.path}metadata.name"
    if of_people and (front is None or front.address is None):
        yield rule.finding(reading, f"is a balancer in {end} that nobody declares", at=at)
    elif of_people and front is not None:
        yield from _balancer(reading, found, front)
    elif fronts and not _is_front(found, front):
        known = ", ".join(f"Deployment and balancer {name}" for name, one in sorted(fronts.items()) if one.address)
        message = f"stands in {end}, where people arrive and the gateway alone does ({known or 'none is declared'})"
        yield rule.finding(reading, message, at=at)


def _is_front(found: KubernetesObject, front: Front | None) -> bool:
    """Return whether an object is the workload of a declared front, by the image that the gateway has."""
    if front is None or front.address is None or found.kind != "Deployment":
        return False
    pods = pod_spec(found)
    return isinstance(pods, dict) and images(pods) == {front.image}


def _balancer(reading: Reading, found: KubernetesObject, front: Front) -> Iterator[Finding]:
    for name, field in INPUTS:
        given, declared = found.spec.get(name), getattr(front, field)
        if given is UNKNOWN or given not in (None, declared):  # without one it counts as open (SEG-008)
            told = "is not known yet" if given is UNKNOWN else f"is {given}"
            verdict: Verdict = "undetermined" if given is UNKNOWN else "fail"
            yield rule.finding(
                reading,
                f"has a {name} that {told}, and declared is {declared}",
                verdict=verdict,
                at=f"{found.path}spec.{name}",
            )
    for one in entries(found.spec.get("loadBalancerSourceRanges")):
        asking = None if one is UNKNOWN else sources(one)
        if asking is None or not front.sources.contains(asking):
            yield rule.finding(
                reading,
                f"lets {'a network that is not known yet' if one is UNKNOWN else one} ask, beyond the entries "
                f"({front.sources})",
                verdict="undetermined" if one is UNKNOWN else "fail",
                at=f"{found.path}spec.loadBalancerSourceRanges",
            )


rule = StackRule(
    id="SEG-015",
    name="only-front",
    title="Where people arrive, the gateway alone listens, at its declared address and for declared networks.",
    severity="critical",
    remedy="move it to another segment; people are let in by the gateway's declared balancer and no other",
    check=check,
    concerns=lambda type_, _law: type_.startswith(("aws:", PREFIX)),
    placing=False,
)
