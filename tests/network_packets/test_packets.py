"""Real packets between network namespaces pass exactly where the model says that they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.network_packets.shipped import CLOSED, OUTSIDE, Shipped, host, shipped

if TYPE_CHECKING:
    from tests.network_packets.sending import Machine, Probe


@pytest.fixture(scope="module")
def site() -> Shipped:
    return shipped()


@pytest.fixture(scope="module")
def expected(site: Shipped) -> dict[Probe, bool]:
    return site.expected()


def within(site: Shipped, probe: Probe) -> bool:
    """Return whether a question is between two segments of the site."""
    inside = {host(*key): addresses for key, addresses in site.hosts.items() if key[0].segment}
    return probe.host in inside and any(probe.address in addresses for addresses in inside.values())


def test_packets_go_through_exactly_where_the_model_says(
    sender: Machine, site: Shipped, expected: dict[Probe, bool], capsys: pytest.CaptureFixture[str]
) -> None:
    probes = list(expected)
    found = sender.send(site.ruleset, site.addresses, site.ports, probes)
    wrong = [probe for probe, answer in zip(probes, found, strict=True) if answer is not expected[probe]]
    with capsys.disabled():
        print(  # noqa: T201 (the figure is the point of the test)
            f"\npackets: {len(probes) - len(wrong)}/{len(probes)} probes as the model says ({sum(found)} answered, "
            f"{len(site.addresses)} hosts)"
        )
    assert wrong == []


def test_the_questions_cover_every_pair_both_protocols_and_a_closed_port(
    site: Shipped, expected: dict[Probe, bool]
) -> None:
    segments = {zone.segment for zone in site.network.zones() if zone.segment}
    assert segments == set(site.declaration.segments)
    zones = len(site.network.zones())
    ends = zones * zones + 2 * zones * len(OUTSIDE)
    assert len(expected) == ends * 2 * len(site.ports) * 2  # TCP and UDP, IPv4 and IPv6
    inside = {probe: expected[probe] for probe in expected if within(site, probe)}
    assert set(inside.values()) == {True, False}
    assert not any(answer for probe, answer in inside.items() if probe.port == CLOSED)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("meta l4proto tcp reject with tcp reset", "meta l4proto tcp accept"),
        ("tcp dport { 5432 } accept", "tcp dport { 5431 } accept"),
    ],
)
def test_a_wrong_ruleset_is_noticed(
    right: str, wrong: str, sender: Machine, site: Shipped, expected: dict[Probe, bool]
) -> None:
    assert right in site.ruleset
    probes = [probe for probe in expected if within(site, probe) and ":" not in probe.address]
    hosts = {name: site.addresses[name] for name in site.addresses if "(no segment)" not in name}
    found = sender.send(site.ruleset.replace(right, wrong), hosts, site.ports, probes)
    assert found != [expected[probe] for probe in probes]
