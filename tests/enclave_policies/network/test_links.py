"""A declared link is no way to anybody outside; whatever else resembles one stays an opening."""

from __future__ import annotations

from dataclasses import replace

import pytest
from enclave_policies.network.aws.openings import Opening
from enclave_policies.network.intent import read_intent
from enclave_policies.network.links import openings_of_links
from enclave_policies.resources.resource import Resource

WAY = {"from": "dublin-1/store", "to": "hamar/store", "protocol": "tcp", "ports": "5432"}
INTENT = read_intent(
    Resource(
        "intent",
        "enclave:index:NetworkIntent",
        "intent",
        {
            "networks": {"dublin-1/store": "10.16.48.0/20", "hamar/store": "10.32.48.0/20"},
            "people": [],
            "restricted": [],
            "ways": [WAY],
            "mustDeny": [],
            "mustPermit": [],
            "mustCross": [],
            "links": [{"between": ["dublin-1", "hamar"]}],
        },
    )
)
STORE = (("dublin-1", "store"),)
TRANSIT = Opening("transit gateway", "t", "t", STORE)
TUNNELS = Opening("vpn connection", "v", "v", ())
VPN = "aws:ec2/vpnConnection:VpnConnection"
RESOURCES = {
    "t": Resource("t", "aws:ec2transitgateway/transitGateway:TransitGateway", "t"),
    "v": Resource("v", VPN, "v", {"outsideIpAddressType": "PrivateIpv4"}),
    "w": Resource("w", VPN, "w", {"outsideIpAddressType": "PrivateIpv4"}),
}


def test_the_parts_of_a_declared_link_are_known() -> None:
    assert openings_of_links([TRANSIT, TUNNELS], INTENT, RESOURCES) == {"t", "v"}


@pytest.mark.parametrize(
    "way",
    [
        Opening("internet gateway", "t", "t", STORE),
        Opening("peering", "t", "t", STORE),
        replace(TRANSIT, segments=(*STORE, ("dublin-1", "app"))),
        replace(TRANSIT, segments=(("dublin-1", None),)),
        replace(TRANSIT, urn="of another stack"),
    ],
)
def test_what_is_no_part_of_a_declared_link_stays_an_opening(way: Opening) -> None:
    assert not openings_of_links([way], INTENT, RESOURCES)


@pytest.mark.parametrize("outside", ["PublicIpv4", None])
def test_tunnels_over_the_internet_stay_an_opening(outside: str | None) -> None:
    assert not openings_of_links([TUNNELS], INTENT, {"v": Resource("v", VPN, "v", {"outsideIpAddressType": outside})})


def test_of_one_connection_too_many_none_counts() -> None:
    second = replace(TUNNELS, name="w", urn="w")
    assert openings_of_links([TRANSIT, TUNNELS, second], INTENT, RESOURCES) == {"t"}


def test_without_a_declared_link_every_opening_stays() -> None:
    assert not openings_of_links([TRANSIT, TUNNELS], replace(INTENT, links=frozenset()), RESOURCES)
    assert not openings_of_links([TRANSIT, TUNNELS], None, RESOURCES)
