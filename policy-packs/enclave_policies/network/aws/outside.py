"""Connections with addresses that are in no VPC of the stack: by which gateway they leave or enter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from enclave_policies.network.aws import types
from enclave_policies.network.aws.conversations import VERSIONS, Found
from enclave_policies.network.aws.elements import FOREIGN
from enclave_policies.network.aws.meeting import OPEN, End, Reasons, meet
from enclave_policies.network.aws.values import family
from enclave_policies.network.networks import NOWHERE
from enclave_policies.network.path import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.network.aws.elements import Vpc
    from enclave_policies.network.aws.gates import Gates
    from enclave_policies.network.aws.references import References
    from enclave_policies.network.aws.routing import Arrival, Routing
    from enclave_policies.network.aws.transit import Transit
    from enclave_policies.network.aws.vpcs import Vpcs
    from enclave_policies.network.aws.zones import Place, Stand
    from enclave_policies.network.networks import AddressSet

INTERNET: Final = "internet gateway"
_OUTWARDS_ONLY: Final = ("nat gateway", "egress-only gateway")
_PRIVATE: Final = ("peering", "transit gateway")
"""Ways to networks whose hosts may carry a group that a rule names."""
_STRANGERS: Final = frozenset({FOREIGN})


class WayIn(NamedTuple):
    """A way into a VPC for packets of outsiders; ``key`` is the gateway's URN, or its id outside the stack."""

    kind: str
    key: str
    label: str


