"""The AWS model: what the planned resources of a stack let reach what, by which rules."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from itertools import chain, product
from typing import TYPE_CHECKING

from enclave_policies.network.aws.acls import Acls
from enclave_policies.network.aws.apis import Relay, links
from enclave_policies.network.aws.balancers import Standing, forwards
from enclave_policies.network.aws.carried import Carried
from enclave_policies.network.aws.conversations import Conversations
from enclave_policies.network.aws.dial_ins import dial_ins
from enclave_policies.network.aws.dialled import Dialled
from enclave_policies.network.aws.entering import entering
from enclave_policies.network.aws.gates import Gates
from enclave_policies.network.aws.groups import Groups
from enclave_policies.network.aws.hosts import Hosts
from enclave_policies.network.aws.neighbours import neighbours
from enclave_policies.network.aws.openings import Opening, openings
from enclave_policies.network.aws.outside import Outside
from enclave_policies.network.aws.passing_on import passed_on
from enclave_policies.network.aws.prefixes import Prefixes
from enclave_policies.network.aws.references import References
from enclave_policies.network.aws.routing import Routing
from enclave_policies.network.aws.tables import Tables
from enclave_policies.network.aws.transit import Transit
from enclave_policies.network.aws.transit_tables import TransitTables
from enclave_policies.network.aws.vpcs import Vpcs
from enclave_policies.network.aws.zones import places
from enclave_policies.network.path import UNDETERMINED, Hop
from enclave_policies.network.ports import NOTHING, PortSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enclave_policies.network.aws.elements import Host
    from enclave_policies.network.aws.meeting import Reasons
    from enclave_policies.network.aws.zones import Place
    from enclave_policies.network.networks import AddressSet
    from enclave_policies.network.path import Microsegment
    from enclave_policies.resources.resource import Resource

__all__ = ["UNDETERMINED", "AwsModel", "Opening"]


class AwsModel:
    """Who reaches whom among the AWS resources of one stack; what nobody can know yet counts as open.

    A reason that begins with UNDETERMINED tells of such a thing. Resources of other clouds are passed over.
    """

    def __init__(self, resources: Iterable[Resource]) -> None:
        references = References(one for one in resources if one.type.startswith("aws:"))
        prefixes = Prefixes(references)
        groups = Groups(references, prefixes)
        acls, tables = Acls(references), Tables(references, prefixes)
        vpcs = Vpcs(references, groups, acls, tables)
        dialled = dial_ins(references)
        hosts = Hosts(references, groups, vpcs, dialled)
        transit = Transit(TransitTables(references, prefixes, vpcs.by_key))
        routing, gates = Routing(references, vpcs, transit), Gates()
        found = places(vpcs.subnets.values(), groups.by_key.values(), hosts.all)
        self._places = {place.zone: place for place in found}
        self._zones = sorted(self._places, key=lambda zone: (zone.site, zone.segment or "", zone.where))
        self._routing, self._conversations = routing, Conversations(gates, routing)
        self._carried = Carried(forwards(references, hosts.all, found), found, gates)
        self.passed_on = tuple(passed_on(references, hosts.all, found))
        """What balancers pass on."""
        self.standing = standing(hosts.all)
        """In which segments each resource stands, as (site, segment), by its URN."""
        self._relays = [one for one in links(references, hosts.all) if isinstance(one, Relay)]
        self._outside = Outside(references, vpcs, transit, routing, gates)
        self._dialled = Dialled(references, dialled, Standing(hosts.all, found), self._conversations)
        self._openings = openings(references, routing, vpcs.subnets.values(), hosts.all, dialled)
        self.doors = tuple(entering(references, hosts.all))
        """What lets in whoever may call AWS, past every packet filter."""
        self._hops: dict[tuple[Microsegment, Microsegment], list[Hop]] = {}
        self._named: dict[Microsegment, str] = {}
        self.undetermined = tuple(dict.fromkeys((*groups.unresolved, *vpcs.unresolved, *hosts.unresolved)))
        """What could not be placed, one message each."""

    @property
    def is_sure_of_crowds(self) -> bool:
        """Routes and network ACLs may stand between hosts whose groups let them meet."""
        return False

    def zones(self) -> list[Microsegment]:
        """Return every zone, sorted."""
        return self._zones

    def meetings(self) -> Iterator[tuple[list[Microsegment], list[Microsegment]]]:
        """Yield zones that groups at both ends and routes let meet; of a segment's, a few stand for all."""
        places = list(self._places.values())
        others = (([here], [there]) for here, there in chain(self._carried.pairs(), self._relaying(places)))
        for sources, targets in chain(neighbours(places, self._routing), others):
            for place in (*sources, *targets):
                self._places.setdefault(place.zone, place)
            yield [place.zone for place in sources], [place.zone for place in targets]

    def between(self, source: Microsegment, target: Microsegment) -> list[Hop]:
        """Return the direct connections from a zone to a zone (its own hosts among each other, if it is the same)."""
        here, there = self._places[source], self._places[target]
        key = (source, target)
        if key not in self._hops:
            direct = self._conversations.between(here, there) if here.vpc is there.vpc or here.leaves else ()
            found = chain(direct, self._carried.between(here, there), self._relayed(here, there))
            self._hops[key] = _hops(self._name(source), self._name(target), found)
        return self._hops[key]

    def _relaying(self, places: Iterable[Place]) -> Iterator[tuple[Place, Place]]:
        """Yield the places of private APIs' endpoints, each with those of the balancers that they lead to."""
        standing: dict[str, list[Place]] = defaultdict(list)
        for place in places:
            for urn in place.urns:
                standing[urn].append(place)
        for relay in self._relays:
            for caller, target in product(relay.callers, relay.targets):
                yield from product(standing[caller.urn], standing[target.urn])

    def _relayed(self, here: Place, there: Place) -> Iterator[tuple[PortSet, Reasons]]:
        """Yield what private APIs pass on from endpoints of one place to balancers of another."""
        for relay in self._relays:
            if any(host.urn in here.urns for host in relay.callers) and any(
                host.urn in there.urns for host in relay.targets
            ):
                yield relay.ports, (str(relay),)

    def lost(self, zone: Microsegment, clients: AddressSet, ports: PortSet) -> tuple[str, ...]:
        """Return what drops clients that ask balancers of a zone, behind which targets see the clients' addresses."""
        return tuple(self._carried.lost(self._places[zone], clients, ports))

    def blocked(self, source: Microsegment, target: Microsegment) -> tuple[str, ...]:
        """Return why there is no direct connection, nothing if there is one."""
        if self.between(source, target):
            return ()
        return tuple(dict.fromkeys(self._conversations.why_not(self._places[source], self._places[target])))

    def from_outside(self, addresses: AddressSet, target: Microsegment) -> list[Hop]:
        """Return the direct connections from addresses in no VPC of the stack to a zone."""
        place = self._places[target]
        found = chain(self._outside.entering(addresses, place), self._dialled.entering(addresses, place))
        return _hops(_words(addresses), self._name(target), found)

    def to_outside(self, source: Microsegment, addresses: AddressSet) -> list[Hop]:
        """Return the direct connections from a zone to addresses in no VPC of the stack."""
        found = self._outside.leaving(self._places[source], addresses)
        return _hops(self._name(source), _words(addresses), found)

    def _name(self, zone: Microsegment) -> str:
        """Return what a zone is called: one text for all of its hops, as it may name thousands of groups."""
        if zone not in self._named:
            self._named[zone] = str(zone)
        return self._named[zone]

    def openings(self) -> list[Opening]:
        """Return every resource that opens a VPC to the internet or to outsiders."""
        return self._openings


def standing(hosts: Iterable[Host]) -> dict[str, set[tuple[str, str | None]]]:
    """Return in which segments hosts stand, as (site, segment), by their URNs."""
    found: dict[str, set[tuple[str, str | None]]] = {}
    for host in hosts:
        found.setdefault(host.urn, set()).update((subnet.site, subnet.segment) for subnet in host.subnets)
    return found


def _hops(source: str, target: str, found: Iterable[tuple[PortSet, Reasons]]) -> list[Hop]:
    """Return one hop for each sequence of rules."""
    merged: dict[Reasons, PortSet] = {}
    for ports, because in found:
        merged[because] = merged.get(because, NOTHING).union(ports)
    return [Hop(source, target, ports, because) for because, ports in merged.items()]


@lru_cache(maxsize=64)
def _words(addresses: AddressSet) -> str:
    longest = 60
    text = str(addresses)
    return text if len(text) <= longest else f"{text[:longest].rpartition(',')[0]}, …"
