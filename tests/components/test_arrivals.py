"""A way of people is read whole, leads to the segment of its entry, and to nothing else of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from components.declaration import load_declaration
from components.intent import intent
from components.site import LinkEnd, SitePlan
from located_yaml import ProblemsError
from tests.components.declarations import changed, local, refused_at_its_place, stacks
from tests.components.shapes import Registered, shape

if TYPE_CHECKING:
    from pathlib import Path

    from components.declaration import AwsSite

PEOPLE, INGRESS = "10.200.0.0/16", "10.16.0.0/20"
NAME = "dublin-1-from-10.200.0.0_16"
ENTRY = "from: [10.200.0.0/16]"
ARRIVES = "      dublin-1: {over:"

BAD = {
    "an unknown site": (ARRIVES, ARRIVES.replace("dublin-1", "oslo"), "site 'oslo' is not declared"),
    "a site of our own": (ARRIVES, ARRIVES.replace("dublin-1", "hamar"), "'hamar' is a site of our own"),
    "a site that is planned": ("lifecycle: live", "lifecycle: planned", "site 'dublin-1' is planned"),
    "two networks": (ENTRY, "from: [10.200.0.0/16, 10.201.0.0/16]", "a way carries one network, and the entry has 2"),
    "no country": ('    country: "NO"\n', "", "needs the entry's 'country'"),
    "an unknown way": ("over: site-to-site", "over: radio", "over 'radio' is not known; one of site-to-site,"),
    "a basis of no form": ("basis: inside,", "basis: Art. 46,", "'Art. 46' is not a name"),
    "no device": ("remote: {address: 10.250.0.20, asn: 65011}, ", "", "remote"),
    "a device on the internet": ("10.250.0.20", "8.8.8.8", "8.8.8.8 is public address space; the tunnels run over"),
    "a device among people": ("10.250.0.20", "10.200.0.20", "10.200.0.20 lies in 10.200.0.0/16 of entry 0"),
    "a device in the transit": ("10.250.0.20", "10.250.32.20", "of this link's transit gateway"),
    "a transit of a link": ("10.250.32.0/24", "10.250.16.0/24", "10.250.16.0/24 overlaps 10.250.16.0/24 of link"),
    "a transit too small": ("10.250.32.0/24", "10.250.32.0/28", "is a /28; AWS takes /24 or wider"),
    "one number for both ends": ("asn: 65011", "asn: 65021", "65021 is the remote device's number too"),
    "a circuit in a sandbox": (
        "asn: 65021",
        f"asn: 65021, direct_connect: {'-'.join(['a' * 8, *['b' * 4] * 3, 'c' * 12])}",
        "a sandbox has no circuits",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), BAD.values(), ids=BAD)
def test_a_bad_way_is_refused_where_it_stands(tmp_path: Path, old: str, new: str, message: str) -> None:
    refused_at_its_place(changed(tmp_path, (old, new)), message)


def test_two_ways_of_one_network_to_one_site_are_refused(tmp_path: Path) -> None:
    text = (stacks / "local.yaml").read_text(encoding="utf-8")
    entry = text.partition("entries:\n")[2].partition("\n\n")[0].replace("10.250.32", "10.250.33")
    file = changed(tmp_path, ("entries:\n", f"entries:\n{entry.replace('10.250.0.20', '10.250.0.21')}\n"))
    with pytest.raises(ProblemsError, match="has a way to 'dublin-1' in entry 0 already; add the ports there"):
        load_declaration(file)


def test_an_entry_without_a_way_is_as_it_was(tmp_path: Path) -> None:
    """What was declared before there were ways of people still means the same."""
    text = (stacks / "local.yaml").read_text(encoding="utf-8")
    arrives = text[text.index("    arrives:\n") :].partition("\n\n")[0]
    declared = local(tmp_path, (f"{arrives}\n", ""), ("[dublin-1/ingress, hamar/ingress]", "[hamar/ingress]"))
    assert intent(declared)["arrivals"] == []
    assert not [r.name for r in shape(declared) if "-from-" in r.name and r.type.startswith("aws:ec2transit")]


def test_the_intent_tells_each_way_with_its_countries_and_basis() -> None:
    (told,) = intent(load_declaration(stacks / "local.yaml"))["arrivals"]
    assert told == {
        "at": "dublin-1/ingress",
        "over": "site-to-site",
        "people": PEOPLE,
        "countries": ["NO", "IE"],
        "basis": "inside",
    }


@pytest.fixture(scope="module")
def registered() -> list[Registered]:
    return shape(load_declaration(stacks / "local.yaml"))


def test_the_way_leads_to_the_segment_of_its_entry_and_back_to_its_network_only(registered: list[Registered]) -> None:
    routes = [r.inputs for r in registered if r.type.endswith("transitgateway/route:Route") and NAME in r.name]
    told = {(one["destinationCidrBlock"], one["transitGatewayRouteTableId"]) for one in routes}
    assert told == {(PEOPLE, f"{NAME}-out-id"), (INGRESS, f"{NAME}-in-id")}
    (attachment,) = [r.inputs for r in registered if r.type.endswith(":VpcAttachment") and r.name == NAME]
    ingress = {f"dublin-1-slot-0-eu-west-1{zone}-id" for zone in "abc"}
    assert set(attachment["subnetIds"]) == ingress


def test_the_office_meets_a_customer_gateway_of_its_own(registered: list[Registered]) -> None:
    (device,) = [r.inputs for r in registered if r.type.endswith(":CustomerGateway") and r.name == NAME]
    assert (device["ipAddress"], device["bgpAsn"]) == ("10.250.0.20", "65011")


def test_a_seeded_way_into_another_segment_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: the way leads to the segment of the gateway itself."""
    ends = SitePlan.link_ends

    def elsewhere(plan: SitePlan[AwsSite]) -> dict[str, LinkEnd]:
        aside = ((name, end, tuple(("gateway", peer) for _, peer in end.pairs)) for name, end in ends(plan).items())
        return {name: end._replace(pairs=pairs) for name, end, pairs in aside}

    monkeypatch.setattr(SitePlan, "link_ends", elsewhere)
    resources = shape(load_declaration(stacks / "local.yaml"))
    with pytest.raises(AssertionError):
        test_the_way_leads_to_the_segment_of_its_entry_and_back_to_its_network_only(resources)