class Outside:
    """Asks what leaves zones for, and what enters them from, addresses outside."""

    def __init__(self, references: References, vpcs: Vpcs, transit: Transit, routing: Routing, gates: Gates) -> None:
        self._references = references
        self._vpcs = vpcs
        self._transit = transit
        self._routing = routing
        self._gates = gates
        self._ways: dict[Vpc, list[WayIn]] = {vpc: [] for vpc in vpcs.by_key.values()}
        self._gateways()
        self._neighbours()

    def leaving(self, place: Place, addresses: AddressSet) -> Iterator[Found]:
        """Yield (ports, reasons) of each connection from a zone to addresses outside its VPC."""
        for stand in place.stands:
            for version in VERSIONS:
                wanted = family(addresses.minus(stand.vpc.addresses), version)
                if not wanted or not family(stand.addresses, version):
                    continue
                for arrival in self._routing.arrivals(stand.table, stand.vpc, wanted):
                    if arrival.vpc is None:
                        yield from meet(*self._sent(place, stand, arrival), _public(place, stand, arrival, version))

    def _sent(self, place: Place, stand: Stand, arrival: Arrival) -> tuple[End, End]:
        peers = _STRANGERS if arrival.kind in _PRIVATE or arrival.anywhere else frozenset()
        sending = End(
            self._gates.groups(place.groups, "egress", arrival.addresses, peers),
            self._gates.acl(stand.acl, "egress", arrival.addresses),
            self._gates.acl(stand.acl, "ingress", arrival.addresses),
        )
        return sending, End(OPEN, OPEN, OPEN)

    def entering(self, addresses: AddressSet, place: Place) -> Iterator[Found]:
        """Yield (ports, reasons) of each connection from addresses outside its VPC to a zone."""
        for stand in place.stands:
            for version in VERSIONS:
                if family(stand.addresses, version):
                    yield from self._entering(family(addresses.minus(stand.vpc.addresses), version), place, stand)
        for host in place.hosts:
            if host.entrance is not None and addresses:
                passing = self._gates.groups(place.groups, "ingress", addresses, _STRANGERS)
                closed = host.type.endswith(":LoadBalancer") and not self._is_unfiltered(host.urn)
                gates = passing if closed else OPEN
                yield from meet(End(OPEN, OPEN, OPEN), End(gates, OPEN, OPEN), (host.entrance,))

    def _entering(self, addresses: AddressSet, place: Place, stand: Stand) -> Iterator[Found]:
        backs = self._routing.arrivals(stand.table, stand.vpc, addresses) if addresses else ()
        outwards = [back for back in backs if back.vpc is None and back.kind not in _OUTWARDS_ONLY]
        ways = list(self._ways[stand.vpc])
        known = {way.key for way in ways}
        ways += [  # gateways that only their route tells of
            WayIn(back.kind, back.key or "", f"{UNDETERMINED}{back.kind} {back.key or ''}")
            for back in outwards
            if back.anywhere or (back.key not in known and back.kind not in _PRIVATE)
        ]
        for way in ways:
            senders = addresses
            same = [back for back in outwards if back.key == way.key or back.anywhere]
            routed = NOWHERE.union(*(back.addresses for back in same))
            label: Reasons = (way.label,)
            if way.kind == INTERNET and senders.v4:
                public = _public_words(place, stand)
                if public is None:  # any host may take a public address, but only a route makes it useful
                    senders = senders.intersect(routed)
                label = (
                    way.label,
                    public or f"no public address yet in {stand.subnets[0].name}: any host may take one",
                )
            if senders:
                peers = _STRANGERS if way.kind in _PRIVATE else frozenset()
                receiving = End(
                    self._gates.groups(place.groups, "ingress", senders, peers),
                    self._gates.acl(stand.acl, "ingress", senders),
                    self._gates.acl(stand.acl, "egress", senders),
                    tuple((back.addresses, back.labels) for back in same),
                )
                yield from meet(End(OPEN, OPEN, OPEN), receiving, label)

    def _is_unfiltered(self, urn: str) -> bool:
        switch = "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
        return self._references.by_urn[urn].props.get(switch) not in (None, "", "on")

    def _gateways(self) -> None:
        """Add internet and VPN gateways, attached by themselves or by a resource of its own."""
        for type_, attachment, name, kind in (
            (types.INTERNET_GATEWAY, types.INTERNET_ATTACHMENT, "internetGatewayId", INTERNET),
            (types.CARRIER, "", "", INTERNET),
            (types.VPN_GATEWAY, types.VPN_ATTACHMENT, "vpnGatewayId", "vpn gateway"),
        ):
            for gateway in self._references.all(type_):
                self._attached(gateway.urn, gateway.name, kind, gateway.urn)
            for resource in self._references.all(attachment):
                reference = self._references.one(resource, name, (type_,))
                keys = [(one.urn, one.name) for one in reference.found] or [(key, key) for key in reference.foreign]
                for key, words in keys or [(resource.urn, resource.name)]:
                    self._attached(key, words, kind, resource.urn)

    def _attached(self, key: str, name: str, kind: str, attached_by: str) -> None:
        reference = self._references.one(self._references.by_urn[attached_by], "vpcId", types.VPC)
        homes = [self._vpcs.by_key[one.urn] for one in reference.found]
        doubt = "" if reference.certain else f"{UNDETERMINED}its VPC is not known: "
        for vpc in homes or ([] if reference.certain else self._vpcs.by_key.values()):
            self._ways[vpc].append(WayIn(kind, key, f"{doubt}{kind} {name} of {vpc.name}"))

    def _neighbours(self) -> None:
        """Add peerings and transit gateways that lead to others than the VPCs of the stack."""
        for vpc, ways in self._ways.items():
            for key, other in self._routing.peers(vpc):
                if other is None:
                    name = self._references.by_urn[key].name
                    ways.append(WayIn("peering", key, f"peering {name} with a VPC outside this stack"))
            ways += [WayIn("transit gateway", key, label) for key, label in self._transit.into(vpc)]


def _public_words(place: Place, stand: Stand) -> str | None:
    """Return why hosts of a zone have public addresses, None where nothing says so."""
    for subnet in stand.subnets:
        if subnet.public:
            return f"subnet {subnet.name} gives public addresses (mapPublicIpOnLaunch)"
    return next((host.public for host in place.hosts if host.public), None)


def _public(place: Place, stand: Stand, arrival: Arrival, version: int) -> Reasons:
    """Return the reasons of a route that leaves the VPC."""
    if arrival.kind != INTERNET or version != VERSIONS[0]:
        return arrival.labels
    words = _public_words(place, stand) or f"no public address yet in {stand.subnets[0].name}: any host may take one"
    return (*arrival.labels, words)
