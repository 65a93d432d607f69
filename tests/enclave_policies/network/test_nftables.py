"""A model's answer becomes rules of nftables that say the same."""

from __future__ import annotations

from enclave_policies.network.networks import ANYWHERE, AddressSet
from enclave_policies.network.nftables import Connection, permitted, ruleset
from enclave_policies.network.path import Hop, Microsegment
from enclave_policies.network.ports import EVERYTHING, PortSet

ONE, OTHER = AddressSet.of("10.0.0.1", "fd00::1"), AddressSet.of("10.0.1.0/24")


def rules(ports: PortSet, sources: AddressSet = OTHER, targets: AddressSet = OTHER) -> list[str]:
    text = ruleset([Connection(sources, targets, ports, ())])
    return [line.strip() for line in text.splitlines() if "saddr" in line]


def test_each_protocol_is_matched_by_its_ports() -> None:
    ends = "ip saddr { 10.0.1.0/24 } ip daddr { 10.0.1.0/24 }"
    ports = PortSet.of("tcp", (443, 443), (8000, 8080)).union(PortSet.of("udp")).union(PortSet.of("sctp", (7, 7)))
    assert rules(ports) == [
        f"{ends} sctp dport {{ 7 }} accept",
        f"{ends} tcp dport {{ 443, 8000-8080 }} accept",
        f"{ends} meta l4proto udp accept",
    ]
    assert rules(EVERYTHING) == [f"{ends} accept"]
    assert rules(PortSet.of("icmpv6")) == [f"{ends} meta l4proto ipv6-icmp accept"]
    assert rules(PortSet.of("other")) == [f"{ends} meta l4proto != {{ icmp, ipv6-icmp, tcp, udp, sctp }} accept"]


def test_families_meet_only_their_own() -> None:
    assert rules(EVERYTHING, ONE, OTHER) == ["ip saddr { 10.0.0.1/32 } ip daddr { 10.0.1.0/24 } accept"]
    assert rules(EVERYTHING, ONE, ANYWHERE)[1] == "ip6 saddr { fd00::1/128 } ip6 daddr { ::/0 } accept"
    assert rules(EVERYTHING, AddressSet.of("fd00::1"), OTHER) == []


def test_what_is_not_named_is_dropped_or_refused() -> None:
    assert "policy drop;" in ruleset([])
    assert "accept" not in ruleset([]).replace("ct state established,related accept", "")
    assert "reject" not in ruleset([])
    assert ruleset([], refuse=True).index("reject with tcp reset") > 0


class Network:
    """A model in which zone a reaches zone b, and a person zone a."""

    def between(self, source: Microsegment, target: Microsegment) -> list[Hop]:
        """One way, on one port."""
        both = (source.where, target.where) == ("a", "b")
        return [Hop("a", "b", PortSet.of("tcp", (443, 443)), ("rule\n1",))] if both else []

    def from_outside(self, _addresses: AddressSet, target: Microsegment) -> list[Hop]:
        """One network, by UDP."""
        return [Hop("10.9.0.0/16", "a", PortSet.of("udp"), ("rule 2",))] if target.where == "a" else []

    def to_outside(self, source: Microsegment, _addresses: AddressSet) -> list[Hop]:
        """By IPv6 only."""
        return [Hop("b", "::/0", EVERYTHING, ("rule 3",))] if source.where == "b" else []


def test_every_connection_of_a_model_is_told_with_its_reason() -> None:
    zones = {Microsegment("s", "one", "a"): ONE, Microsegment("s", "two", "b"): AddressSet.of("10.0.1.1", "fd00::2")}
    text = ruleset(permitted(Network(), zones, ANYWHERE))
    assert [line.strip() for line in text.splitlines()[5:-2]] == [
        "# rule 1",
        "ip saddr { 10.0.0.1/32 } ip daddr { 10.0.1.1/32 } tcp dport { 443 } accept",
        "ip6 saddr { fd00::1/128 } ip6 daddr { fd00::2/128 } tcp dport { 443 } accept",
        "# rule 2",
        "ip saddr { 10.9.0.0/16 } ip daddr { 10.0.0.1/32 } meta l4proto udp accept",
        "# rule 3",
        "ip6 saddr { fd00::2/128 } ip6 daddr { ::/0 } accept",
    ]
