"""Where packets of a subnet arrive: the longest prefix of its route table, and on through whatever that names."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from enclave_policies.network.aws import types
from enclave_policies.network.aws.longest_prefix import LongestPrefix
from enclave_policies.network.aws.values import told
from enclave_policies.network.networks import NOWHERE, AddressSet
from enclave_policies.network.path import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.network.aws.elements import Route, Table, Vpc
    from enclave_policies.network.aws.references import References
    from enclave_policies.network.aws.transit import Transit
    from enclave_policies.network.aws.vpcs import Vpcs

_DEEPEST: Final = 3
"""NAT gateways behind NAT gateways that are followed; AWS itself lets no more than one be useful."""
ANYWHERE_KINDS: Final = ("appliance", "unknown")
"""Kinds of targets that may pass packets on to wherever they like."""
_BOTH_ENDS: Final = ("vpcId", "peerVpcId")


class Arrival(NamedTuple):
    """Addresses that are reached: in ``vpc``, outside the stack if it is None, or nobody knows where (``anywhere``).

    ``kind`` is how packets leave the VPC, ``key`` by which resource; ``seen_as`` are the addresses that the receiver
    sees instead of the sender's own, None where nothing hides them.
    """

    addresses: AddressSet
    vpc: Vpc | None
    kind: str
    key: str | None
    labels: tuple[str, ...]
    anywhere: bool = False
    seen_as: AddressSet | None = None


class Routing:
    """Follows route tables; every answer is kept, since many subnets share a table."""

    def __init__(self, references: References, vpcs: Vpcs, transit: Transit) -> None:
        self._references = references
        self._vpcs = vpcs
        self._transit = transit
        self._prefixes: dict[tuple[Table, Vpc], LongestPrefix] = {}
        self._kept: dict[tuple[Table, Vpc, AddressSet], tuple[Arrival, ...]] = {}
        self._seen_as: dict[tuple[Table, Vpc], AddressSet] = {}
        self._led: dict[Table, frozenset[Vpc] | None] = {}
        self._within = AddressSet().union(*(vpc.addresses for vpc in vpcs.by_key.values()))
        self._peers = {one.urn: self._ends(one.urn) for one in references.all(types.PEERING, types.PEERING_ACCEPTER)}
        self._of_vpc: dict[Vpc, dict[str, None]] = defaultdict(dict)
        for key, ends in self._peers.items():
            for end in ends:
                if end is not None:
                    self._of_vpc[end][key] = None
        self._of_any = [key for key, ends in self._peers.items() if None in ends and not self._is_known(key)]
        """Peerings whose owner is not known."""

    def arrivals(self, table: Table, vpc: Vpc, wanted: AddressSet, depth: int = 0) -> tuple[Arrival, ...]:
        """Return where packets to some addresses arrive by a route table of a VPC, nothing for those dropped."""
        key = (table, vpc, wanted)
        if key not in self._kept:
            found = (
                arrival
                for piece, route in self._routes(table, vpc).look_up(wanted)
                for arrival in self._follow(table, vpc, piece, route, depth)
                if arrival.addresses
            )
            self._kept[key] = tuple(found)
        return self._kept[key]

    def peers(self, vpc: Vpc) -> Iterator[tuple[str, Vpc | None]]:
        """Yield (URN, the VPC at the other end, None for one outside the stack) of each peering of a VPC."""
        for key in self._of_vpc.get(vpc, ()):
            yield from ((key, end) for end in self._peers[key] if end is not vpc)
        yield from ((key, None) for key in self._of_any if vpc not in self._peers[key])

    def is_inside(self, key: str) -> bool:
        """Return whether a peering joins two VPCs of the stack: whoever passes over it, the declared ways judge."""
        ends = self._peers.get(key, ())
        return len(ends) == len(_BOTH_ENDS) and None not in ends and self._is_known(key)

    def leads_to(self, table: Table, vpc: Vpc) -> frozenset[Vpc] | None:
        """Return the VPCs of the stack that packets of a VPC may arrive in by a table; None where nobody can tell."""
        if table not in self._led:
            others: set[Vpc | None] = set()
            for route in table.routes:
                if route.kind == "peering":
                    ends = self._peers.get(route.key or "", ())
                    others.update(ends if None not in ends or not self._is_known(route.key or "") else ())
                elif route.kind == "transit gateway":
                    others.update(self._transit.hung_on(route.key or ""))
                elif route.kind == "nat gateway":
                    others.update(
                        arrival.vpc for arrival in self._inside(table, vpc) if arrival.vpc or arrival.anywhere
                    )
                elif route.kind in ANYWHERE_KINDS:
                    others.add(None)
            self._led[table] = None if None in others else frozenset(one for one in others if one is not None)
        return self._led[table]

    def seen_as(self, table: Table, vpc: Vpc) -> AddressSet:
        """Return the addresses that packets to the stack's own VPCs may arrive with instead of their sender's."""
        key = (table, vpc)
        if key not in self._seen_as:
            translating = any(route.kind == "nat gateway" for route in table.routes)
            arrivals = self._inside(table, vpc) if translating else ()
            inside = (arrival for arrival in arrivals if arrival.vpc is not None or arrival.anywhere)
            self._seen_as[key] = NOWHERE.union(*{one.seen_as: None for one in inside if one.seen_as is not None})
        return self._seen_as[key]

    def told_apart_further(self) -> Iterator[AddressSet]:
        """Yield the destinations of routes that no table of a subnet has."""
        return self._transit.destinations()

    def _routes(self, table: Table, vpc: Vpc) -> LongestPrefix:
        key = (table, vpc)
        if key not in self._prefixes:
            self._prefixes[key] = LongestPrefix([*table.routes, *self._vpcs.local[vpc.key]])
        return self._prefixes[key]

    def _inside(self, table: Table, vpc: Vpc) -> tuple[Arrival, ...]:
        return self.arrivals(table, vpc, self._within)

    def _follow(self, table: Table, vpc: Vpc, piece: AddressSet, route: Route, depth: int) -> Iterator[Arrival]:
        labels = (route.label if table.name in route.label else f"route table {table.name}: {route.label}",)
        kind, key = route.kind, route.key
        if kind == "local":
            yield Arrival(piece.intersect(vpc.addresses), vpc, kind, None, labels)
        elif kind == "peering":
            yield from self._peered(vpc, piece, key, labels)
        elif kind == "transit gateway":
            for left in self._transit.forward(key or "", vpc, piece):
                yield Arrival(left.addresses, left.vpc, kind, key, (*labels, *left.labels), left.anywhere)
        elif kind == "nat gateway":
            yield from self._translated(piece, key, labels, depth)
        elif kind == "egress-only gateway":
            yield Arrival(AddressSet(v6=piece.v6), None, kind, key, labels)
        elif kind in ANYWHERE_KINDS:
            yield Arrival(piece, None, kind, key, labels, anywhere=True)
        else:
            yield Arrival(piece, None, kind, key, labels)

    def _peered(self, vpc: Vpc, piece: AddressSet, key: str | None, labels: tuple[str, ...]) -> Iterator[Arrival]:
        ends = self._peers.get(key or "")
        if ends is None:
            yield Arrival(piece, None, "peering", key, labels)
            return
        others = [end for end in ends if end is not vpc]
        if len(others) == len(ends) and None not in ends:
            return  # a peering of two other VPCs: AWS drops it
        for end in others:
            if end is None:
                yield Arrival(piece, None, "peering", key, labels, anywhere=not self._is_known(key or ""))
            else:
                yield Arrival(piece.intersect(end.addresses), end, "peering", key, labels)

    def _translated(self, piece: AddressSet, key: str | None, labels: tuple[str, ...], depth: int) -> Iterator[Arrival]:
        gateway = self._references.by_urn.get(key or "")
        reference = None if gateway is None else self._references.one(gateway, "subnetId", types.SUBNET)
        subnets = [
            self._vpcs.subnets[one.urn]
            for one in (reference.found if reference else ())
            if one.urn in self._vpcs.subnets
        ]
        if not subnets or gateway is None or depth >= _DEEPEST:
            yield Arrival(piece, None, "nat gateway", key, (*labels, f"{UNDETERMINED}its subnet is not known"), True)
            return
        private = told(gateway, "connectivityType") == "private"
        for subnet in subnets:
            for table in subnet.tables:
                for then in self.arrivals(table, subnet.vpc, piece, depth + 1):
                    if then.kind == "internet gateway" and private:
                        continue
                    yield then._replace(
                        kind="nat gateway",
                        key=key,
                        labels=(*labels, *then.labels),
                        seen_as=then.seen_as or subnet.addresses,
                    )

    def _ends(self, urn: str) -> list[Vpc | None]:
        """Return the VPCs at the two ends of a peering, None for one that is not of the stack or not known."""
        resource = self._references.by_urn[urn]
        if resource.type == types.PEERING_ACCEPTER:
            made = self._references.one(resource, "vpcPeeringConnectionId", (types.PEERING,)).one
            if made is not None:
                return self._ends(made.urn)
        ends: list[Vpc | None] = []
        for name in _BOTH_ENDS:
            reference = self._references.one(resource, name, types.VPC)
            ends += [self._vpcs.by_key[one.urn] for one in reference.found] or [None]
        return ends

    def _is_known(self, urn: str) -> bool:
        resource = self._references.by_urn[urn]
        references = [self._references.one(resource, name, types.VPC) for name in _BOTH_ENDS]
        return all(reference.certain for reference in references)
