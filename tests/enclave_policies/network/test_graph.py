"""Paths are found hop by hop, over whatever models a stack has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from enclave_policies.network import graph
from enclave_policies.network.graph import Graph, graph_of
from enclave_policies.network.networks import ANYWHERE, NOWHERE, AddressSet
from enclave_policies.network.path import Hop, Microsegment, Path
from enclave_policies.network.ports import EVERYTHING, PortSet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WEB, DATABASE = PortSet.of("tcp", (443, 443)), PortSet.of("tcp", (5432, 5432))
PEOPLE = AddressSet.of("10.200.0.0/16")


@dataclass
class _Site:
    """A made-up network: who opens what to whom; addresses outside by their text."""

    name: str
    segments: Sequence[str | None]
    open: Mapping[tuple[str | None, str | None], PortSet] = field(default_factory=dict)
    lets_in: Mapping[tuple[str, str], PortSet] = field(default_factory=dict)
    lets_out: Mapping[tuple[str, str], PortSet] = field(default_factory=dict)

    @property
    def is_sure_of_crowds(self) -> bool:
        return True

    def zones(self) -> list[Microsegment]:
        return [Microsegment(self.name, segment, f"{self.name}-{segment}") for segment in self.segments]

    def meetings(self) -> list[tuple[list[Microsegment], list[Microsegment]]]:
        return [([source], [target]) for source in self.zones() for target in self.zones()]

    def between(self, source: Microsegment, target: Microsegment) -> list[Hop]:
        ports = self.open.get((source.segment, target.segment))
        return [Hop(source.where, target.where, ports, (f"{self.name} opens it",))] if ports else []

    def blocked(self, source: Microsegment, target: Microsegment) -> list[str]:
        return [f"{self.name} keeps {source.segment} from {target.segment}"]

    def from_outside(self, addresses: AddressSet, target: Microsegment) -> list[Hop]:
        return self._met(self.lets_in, addresses, target, "in")

    def to_outside(self, source: Microsegment, addresses: AddressSet) -> list[Hop]:
        return self._met(self.lets_out, addresses, source, "out")

    def _met(
        self, rules: Mapping[tuple[str, str], PortSet], addresses: AddressSet, zone: Microsegment, word: str
    ) -> list[Hop]:
        return [
            Hop("", "", ports, (f"{self.name} lets {network} {word}",))
            for (network, segment), ports in rules.items()
            if segment == zone.segment and addresses.intersect(AddressSet.of(network))
        ]


def dublin(**changes: object) -> _Site:
    known = {
        "segments": ["ingress", "gateway", "app", "store"],
        "open": {("ingress", "gateway"): WEB, ("gateway", "app"): WEB, ("app", "store"): DATABASE},
        "lets_in": {("10.200.0.0/16", "ingress"): WEB},
    }
    return _Site("dublin", **(known | changes))  # type: ignore[arg-type]


def made(*sites: _Site, people: AddressSet = PEOPLE, networks: Mapping[str, AddressSet] | None = None) -> Graph:
    return graph_of(sites, {"person": people}, networks or {})


def ends(graph: Graph, source: str, target: str) -> list[str]:
    path = graph.path(source, target)
    return [hop.target for hop in path.hops] if path else []


def test_a_person_gets_to_the_store_by_every_hop() -> None:
    path = made(dublin()).path("person", "dublin/store")
    assert path is not None
    assert [hop.target for hop in path.hops] == ["dublin/ingress", "dublin/gateway", "dublin/app", "dublin/store"]
    assert str(path.hops[-1]) == "dublin/app -> dublin/store on tcp 5432\n    dublin opens it"


def test_nobody_on_the_internet_gets_anywhere() -> None:
    assert made(dublin()).reachable("internet") == []
    opened = dublin(lets_in={("0.0.0.0/0", "store"): DATABASE})
    assert ends(made(opened), "internet", "dublin/store") == ["dublin/store"]
    assert ends(made(dublin(lets_in={("::/0", "app"): WEB})), "internet", "dublin/store") == [
        "dublin/app",
        "dublin/store",
    ]


def test_a_private_network_is_not_the_internet() -> None:
    assert made(dublin(lets_in={("192.168.0.0/16", "store"): WEB})).reachable("internet") == []


def test_a_way_round_the_gateway_is_found() -> None:
    def at_gateway(end: str) -> bool:
        return end.endswith("/gateway")

    assert made(dublin()).path("person", "dublin/store", at_gateway) is None
    round_it = {("ingress", "gateway"): WEB, ("ingress", "app"): WEB, ("app", "store"): DATABASE}
    path = made(dublin(open=round_it)).path("person", "dublin/store", at_gateway)
    assert path is not None
    assert [hop.target for hop in path.hops] == ["dublin/ingress", "dublin/app", "dublin/store"]


def test_a_path_does_not_lead_over_the_internet_and_back() -> None:
    site = dublin(open={}, lets_out={("0.0.0.0/0", "app"): WEB}, lets_in={("0.0.0.0/0", "store"): WEB})
    assert ends(made(site), "dublin/app", "internet") == ["internet"]
    assert ends(made(site), "dublin/app", "dublin/store") == []


def test_two_sites_meet_where_one_lets_out_what_the_other_lets_in() -> None:
    networks = {"dublin/app": AddressSet.of("10.16.32.0/20"), "hamar/store": AddressSet.of("10.32.48.0/20")}
    here = dublin(lets_out={("10.32.48.0/20", "app"): EVERYTHING})
    there = _Site("hamar", ["store"], lets_in={("10.16.32.0/20", "store"): DATABASE})
    path = made(here, there, networks=networks).path("dublin/app", "hamar/store")
    assert path is not None
    assert str(path.hops[0].ports) == "tcp 5432"
    assert path.hops[0].because == ("dublin lets 10.32.48.0/20 out", "hamar lets 10.16.32.0/20 in")
    assert ends(made(dublin(), there, networks=networks), "dublin/app", "hamar/store") == []
    closed = _Site("hamar", ["store"], lets_in={("10.16.48.0/20", "store"): DATABASE})
    assert ends(made(here, closed, networks=networks), "dublin/app", "hamar/store") == []


def test_places_without_a_segment_are_passed_too() -> None:
    site = dublin(segments=["ingress", None, "store"], open={("ingress", None): WEB, (None, "store"): WEB})
    assert ends(made(site), "person", "dublin/store") == ["dublin/ingress", "dublin/(dublin-None)", "dublin/store"]


def test_what_keeps_two_places_apart_is_told() -> None:
    assert made(dublin()).reasons("ingress", "store") == ()
    assert made(dublin()).reasons("dublin/ingress", "dublin/store") == ("dublin keeps ingress from store",)


def test_between_ends_of_different_networks_no_network_has_a_reason() -> None:
    assert made(dublin(), _Site("hamar", ["store"])).reasons("dublin/ingress", "hamar/store") == ()


def test_of_many_reasons_no_more_are_gathered_than_anybody_reads() -> None:
    class Wordy(_Site):
        def zones(self) -> list[Microsegment]:
            return [Microsegment("dublin", "app", str(number)) for number in range(10)]

        def blocked(self, source: Microsegment, target: Microsegment) -> list[str]:
            return [f"{source.where} to {target.where}: {number}" for number in range(20)]

    reasons = made(Wordy("dublin", [])).reasons("dublin/app", "dublin/app")
    assert graph.MOST_REASONS <= len(reasons) < 2 * graph.MOST_REASONS
    assert reasons[0] == "0 to 0: 0"


def test_ends_that_meet_as_a_crowd_are_asked_two_by_two() -> None:
    """Between places without a segment hops come from the crowd, and in order beside those that are told apart."""

    class Crowded(_Site):
        def meetings(self) -> list[tuple[list[Microsegment], list[Microsegment]]]:
            return [*super().meetings()[:1], (self.zones(), self.zones())]

        def between(self, source: Microsegment, target: Microsegment) -> list[Hop]:
            same = source == target
            return [] if same else [Hop("", "", ports, ("a rule",)) for ports in (DATABASE, WEB)]

    found = made(Crowded("dublin", ["app", "store", "keys"]))
    assert [str(hop.ports) for hop in found.direct("dublin/app", "dublin/store")] == ["tcp 443", "tcp 5432"]
    assert {(hop.source, hop.target) for hop in found.direct("dublin/app", "dublin/keys")} == {
        ("dublin/app", "dublin/keys")
    }
    assert found.direct("dublin/app", "dublin/app") == found.direct("dublin/app", "internet") == []
    assert ends(found, "dublin/keys", "dublin/app") == ["dublin/app"]


def test_a_path_is_told_hop_by_hop_and_a_place_by_its_segment() -> None:
    hops = (Hop("a", "b", WEB, ("a rule",)), Hop("b", "c", DATABASE, ("another",)))
    assert str(Path(hops)) == "a -> b on tcp 443\n    a rule\nb -> c on tcp 5432\n    another"
    assert str(Microsegment("hamar", "app", "namespace a")) == "hamar/app (namespace a)"
    assert str(Microsegment("hamar", None, "namespace a")) == "hamar/(no segment) (namespace a)"


def test_without_people_nobody_comes() -> None:
    assert made(dublin(), people=NOWHERE).reachable("person") == []


def test_a_search_that_stops_after_one_hop_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(Graph, "path", lambda self, source, target, *_: next(iter(self.direct(source, target)), None))
    with pytest.raises((AssertionError, AttributeError)):
        test_a_person_gets_to_the_store_by_every_hop()


def test_public_addresses_and_private_ones_are_all_there_are() -> None:
    assert graph.PUBLIC.union(graph.PRIVATE) == ANYWHERE
