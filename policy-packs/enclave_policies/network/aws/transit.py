"""Transit gateways: where a packet leaves them."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from enclave_policies.network.indexed import Indexed
from enclave_policies.network.networks import ANYWHERE, NOWHERE
from enclave_policies.network.path import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.network.aws.elements import Vpc
    from enclave_policies.network.aws.transit_tables import Attachment, TransitRoute, TransitTables
    from enclave_policies.network.networks import AddressSet


class Left(NamedTuple):
    """Addresses that a packet reaches through a transit gateway: in ``vpc``, outside if None, anywhere if not known."""

    addresses: AddressSet
    vpc: Vpc | None
    labels: tuple[str, ...]
    anywhere: bool = False


class Transit:
    """The transit gateways of a stack; a gateway that is not of the stack leads to whatever hangs on it."""

    def __init__(self, tables: TransitTables) -> None:
        self._tables = tables
        self._ranked: dict[str, Indexed[TransitRoute]] = {}
        self._hung: dict[str, frozenset[Vpc | None]] = {}
        self._of_vpc: dict[Vpc | None, dict[str, None]] = defaultdict(dict)
        for gateway, every in tables.attachments.items():
            for one in every:
                if one.is_inside:
                    self._of_vpc[one.vpc][gateway] = None

    def forward(self, gateway: str, vpc: Vpc, wanted: AddressSet) -> Iterator[Left]:
        """Yield where packets of a VPC to some addresses leave a transit gateway."""
        if gateway not in self._tables.names:
            yield from self._strange(gateway, vpc, wanted)
            return
        for attachment in self._tables.attachments[gateway]:
            if attachment.is_inside and attachment.vpc in (vpc, None):
                yield from self._from(gateway, attachment, wanted, ())

    def hung_on(self, gateway: str) -> frozenset[Vpc | None]:
        """Return the VPCs that hang on a transit gateway, or on one that it is joined to; None for one not known."""
        if gateway not in self._hung:
            near, waiting = {gateway}, [gateway]
            found: set[Vpc | None] = {None} if self._tables.may_lead_anywhere else set()
            while waiting:
                for one in self._tables.attachments.get(waiting.pop(), ()):
                    if one.is_inside:
                        found.add(one.vpc)
                    elif one.other is not None and one.other not in near:
                        near.add(one.other)
                        waiting.append(one.other)
            self._hung.update(dict.fromkeys(near, frozenset(found)))
        return self._hung[gateway]

    def destinations(self) -> Iterator[AddressSet]:
        """Yield where the routes of transit gateways lead."""
        for routes in self._tables.routes.values():
            yield from (route.destination for route in routes if route.destination is not None)

    def into(self, vpc: Vpc) -> Iterator[tuple[str, str]]:
        """Yield (transit gateway, why) of each way by which outsiders' packets reach a VPC."""
        mine = [*self._of_vpc.get(vpc, ()), *self._of_vpc.get(None, ())]
        for gateway in mine:
            if gateway not in self._tables.names:
                yield gateway, f"{UNDETERMINED}transit gateway {gateway} is not of this stack"
        for gateway in self._tables.names:
            if not self.hung_on(gateway) & {vpc, None}:
                continue  # nothing that hangs on it, or on those it is joined to, is of this VPC
            for one in self._tables.attachments[gateway]:
                if one.vpc is not None or one.other in self._tables.names:
                    continue
                for left in self._from(gateway, one, vpc.addresses, ()):
                    if left.vpc is vpc or left.anywhere:
                        words = f"transit gateway attachment {one.name}: {', '.join(left.labels)}"
                        yield from ((own, words) for own in mine)

    def _strange(self, gateway: str, vpc: Vpc, wanted: AddressSet) -> Iterator[Left]:
        label = f"{UNDETERMINED}transit gateway {gateway} is not of this stack: it may lead anywhere"
        for attachment in self._tables.attachments[gateway]:
            if attachment.vpc is not None and attachment.vpc is not vpc:
                yield Left(wanted.intersect(attachment.vpc.addresses), attachment.vpc, (label,))
        yield Left(wanted, None, (label,))

    def _from(self, gateway: str, source: Attachment, wanted: AddressSet, labels: tuple[str, ...]) -> Iterator[Left]:
        if len(labels) > len(self._tables.names):  # a loop of transit gateways
            return
        for table in self._tables.associated[source.key, gateway]:
            rest, routes = wanted, self._routes(table)
            for _, equal in groupby(routes.at(routes.meeting(wanted)), attrgetter("rank")):
                taken = []
                for route in equal:
                    reached = wanted if route.destination is None else rest.intersect(route.destination)
                    for target in route.attachments if reached else ():
                        if target.key != source.key:
                            yield from self._out(target, gateway, reached, (*labels, route.label))
                    if route.destination is not None and route.certain:
                        taken.append(route.destination)
                rest = rest.minus(NOWHERE.union(*taken))

    def _routes(self, table: str) -> Indexed[TransitRoute]:
        """Return the routes of a table, the most specific first."""
        if table not in self._ranked:
            routes = sorted(self._tables.routes[table], key=attrgetter("rank"))
            self._ranked[table] = Indexed(
                routes, lambda route: ANYWHERE if route.destination is None else route.destination
            )
        return self._ranked[table]

    def _out(self, target: Attachment, gateway: str, piece: AddressSet, labels: tuple[str, ...]) -> Iterator[Left]:
        if target.other is not None:
            other = target.other if target.gateway == gateway else target.gateway
            if other in self._tables.names:
                yield from self._from(other, target, piece, labels)
            else:
                yield Left(piece, None, labels)
        elif target.vpc is not None:
            yield Left(piece.intersect(target.vpc.addresses), target.vpc, labels)
        elif target.unknown:
            yield Left(piece, None, (*labels, f"{UNDETERMINED}attachment {target.name}: its VPC is not known"), True)
        else:
            yield Left(piece, None, labels)
