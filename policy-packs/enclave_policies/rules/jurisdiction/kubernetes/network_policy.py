"""JUR-041: network policies of a cluster open ways to the enclave's own networks and hosts only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.objects import entries, mapping, objects_of
from enclave_policies.places.hosts import refused_host
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

PEERS: Final = {"egress": "to", "ingress": "from"}
DENIALS: Final = frozenset({"deny", "drop", "reject", "pass"})
POLICY_GROUPS: Final = re.compile(
    r"cilium\.io|(?:crd\.)?projectcalico\.org|policy\.networking\.k8s\.io|crd\.antrea\.io|metallb\.io|k8s\.ovn\.org"
)
NETWORKS: Final = frozenset(
    {"cidr", "cidrs", "toCIDR", "fromCIDR", "nets", "networks", "addresses", "egressIP", "peerAddress", "peerIP"}
    | {"egressIPs", "cidrSelector", "blocks", "start", "stop", "destinationCIDRs"}
)
HOSTS: Final = frozenset({"matchName", "matchPattern", "domains", "domainNames", "fqdn", "dnsName", "host"})
ENTITIES: Final = frozenset({"toEntities", "fromEntities"})
BETWEEN_ENDS: Final = re.compile(r"(?<=[\d.:a-fA-F])\s*-\s*(?=\d|[\da-fA-F]*:)")
"""What stands between the first and the last address of a range."""
ANYWHERE: Final = "0.0.0.0/0"
WITHOUT_PEER: Final = frozenset({"action", "name", "protocol", "ports"})
LEFT_OUT: Final = frozenset({"egressDeny", "ingressDeny", "except"})
ABROAD: Final = frozenset({"world", "all", "world-ipv4", "world-ipv6"})
ADDRESS_PLANS: Final = {"ServiceCIDR": ("cidrs",), "ClusterCIDR": ("ipv4", "ipv6")}
"""Kubernetes' own kinds that give out addresses."""


def check(reading: Reading) -> Iterator[Finding]:
    """Judge every block, host and entity that a policy lets in or out; what is left out again saves nothing."""
    for found in objects_of(reading.resource):
        if found.kind == "NetworkPolicy" and not found.custom:
            for direction, peers in PEERS.items():
                yield from _rules(reading, found, direction, peers)
        elif found.kind in ADDRESS_PLANS and not found.custom and found.spec is not UNKNOWN:
            for name in ADDRESS_PLANS[found.kind]:
                given = found.spec.get(name)
                for block in entries(given) if isinstance(given, list) else [given]:
                    yield from _network(reading, f"{found.path}spec.{name}", block)
        elif found.custom and POLICY_GROUPS.fullmatch(found.group):
            for name in ("spec", "specs"):
                yield from _walk(reading, found.body.get(name), f"{found.path}{name}", name)


def _rules(reading: Reading, found: KubernetesObject, direction: str, peers: str) -> Iterator[Finding]:
    if found.spec is UNKNOWN:
        if direction == "egress":
            yield rule.finding(reading, "opens ways that are not known yet", verdict="undetermined")
        return
    path = f"{found.path}spec.{direction}"
    for opened in entries(found.spec.get(direction)):
        given = mapping(opened)
        if given is UNKNOWN:
            yield rule.finding(reading, f"opens a way that is not known yet ({path})", verdict="undetermined")
        elif not given.get(peers):
            if direction == "egress":
                yield _anywhere(reading, "a rule names no peer", f"{path}.{peers}")
        else:
            for peer in entries(given[peers]):
                yield from _peer(reading, f"{path}.{peers}", peer)


def _peer(reading: Reading, path: str, peer: Any) -> Iterator[Finding]:
    given = mapping(peer)
    if given is UNKNOWN:
        yield rule.finding(reading, f"opens a way to peers that are not known yet ({path})", verdict="undetermined")
    elif not given:
        yield _anywhere(reading, "a peer is empty", path)
    elif given.get("ipBlock") is not None:
        block = mapping(given["ipBlock"])
        yield from _network(
            reading, f"{path}.ipBlock.cidr", UNKNOWN if block is UNKNOWN else block.get("cidr") or UNKNOWN
        )


def _network(reading: Reading, path: str, block: Any) -> Iterator[Finding]:
    if block is None:
        return
    if not isinstance(block, str):
        yield rule.finding(reading, f"opens a way to a network that is not known yet ({path})", verdict="undetermined")
        return
    for end in BETWEEN_ENDS.split(block.strip()):
        own = reading.law.owns_address(end)
        if own is None:
            yield rule.finding(
                reading, f"opens a way to {shown(end)}, which is no network ({path})", verdict="undetermined"
            )
        elif not own:
            problem = f"opens a way to {shown(end)}, outside the enclave's networks ({path})"
            yield rule.finding(reading, problem, where=end)


def _walk(reading: Reading, value: Any, path: str, name: str) -> Iterator[Finding]:
    """Read a policy of a network plugin; rules that deny open nothing."""
    if isinstance(value, dict):
        if str(value.get("action")).lower() in DENIALS or name in LEFT_OUT:
            return
        if "action" in value and not value.keys() - WITHOUT_PEER and ".egress" in path:
            yield _anywhere(reading, "a rule names no peer", path)
        for key, item in value.items():
            yield from _walk(reading, item, f"{path}.{key}", key)
    elif isinstance(value, list):
        for item in value:
            yield from _walk(reading, item, path, name)
    else:
        yield from _leaf(reading, name, value, path)


def _leaf(reading: Reading, name: str, value: Any, path: str) -> Iterator[Finding]:
    if name in NETWORKS:
        yield from _network(reading, path, value)
    elif name in HOSTS and value == "*" and "toFQDNs" in path:
        yield _anywhere(reading, "every host", path)
    elif name in HOSTS and isinstance(value, str):
        refusal = refused_host(value.replace("*", "x"), reading.law, public=True)
        if refusal:
            yield rule.finding(reading, f"opens a way to {refusal.words} ({path})", where=refusal.where)
    elif name in ENTITIES and value in ABROAD:
        yield _anywhere(reading, shown(value), path)


def _anywhere(reading: Reading, why: str, path: str) -> Finding:
    return rule.finding(reading, f"opens ways to anywhere: {why} ({path})", where=ANYWHERE)


rule = Rule(
    id="JUR-041",
    name="network-policy",
    title="Network policies of a cluster open ways to the enclave's own networks and hosts only.",
    severity="high",
    remedy="name namespaces, pods or networks of the enclave (law/approved.yaml: networks)",
    check=check,
    package="kubernetes",
)
