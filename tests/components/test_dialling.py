"""What devices dial into is read whole, leads to the gateway's segment, and to nothing else of the site."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from components.access.bundle import bundle_of
from components.access.told import gateways_told
from components.aws.acl import acl_entries
from components.declaration import load_declaration
from components.declaration.arrivals import countries_seen
from components.declaration.quotas import acl_rules
from components.intent import intent
from components.site import SitePlan
from hosts.gateway.bundle import SETTINGS, settings_of
from hosts.gateway.location import network_of
from located_yaml import ProblemsError
from tests.components.declarations import refused_at_its_place
from tests.components.dialling import ARRIVES, ENTRY, with_dial_in
from tests.components.shapes import Registered, shape

if TYPE_CHECKING:
    from pathlib import Path

    from components.declaration import Declaration

RANGE, INGRESS = "10.220.0.0/22", "10.16.0.0/20"
NAME = "dublin-1-from-10.220.0.0_22-dial-in"
TO = 'to: ingress\n    ports: [443]\n    country: "NO"\n    arrives:\n      dublin-1:\n        over'
SITE = "cidr: 10.16.0.0/16"
BANNER = "You enter the enclave. What you do there is recorded."
TUNNELS = """      dublin-2:
        over: site-to-site
        basis: inside
        remote: {address: 10.250.0.30, asn: 65012}
        transit: {network: 10.250.48.0/24, asn: 65022}
      dublin-1:
