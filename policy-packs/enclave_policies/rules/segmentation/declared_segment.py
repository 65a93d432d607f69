"""SEG-001: every subnet, namespace and pod is a part of a declared segment, and lies in its network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import PREFIX, mapping
from enclave_policies.network.intent import TYPE
from enclave_policies.network.kubernetes.namespaces import is_system, namespaces_of
from enclave_policies.network.network import network_in
from enclave_policies.network.networks import AddressSet
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

SUBNETS: Final = frozenset({"aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet"})
NAMESPACE: Final = "kubernetes:core/v1:Namespace"
BLOCKS: Final = ("cidrBlock", "ipv6CidrBlock")


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge where a subnet or a namespace says that it belongs, by tags or labels, and in which namespace pods are."""
    resource = reading.resource
    if resource.type == TYPE and network_in(stack).intent is None:
        yield rule.finding(reading, f"leaves open what is meant: {network_in(stack).problem}")
    elif resource.type in SUBNETS:
        yield from _belongs(reading, stack, reading.setting("tags"), "site", "segment")
    elif resource.type.startswith(NAMESPACE):
        for found in namespaces_of(reading):
            if not is_system(found.metadata("name")) and not found.patch:
                yield from _belongs(reading, stack, found.metadata("labels"), "enclave/site", "enclave/segment")
    elif resource.type.startswith(PREFIX):
        for one in network_in(stack).misplaced.get(resource.urn, ()):
            yield rule.finding(reading, one.problem, verdict="undetermined" if one.open else "fail")


def _belongs(reading: Reading, stack: Stack, said: Any, site: str, segment: str) -> Iterator[Finding]:
    words = mapping(said)
    if words is UNKNOWN or UNKNOWN in (words.get(site), words.get(segment)):
        yield rule.finding(reading, "belongs to a segment that is not known yet", verdict="undetermined")
        return
    network = network_in(stack)
    if network.intent is None:
        yield rule.finding(
            reading, f"belongs to a stack that does not say what its network is meant to do: {network.problem}"
        )
        return
    end = f"{words.get(site)}/{words.get(segment)}"
    declared = network.intent.networks.get(end)
    if declared is None:
        every = sorted(network.intent.networks)
        known = ", ".join([name for name in every if name.startswith(f"{words.get(site)}/")] or every) or "none"
        lacking = [name for name in (site, segment) if not words.get(name)]
        told = f"no {' and no '.join(lacking)}" if lacking else end
        yield rule.finding(reading, f"belongs to no declared segment (it says {told}; declared: {known})")
        return
    for name in BLOCKS:
        block = reading.setting(name)
        if not block:
            continue
        if block is UNKNOWN:
            yield rule.finding(reading, f"has a {name} that is not known yet", verdict="undetermined")
        elif not declared.contains(AddressSet.of(str(block))):
            yield rule.finding(reading, f"has the addresses {block}, and {end} has {declared}", where=str(block))


rule = StackRule(
    id="SEG-001",
    name="declared-segment",
    title="Every subnet, namespace and pod is a part of a declared segment, and lies in its network.",
    severity="high",
    remedy="say with its tags (site, segment) or labels (enclave/site, enclave/segment) where it belongs",
    check=check,
    concerns=lambda type_, _law: type_ == TYPE or type_ in SUBNETS or type_.startswith(PREFIX),
    placing=False,
)
