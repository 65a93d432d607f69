"""What the program builds for a Kubernetes site permits exactly the declared paths, and DNS."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from enclave_policies.network.kubernetes import KubernetesNetwork
from enclave_policies.network.networks import ANYWHERE, AddressSet
from enclave_policies.network.ports import NOTHING, PortSet

from components.declaration import Declaration, load_declaration
from tests.enclave_policies.network.kubernetes.objects import networks, policy, registered
from tests.enclave_policies.network.kubernetes.peer import together

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enclave_policies.network.path import Microsegment
    from enclave_policies.resources.resource import Resource

LOCAL = Path(__file__).resolve().parents[4] / "stacks" / "local.yaml"
DNS = PortSet.of("tcp", (53, 53)).union(PortSet.of("udp", (53, 53)))
LINKED = AddressSet.of("10.16.48.0/20", "10.16.80.0/20")  # of Dublin: store and monitoring
RECEIVER = AddressSet.of("10.240.7.10/32")  # of the inspector
API_SERVERS = AddressSet.of("10.32.0.0/16").minus(AddressSet.of("10.32.0.0/18", "10.32.64.0/19"))
"""Of Hamar, beside its six segments."""
UNLINKED = ANYWHERE.minus(LINKED.union(RECEIVER, API_SERVERS))
WATCH = "app.kubernetes.io/name=watch"
RESOLVER = "namespace kube-system, pods k8s-app=kube-dns"


@pytest.fixture(scope="module")
def declaration() -> Declaration:
    return load_declaration(LOCAL)


@pytest.fixture(scope="module")
def made(declaration: Declaration) -> list[Resource]:
    return registered(declaration)


def declared(declaration: Declaration) -> dict[tuple[str, str], PortSet]:
    """The declared paths: source and target segment → ports."""
    found: dict[tuple[str, str], PortSet] = {}
    for path in declaration.paths:
        for source in path.from_:
            ports = PortSet.of(path.protocol, *((one.first, one.last) for one in path.ports))
            found[source, path.to] = found.get((source, path.to), NOTHING).union(ports)
    return found


def in_segments(network: KubernetesNetwork) -> list[Microsegment]:
    return [zone for zone in network.zones() if zone.segment]


def wrong_pairs(network: KubernetesNetwork, declaration: Declaration) -> list[tuple[Microsegment, Microsegment]]:
    wanted = declared(declaration)
    zones = in_segments(network)
    return [
        (source, target)
        for source in zones
        for target in zones
        if together(network.between(source, target)) != wanted.get((str(source.segment), str(target.segment)), NOTHING)
    ]


def model(declaration: Declaration, resources: Iterable[Resource]) -> KubernetesNetwork:
    return KubernetesNetwork(resources, networks(declaration))


def test_exactly_the_declared_paths_are_open(declaration: Declaration, made: list[Resource]) -> None:
    network = model(declaration, made)
    assert {(zone.site, zone.segment) for zone in in_segments(network)} == {
        ("hamar", each) for each in declaration.segments
    }
    assert wrong_pairs(network, declaration) == []
    assert network.undetermined() == ()
    assert network.openings() == ()


def test_of_all_else_in_the_cluster_only_the_resolver_is_reached_on_its_port(
    declaration: Declaration, made: list[Resource]
) -> None:
    network = model(declaration, made)
    others = [zone for zone in network.zones() if not zone.segment]
    for zone in in_segments(network):
        for other in others:
            assert together(network.between(zone, other)) == (DNS if other.where == RESOLVER else NOTHING)
            assert network.between(other, zone) == []


def test_only_entries_and_the_link_come_in_and_only_the_link_and_the_record_go_out(
    declaration: Declaration, made: list[Resource]
) -> None:
    network = model(declaration, made)
    for zone in in_segments(network):
        hops = network.from_outside(UNLINKED, zone)
        if zone.segment == "ingress":
            (hop,) = hops
            assert (hop.source, str(hop.ports)) == ("10.200.0.0/16", "tcp 443")
            assert hop.because == ("NetworkPolicy enclave-ingress/from-10.200.0.0-16-tcp-443, ingress rule 1",)
        else:
            assert hops == []
        assert network.to_outside(zone, UNLINKED) == []
        assert network.from_outside(AddressSet.of("::/0"), zone) == []
        linked = {str(hop.ports) for hop in network.from_outside(LINKED, zone)}
        assert linked == ({"tcp 5432"} if zone.segment == "store" else set())
        linked = {str(hop.ports) for hop in network.to_outside(zone, LINKED)}
        assert linked == ({"tcp 443"} if zone.segment == "monitoring" else set())
        assert network.from_outside(RECEIVER, zone) == []
        delivers = {str(hop.ports) for hop in network.to_outside(zone, RECEIVER)}
        assert delivers == ({"tcp 443"} if zone.segment == "gateway" or WATCH in zone.where else set())
        asks = {str(hop.ports) for hop in network.to_outside(zone, API_SERVERS)}
        assert asks == ({"tcp 443, 6443"} if WATCH in zone.where else set())
        assert network.from_outside(API_SERVERS, zone) == []
    assert {zone.segment for zone in in_segments(network) if WATCH in zone.where} == {"monitoring"}


def test_the_resolver_gets_out_to_the_api_servers_of_its_site_only(
    declaration: Declaration, made: list[Resource]
) -> None:
    network = model(declaration, made)
    (resolver,) = [zone for zone in network.zones() if zone.where == RESOLVER]
    assert {str(hop.ports) for hop in network.to_outside(resolver, ANYWHERE)} == {"tcp 443, 6443"}
    assert network.to_outside(resolver, ANYWHERE.minus(AddressSet.of("10.32.96.0/19", "10.32.128.0/17"))) == []
    assert not any(network.between(resolver, zone) for zone in in_segments(network))


def test_a_hop_names_the_rules_of_both_ends_and_a_block_those_that_stop_it(
    declaration: Declaration, made: list[Resource]
) -> None:
    network = model(declaration, made)
    zones = {zone.where: zone for zone in network.zones()}
    app, store = zones["namespace enclave-app"], zones["namespace enclave-store"]
    assert [hop.because for hop in network.between(app, store)] == [
        (
            f"NetworkPolicy enclave-app/to-store-tcp-{port}, egress rule 1",
            f"NetworkPolicy enclave-store/from-app-tcp-{port}, ingress rule 1",
        )
        for port in (443, 5432)
    ]
    assert network.blocked(app, store) == ()
    back = network.blocked(store, app)
    assert len(back) == 2
    assert "NetworkPolicy enclave-store/default-deny" in back[0]
    assert "NetworkPolicy enclave-app/default-deny" in back[1]


def open_both_ways(segment: str, made: list[Resource]) -> Resource:
    opened = policy(f"enclave-{segment}", "opened", podSelector={}, ingress=[{}], egress=[{}])
    return replace(opened, provider=next(each.provider for each in made if each.type.endswith(":NetworkPolicy")))


def test_a_rule_too_many_is_noticed_where_it_opens_something(declaration: Declaration, made: list[Resource]) -> None:
    one_end = model(declaration, [*made, open_both_ways("store", made)])
    store = next(zone for zone in in_segments(one_end) if zone.segment == "store")
    # within the site the other ends still shut out what is not declared, but nobody does so outside
    assert {(source.segment, target.segment) for source, target in wrong_pairs(one_end, declaration)} == {
        ("store", "store")
    }
    assert one_end.from_outside(ANYWHERE, store)
    assert one_end.to_outside(store, ANYWHERE)
    both_ends = model(declaration, [*made, open_both_ways("store", made), open_both_ways("ingress", made)])
    wrong = {(source.segment, target.segment) for source, target in wrong_pairs(both_ends, declaration)}
    assert wrong == {(one, other) for one in ("store", "ingress") for other in ("store", "ingress")}


def opened(network: KubernetesNetwork) -> list[object]:
    """Everything that policies open: among segments, to the resolver, and at the site's edge."""
    zones = in_segments(network)
    resolver = [zone for zone in network.zones() if zone.where == RESOLVER]
    return [
        *(together(network.between(source, target)) for source in zones for target in [*zones, *resolver]),
        *(together(network.from_outside(ANYWHERE, zone)) for zone in zones),
        *(together(network.to_outside(zone, ANYWHERE)) for zone in [*zones, *resolver]),
    ]


def test_every_policy_that_opens_a_path_is_needed(declaration: Declaration, made: list[Resource]) -> None:
    policies = [each for each in made if each.type.endswith(":NetworkPolicy") and "default-deny" not in each.name]
    assert len(policies) > 30
    whole = opened(model(declaration, made))
    for missing in policies:
        assert opened(model(declaration, [each for each in made if each is not missing])) != whole, missing.name


def test_without_the_policies_that_deny_a_segment_is_open(declaration: Declaration, made: list[Resource]) -> None:
    of_keys = [each for each in made if each.type.endswith(":NetworkPolicy") and each.name.startswith("hamar-keys-")]
    network = model(declaration, [each for each in made if each not in of_keys])
    keys = next(zone for zone in in_segments(network) if zone.segment == "keys")
    (hop,) = network.from_outside(ANYWHERE, keys)
    assert str(hop.ports) == "everything"
    assert hop.because == ("no NetworkPolicy closes the ways into namespace enclave-keys",)