"""

BAD = {
    "a range too narrow": (RANGE, "10.220.0.0/23", "10.220.0.0/23 is a /23; a Client VPN takes /12 to /22"),
    "a range too wide": (RANGE, "10.0.0.0/8", "10.0.0.0/8 is a /8; a Client VPN takes /12 to /22"),
    "a range of the site": (RANGE, "10.16.4.0/22", "10.16.4.0/22 overlaps 10.16.0.0/16 of site 'dublin-1'"),
    "a range of another site": (RANGE, "10.32.4.0/22", "10.32.4.0/22 overlaps 10.32.0.0/16 of site 'hamar'"),
    "a range of an office": (RANGE, "10.200.4.0/22", "10.200.4.0/22 overlaps 10.200.0.0/16 of entry 1; devices"),
    "a range of a link": (RANGE, "10.250.16.0/22", "10.250.16.0/24 overlaps 10.250.16.0/22 of entry 0"),
    "a range with a device": (RANGE, "10.250.0.0/22", "10.250.0.20 lies in 10.250.0.0/22 of entry 0"),
    "a range on the internet": (RANGE, "8.8.0.0/22", "8.8.0.0/22 is public address space"),
    "two ranges": (f"[{RANGE}]", f"[{RANGE}, 10.221.0.0/22]", "a way carries one network, and the entry has 2"),
    "no country": ('    country: "NO"\n', "", "needs the entry's 'country'"),
    "a site of our own": ("      dublin-1:\n", "      hamar:\n", "'hamar' is a site of our own"),
    "a segment of no gateway": (TO, TO.replace("ingress", "app"), "leads to 'app', and who dials in reaches a gateway"),
    "a site of small subnets": (
        SITE,
        "cidr: 10.16.0.0/21",
        "is a /21, so its subnets are /28, and a Client VPN stands in",
    ),
    "no over": ("        over: client-vpn\n", "", "'over' is missing; add 'over: site-to-site | client-vpn'"),
    "a device's way": (
        "over: client-vpn\n",
        "over: client-vpn\n        remote: {}\n",
        "unknown key 'remote'; known keys: ",
    ),
    "no authority": (
        ARRIVES[ARRIVES.index("        client_authority") : ARRIVES.index("        saml_provider")],
        "",
        "'client_authority' is missing; add it",
    ),
    "no provider": (
        ARRIVES[ARRIVES.index("        saml_provider") : ARRIVES.index("        groups")],
        "",
        "'saml_provider' is missing; add it",
    ),
    "no groups": ("groups: [enclave support, enclave operations]", "groups: []", "holds 0; give 1 or more"),
    "too many groups": (
        "[enclave support, enclave operations]",
        f"[{', '.join(f'group {n}' for n in range(51))}]",
        "holds 51; 50 are the limit",
    ),
    "a group twice": (
        "enclave operations]",
        "enclave support]",
        "'enclave support' is named twice; name each once",
    ),
    "a group of blanks": ("enclave operations]", '" a"]', "' a' is not a group as the identity provider names it"),
    "a certificate elsewhere": (
        "acm:eu-west-1:111122223333:certificate/0b",
        "acm:us-east-1:111122223333:certificate/0b",
        "is of us-east-1, and 'dublin-1' of eu-west-1; take one of that region",
    ),
    "an authority of others": (
        "111122223333:certificate/7d",
        "999988887777:certificate/7d",
        "is of the account 999988887777, and 'dublin-1' of 111122223333; take one there",
    ),
    "a provider of others": ("iam::111122223333:saml", "iam::999988887777:saml", "is of the account 999988887777"),
    "a certificate of no form": (
        "arn:aws:acm:eu-west-1:111122223333:certificate/0b9c",
        "0b9c",
        "is not the ARN of a cert",
    ),
    "a provider of another kind": (":saml-provider/", ":oidc-provider/", "is not the ARN of a SAML provider of IAM"),
    "a split tunnel": (
        f"banner: {BANNER}",
        f"banner: {BANNER}\n        split_tunnel: true",
        "true would leave a device on two networks at once, a bridge into the enclave; remove it",
    ),
    "a long session": (
        f"banner: {BANNER}",
        f"banner: {BANNER}\n        session_hours: 9",
        "9 is not allowed here; one of 8, 10, 12 or 24",
    ),
    "no banner": (f"        banner: {BANNER}\n", "", "'banner' is missing; add it"),
    "a long banner": (BANNER, "x" * 1401, "is too long; 1,400 letters are the limit"),
    "a second way": (
        "      dublin-1:\n",
        TUNNELS,
        "gives out 10.220.0.0/22, from where another way of this entry comes; split the entry",
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), BAD.values(), ids=BAD)
def test_what_aws_or_an_enclave_would_not_take_is_refused_where_it_stands(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    refused_at_its_place(with_dial_in(tmp_path, (old, new)), message)


def test_two_into_one_segment_are_refused(tmp_path: Path) -> None:
    again = ENTRY.replace(RANGE, "10.221.0.0/22")
    with pytest.raises(ProblemsError, match="entry 0 has a Client VPN there already, and a gateway could not tell"):
        load_declaration(with_dial_in(tmp_path, ("  - from: [10.200", f"{again}  - from: [10.200")))


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    file = with_dial_in(
        tmp_path, (RANGE, "10.200.4.0/23"), ("iam::1111", "iam::2111"), (TO, TO.replace("ingress", "app"))
    )
    with pytest.raises(ProblemsError) as refused:
        load_declaration(file)
    told = str(refused.value)
    assert all(words in told for words in ("/12 to /22", "of entry 1; devices", "account 2111", "leads to 'app'"))


@pytest.mark.parametrize("prefix", [12, 22])
def test_the_widest_and_the_narrowest_range_are_taken(tmp_path: Path, prefix: int) -> None:
    assert load_declaration(with_dial_in(tmp_path, (RANGE, f"10.208.0.0/{prefix}")))


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Declaration:
    return load_declaration(with_dial_in(tmp_path_factory.mktemp("dial-in")))


@pytest.fixture(scope="module")
def registered(declared: Declaration) -> list[Registered]:
    return shape(declared)


def of_type(registered: list[Registered], ending: str) -> list[dict[str, object]]:
    return [one.inputs for one in registered if one.name.startswith(NAME) and one.type.endswith(ending)]


def test_devices_are_led_to_the_segment_of_the_gateway_and_to_nothing_else(registered: list[Registered]) -> None:
    rights = of_type(registered, ":AuthorizationRule")
    assert {(one["targetNetworkCidr"], one["accessGroupId"]) for one in rights} == {
        (INGRESS, "enclave support"),
        (INGRESS, "enclave operations"),
    }
    assert {one.get("authorizeAllGroups") for one in rights} == {None}
    networks = of_type(registered, ":NetworkAssociation")
    assert {one["subnetId"] for one in networks} == {f"dublin-1-slot-0-eu-west-1{zone}-id" for zone in "abc"}
    assert of_type(registered, "clientvpn/route:Route") == []


def test_its_interfaces_speak_to_what_stands_in_the_segment_and_are_asked_by_nobody(
    registered: list[Registered],
) -> None:
    (out,) = of_type(registered, ":SecurityGroupEgressRule")
    (into,) = of_type(registered, ":SecurityGroupIngressRule")
    assert (out["securityGroupId"], out["referencedSecurityGroupId"], out["toPort"]) == (
        f"{NAME}-id",
        "dublin-1-ingress-id",
        443,
    )
    assert (into["securityGroupId"], into["referencedSecurityGroupId"]) == ("dublin-1-ingress-id", f"{NAME}-id")
    (endpoint,) = of_type(registered, ":Endpoint")
    assert endpoint["securityGroupIds"] == [f"{NAME}-id"]


def test_a_device_proves_itself_and_its_owner_signs_on(registered: list[Registered]) -> None:
    (endpoint,) = of_type(registered, ":Endpoint")
    assert {one["type"] for one in endpoint["authenticationOptions"]} == {  # type: ignore[attr-defined]
        "certificate-authentication",
        "federated-authentication",
    }
    assert endpoint["splitTunnel"] is False
    assert endpoint["connectionLogOptions"] == {"enabled": True, "cloudwatchLogGroup": "/enclave/europe/dublin-1"}
    assert (endpoint["sessionTimeoutHours"], endpoint["disconnectOnSessionTimeout"]) == (8, True)


def test_nothing_is_opened_for_addresses_that_nobody_bears(registered: list[Registered]) -> None:
    """AWS puts the interfaces' addresses in the place of the devices' own."""
    opened = [one.name for one in registered if one.inputs.get("cidrIpv4") == RANGE and one.name.startswith("dublin-1")]
    assert opened == []


@pytest.mark.parametrize("segment", ["ingress", "gateway"])
def test_its_network_acl_has_as_many_rules_as_are_counted(declared: Declaration, segment: str) -> None:
    site = declared.sites["dublin-1"]
    ingress, egress = acl_entries(SitePlan("dublin-1", site, declared), segment)  # type: ignore[arg-type]
    assert acl_rules(declared, "dublin-1", segment) == (len(ingress), len(egress))


def test_gateways_see_them_come_from_the_segment_and_know_its_country(declared: Declaration) -> None:
    assert countries_seen(declared, "dublin-1") == {INGRESS: "NO", "10.200.0.0/16": "NO"}
    assert countries_seen(declared, "dublin-2") == {RANGE: "NO", "10.200.0.0/16": "NO"}
    text = bundle_of(declared, "dublin-1", "employees", None)[SETTINGS]
    told = gateways_told(declared, "dublin-1")["gateways"]["employees"]
    assert json.loads(text)["networks"] == told["networks"] == countries_seen(declared, "dublin-1")
    networks = settings_of(text).networks
    assert [network_of(one, networks) for one in ("10.16.3.7", "10.220.0.7", "10.16.16.7")] == ["NO", "", ""]


def test_the_intent_tells_who_may_dial_in_and_that_they_ask_from_within(declared: Declaration) -> None:
    told = intent(declared)
    (one,) = (each for each in told["arrivals"] if each["over"] == "client-vpn")
    assert (one["at"], one["people"], one["groups"]) == (
        "dublin-1/ingress",
        RANGE,
        ["enclave support", "enclave operations"],
    )
    within = {"from": "dublin-1/ingress", "to": "dublin-1/ingress", "protocol": "tcp", "ports": "443"}
    assert within in told["ways"]


def test_a_seeded_way_into_the_store_is_caught(declared: Declaration, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: authorization rules that name the whole site."""
    whole = declared.sites["dublin-1"].cidr
    monkeypatch.setattr(SitePlan, "segment_network", lambda *_: whole)
    with pytest.raises(AssertionError):
        test_devices_are_led_to_the_segment_of_the_gateway_and_to_nothing_else(shape(declared))
