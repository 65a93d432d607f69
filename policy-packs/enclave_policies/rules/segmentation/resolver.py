"""SEG-009: names are asked of the site's own resolver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.objects import PREFIX, entries, mapping, objects_of
from enclave_policies.kubernetes.podspec import path_of_pods, pod_spec
from enclave_policies.network.ports import PortSet
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

AMAZON: Final = frozenset({"AmazonProvidedDNS", "fd00:ec2::253"})
"""What a VPC's own resolver is called, and its address in IPv6 (Amazon VPC user guide, Amazon DNS server).

In IPv4 it is 169.254.169.253 and the VPC's base + 2, which the enclave's networks hold.
"""
SERVERS: Final = ("domainNameServers", "netbiosNameServers")
DHCP: Final = frozenset(
    {"aws:ec2/vpcDhcpOptions:VpcDhcpOptions", "aws:ec2/defaultVpcDhcpOptions:DefaultVpcDhcpOptions"}
)
FORWARDS: Final = "aws:route53/resolverRule:ResolverRule"
TARGETS: Final = "targetIps"
KEEPS: Final = frozenset({"SYSTEM", "RECURSIVE"})
"""Types of rules by which the resolver answers by itself; all others send questions on to ``targetIps``."""
NAMES: Final = PortSet.from_mapping({"udp": [(53, 53), (853, 853)], "tcp": [(53, 53), (853, 853)]})
SYSTEM: Final = {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}
RESOLVER: Final = {"matchLabels": {"k8s-app": "kube-dns"}}
POLICY: Final = "NetworkPolicy"
NODES: Final = "Default"
"""The value of dnsPolicy by which pods ask as their node does (Kubernetes documentation, DNS for Services and Pods)."""


def check(reading: Reading) -> Iterator[Finding]:
    """Judge the name servers that hosts and pods are told, forwarding, and the ways to port 53 and 853.

    An endpoint of the resolver sends nothing but what rules tell it to, and its packets go the declared ways (SEG-002).
    """
    resource = reading.resource
    if resource.type in DHCP:
        for name in SERVERS:
            yield from _servers(reading, name)
    elif resource.type == FORWARDS:
        yield from _forwarded(reading)
    elif resource.type.startswith(PREFIX):
        for found in objects_of(resource):
            if found.kind == POLICY and found.spec is not UNKNOWN:
                yield from _policy(reading, f"{found.path}spec.egress", found.spec)
            elif (pods := pod_spec(found)) is not UNKNOWN and pods is not None:
                yield from _pods(reading, path_of_pods(found), pods)


def _servers(reading: Reading, name: str) -> Iterator[Finding]:
    for server in entries(reading.setting(name)):
        if server is UNKNOWN:
            yield rule.finding(reading, "names a name server that is not known yet", verdict="undetermined", at=name)
        elif server not in AMAZON and not (isinstance(server, str) and reading.law.owns_address(server)):
            problem = f"tells hosts to ask {shown(str(server))} for names, outside the enclave's networks"
            yield rule.finding(reading, problem, at=name)


def _forwarded(reading: Reading) -> Iterator[Finding]:
    kind, targets = reading.setting("ruleType"), reading.setting(TARGETS)
    if kind in KEEPS:
        return
    addresses = [target.get("ip") or target.get("ipv6") for target in map(mapping, entries(targets)) if _told(target)]
    if not addresses or len(addresses) < len(entries(targets)) or UNKNOWN in (kind, *addresses):
        yield rule.finding(
            reading, "sends questions for names to a place that is not known yet", verdict="undetermined", at=TARGETS
        )
        return
    for address in addresses:
        if not (isinstance(address, str) and reading.law.owns_address(address)):
            problem = f"sends questions for names to {shown(str(address))}, outside the enclave's networks"
            yield rule.finding(reading, problem, at=TARGETS)


def _told(target: Any) -> bool:
    return target is not UNKNOWN and bool(target.get("ip") or target.get("ipv6"))


def _pods(reading: Reading, path: str, spec: Mapping[str, Any]) -> Iterator[Finding]:
    """Judge whom pods are told to ask; SEG-008 refuses pods for which it is not known."""
    config = mapping(spec.get("dnsConfig"))
    if UNKNOWN in (spec.get("dnsPolicy"), config) or (config and config.get("nameservers") is UNKNOWN):
        at = f"{path}.dnsPolicy" if spec.get("dnsPolicy") is UNKNOWN else f"{path}.dnsConfig"
        problem = "makes pods that ask a name server that is not known yet"
        yield rule.finding(reading, problem, verdict="undetermined", at=at)
    elif config and config.get("nameservers"):
        servers = ", ".join(shown(str(server)) for server in entries(config["nameservers"]))
        problem = f"tells pods to ask {servers} for names, and not the cluster's resolver"
        yield rule.finding(reading, problem, at=f"{path}.dnsConfig.nameservers")
    elif spec.get("dnsPolicy") == NODES:
        problem = "tells pods to ask the resolver of their node for names (dnsPolicy Default)"
        yield rule.finding(reading, problem, at=f"{path}.dnsPolicy")


def _policy(reading: Reading, path: str, spec: Mapping[str, Any]) -> Iterator[Finding]:
    for opened in map(mapping, entries(spec.get("egress"))):
        if opened is UNKNOWN or not opened.get("ports"):
            continue  # a way for every port is a way between segments, which SEG-002 compares with the declared ones
        if any(_asks(mapping(port)) for port in entries(opened["ports"])):
            for peer in map(mapping, entries(opened.get("to"))):
                if peer is UNKNOWN or peer.get("namespaceSelector") != SYSTEM or peer.get("podSelector") != RESOLVER:
                    problem = "lets pods ask others than the cluster's resolver for names (port 53)"
                    yield rule.finding(reading, problem, at=f"{path}.to")
                    return


def _asks(port: Any) -> bool:
    if port is UNKNOWN:
        return True
    number, last = port.get("port"), port.get("endPort")
    if not isinstance(number, int | float):
        return isinstance(number, str) and number.startswith(("dns", "domain"))
    end = int(last) if isinstance(last, int | float) else int(number)
    protocol = str(port.get("protocol", "TCP")).lower()
    return bool(PortSet.of(protocol, (int(number), end)).intersect(NAMES))


rule = Rule(
    id="SEG-009",
    name="resolver",
    title="Names are asked of the site's own resolver.",
    severity="high",
    remedy="ask AmazonProvidedDNS or an address of the enclave in a VPC, the pods k8s-app: kube-dns in a cluster",
    check=check,
    concerns=lambda type_, _law: type_ in DHCP or type_ == FORWARDS or type_.startswith(PREFIX),
    placing=False,
)
