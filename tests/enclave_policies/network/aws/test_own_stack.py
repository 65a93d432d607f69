"""Of the stack that we ship, the model says just what its declaration permits; in the plan and in the state alike."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest
from enclave_policies.network.aws import UNDETERMINED, AwsModel
from enclave_policies.network.networks import ANYWHERE, AddressSet
from enclave_policies.network.ports import PortSet

from components.declaration import load_declaration
from tests.components.declarations import stacks
from tests.enclave_policies.network.aws.own_stack import registered

if TYPE_CHECKING:
    from enclave_policies.network.path import Microsegment
    from enclave_policies.resources.resource import Resource

DECLARATION = load_declaration(stacks / "local.yaml")
FORMS = pytest.mark.parametrize("planned", [False, True], ids=["state", "plan"])
IN, OUT = "in", "out"
LINKED = AddressSet.of("10.32.48.0/20", "10.32.80.0/20")  # of Hamar: store and monitoring
PEOPLE = AddressSet.of("10.200.0.0/16")  # of the offices, which arrive in dublin-1
Ways = set[tuple[str, str, PortSet]]


@lru_cache
def resources(planned: bool) -> tuple[Resource, ...]:
    return tuple(registered(DECLARATION, planned=planned))


def declared() -> Ways:
    """Return the ways between segments that the declaration's paths permit."""
    return {
        (source, path.to, PortSet.of(path.protocol, ports))
        for path in DECLARATION.paths
        for source in path.from_
        for ports in path.ports
    }


def said(model: AwsModel, site: str) -> Ways:
    zones = [zone for zone in model.zones() if zone.site == site]
    return {
        (str(source.segment), str(target.segment), hop.ports)
        for source in zones
        for target in zones
        for hop in model.between(source, target)
    }


@FORMS
@pytest.mark.parametrize("site", ["dublin-1", "dublin-2"])
def test_the_declared_paths_and_nothing_else_are_open(site: str, planned: bool) -> None:
    model = AwsModel(resources(planned))
    assert len(declared()) > 15
    assert said(model, site) == declared()


@FORMS
def test_a_site_has_one_zone_for_each_segment_and_nothing_is_undetermined(planned: bool) -> None:
    model = AwsModel(resources(planned))
    assert [(zone.site, zone.segment) for zone in model.zones()] == [
        (site, segment) for site in ("dublin-1", "dublin-2") for segment in sorted(DECLARATION.segments)
    ]
    assert model.undetermined == ()
    reasons = [why for a in model.zones() for b in model.zones() for hop in model.between(a, b) for why in hop.because]
    assert reasons
    assert not [why for why in reasons if UNDETERMINED in why]


@FORMS
def test_no_site_reaches_another_and_nothing_but_links_and_people_reaches_or_leaves_a_site(planned: bool) -> None:
    model = AwsModel(resources(planned))
    over_the_link, arriving = set(), set()
    for zone in model.zones():
        assert model.from_outside(ANYWHERE.minus(LINKED).minus(PEOPLE), zone) == []
        assert model.to_outside(zone, ANYWHERE.minus(LINKED)) == []
        arriving |= {(zone.site, zone.segment, str(hop.ports)) for hop in model.from_outside(PEOPLE, zone)}
        over_the_link |= {(IN, str(zone.segment), str(hop.ports)) for hop in model.from_outside(LINKED, zone)}
        over_the_link |= {(OUT, str(zone.segment), str(hop.ports)) for hop in model.to_outside(zone, LINKED)}
        for other in model.zones():
            assert zone.site == other.site or model.between(zone, other) == []
            assert bool(model.between(zone, other)) != bool(model.blocked(zone, other))
    assert arriving == {("dublin-1", "ingress", "tcp 443")}
    assert over_the_link == {(OUT, "store", "tcp 5432"), (IN, "monitoring", "tcp 443")}
    assert {way.kind for way in model.openings()} == {
        "transit gateway",
        "vpn connection",
    }  # of the link and of the offices


def test_a_hop_names_every_rule_in_the_packets_order() -> None:
    model = AwsModel(resources(True))
    zones: dict[tuple[str, str | None], Microsegment] = {(zone.site, zone.segment): zone for zone in model.zones()}
    hop = model.between(zones["dublin-1", "gateway"], zones["dublin-1", "app"])[0]
    assert [re.sub(r" rule [0-9]+", "", why) for why in hop.because] == [
        "security group dublin-1-gateway egress to dublin-1-app tcp 8443",
        "route table dublin-1-gateway: 10.16.0.0/16 local",
        "network ACL dublin-1-gateway egress: allow to 10.16.32.0/20 tcp 8443",
        "network ACL dublin-1-app ingress: allow from 10.16.16.0/20 tcp 8443",
        "security group dublin-1-app ingress from dublin-1-gateway tcp 8443",
        "answers: network ACL dublin-1-app egress: allow to 10.16.16.0/20 tcp 1024-65535",
        "answers: route table dublin-1-app: 10.16.0.0/16 local",
        "answers: network ACL dublin-1-gateway ingress: allow from 10.16.32.0/20 tcp 1024-65535",
    ]


def one_more(name: str, type_: str, **changed: object) -> Resource:
    rule = next(one for one in resources(False) if one.name == name and type_ in one.type)
    return replace(rule, urn=f"{rule.urn}-more", props={**rule.props, **changed})


def test_one_wider_rule_is_held_by_the_others() -> None:
    rule = one_more("dublin-1-app-to-store-tcp-443", "Ingress", fromPort=0, toPort=65535)
    assert said(AwsModel([*resources(False), rule]), "dublin-1") == declared()


def test_a_port_opened_within_a_segment_is_noticed_though_its_network_acl_is_closed() -> None:
    name, wide = "dublin-1-store-to-store-tcp-443", {"fromPort": 7000, "toPort": 7000}
    rules = [one_more(name, type_, **wide) for type_ in ("Ingress", "Egress")]
    opened = said(AwsModel([*resources(False), *rules]), "dublin-1") - declared()
    assert opened == {("store", "store", PortSet.of("tcp", (7000, 7000)))}
