"""SEG-001: every subnet, namespace and pod is a part of a declared segment, and lies in its network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.kubernetes.objects import PREFIX, mapping
from enclave_policies.network.intent import TYPE
from enclave_policies.network.kubernetes.namespaces import is_system, namespaces_of
from enclave_policies.network.network import network_in
from enclave_policies.network.networks import AddressSet
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding, Verdict
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

SUBNETS: Final = frozenset({"aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet"})
NAMESPACE: Final = "kubernetes:core/v1:Namespace"
BLOCKS: Final = ("cidrBlock", "ipv6CidrBlock")


class Said(NamedTuple):
    """Tags or labels, where they stand, and which of them say a site and a segment."""

    path: str
    words: Any
    site: str
    segment: str

    def at(self, name: str) -> str:
        """Return the path of one of them."""
        return f"{self.path}.{name}"


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge where a subnet or a namespace says that it belongs, by tags or labels, and in which namespace pods are."""
    resource = reading.resource
    if resource.type == TYPE and network_in(stack).intent is None:
        yield rule.finding(reading, f"leaves open what is meant: {network_in(stack).problem}")
    elif resource.type in SUBNETS:
        yield from _belongs(reading, stack, Said("tags", reading.setting("tags"), "site", "segment"))
    elif resource.type.startswith(NAMESPACE):
        for found in namespaces_of(reading):
            if not is_system(found.metadata("name")) and not found.patch:
                labels = f"{found.path}metadata.labels"
                said = Said(labels, found.metadata("labels"), "enclave/site", "enclave/segment")
                yield from _belongs(reading, stack, said)
    elif resource.type.startswith(PREFIX):
        for one in network_in(stack).misplaced.get(resource.urn, ()):
            verdict: Verdict = "undetermined" if one.open else "fail"
            yield rule.finding(reading, one.problem, verdict=verdict, at=one.path)


def _belongs(reading: Reading, stack: Stack, said: Said) -> Iterator[Finding]:
    words, site, segment = mapping(said.words), said.site, said.segment
    if words is UNKNOWN or UNKNOWN in (words.get(site), words.get(segment)):
        path = said.path if words is UNKNOWN else said.at(site if words.get(site) is UNKNOWN else segment)
        yield rule.finding(reading, "belongs to a segment that is not known yet", verdict="undetermined", at=path)
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
        yield rule.finding(
            reading,
            f"belongs to no declared segment (it says {told}; declared: {known})",
            at=said.at((*lacking, segment)[0]),
        )
        return
    for name in BLOCKS:
        block = reading.setting(name)
        if not block:
            continue
        if block is UNKNOWN:
            yield rule.finding(reading, f"has a {name} that is not known yet", verdict="undetermined", at=name)
        elif not declared.contains(AddressSet.of(str(block))):
            problem = f"has the addresses {block}, and {end} has {declared}"
            yield rule.finding(reading, problem, where=str(block), at=name)


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
