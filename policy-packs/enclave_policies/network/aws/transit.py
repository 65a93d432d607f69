"""Transit gateways: which attachment uses which of their route tables, and where a packet leaves them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from enclave_policies.network.aws import types
from enclave_policies.network.aws.references import UNDETERMINED
from enclave_policies.network.aws.values import addresses, is_false, pieces, size, told
from enclave_policies.network.networks import AddressSet
from enclave_policies.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.network.aws.elements import Vpc
    from enclave_policies.network.aws.prefixes import Prefixes
    from enclave_policies.network.aws.references import Reference, References
    from enclave_policies.resource import Resource

_OUTSIDE: Final = ("vpn", "direct connect", "connect", "vpc of others")
_NOT_KNOWN: Final = "that is not known yet"


@dataclass(frozen=True, eq=False, slots=True)
class Attachment:
    """What hangs on a transit gateway: a VPC of the stack, another transit gateway, or an outsider (both None)."""

    key: str
    name: str
    gateway: str
    kind: str
    vpc: Vpc | None = None
    other: str | None = None


class TransitRoute(NamedTuple):
    """A route of a transit gateway's table; no attachment means that it drops."""

    destination: AddressSet | None
    attachments: tuple[Attachment, ...]
    label: str
    static: bool = True
    certain: bool = True

    @property
    def rank(self) -> tuple[int, bool]:
        """How specific it is, the most specific first; a static route goes before a propagated one."""
        return (-1 if self.destination is None else size(self.destination), not self.static)


class Left(NamedTuple):
    """Addresses that a packet reaches through a transit gateway: in ``vpc``, outside if None, anywhere if not known."""

    addresses: AddressSet
    vpc: Vpc | None
    labels: tuple[str, ...]
    anywhere: bool = False


class Transit:
    """The transit gateways of a stack; a gateway that is not of the stack leads to whatever hangs on it."""

    def __init__(self, references: References, prefixes: Prefixes, vpcs: dict[str, Vpc]) -> None:
        self._references = references
        self._prefixes = prefixes
        self.attachments: dict[str, list[Attachment]] = defaultdict(list)
        self.names = {one.urn: one.name for one in references.all(types.TRANSIT)}
        self._associated: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._routes: dict[str, list[TransitRoute]] = defaultdict(list)
        self._default: dict[str, str] = {urn: urn for urn in self.names}
        for resource in references.all(types.TRANSIT_DEFAULT):
            table = references.one(resource, "transitGatewayRouteTableId", types.TRANSIT_TABLES).one
            gateway = references.one(resource, "transitGatewayId", (types.TRANSIT,)).one
            if table is not None and gateway is not None:
                self._default[gateway.urn] = table.urn
        somewhere = Attachment(_NOT_KNOWN, _NOT_KNOWN, _NOT_KNOWN, "vpc")
        label = f"{UNDETERMINED}transit gateway route table {_NOT_KNOWN}: it may lead anywhere"
        self._routes[_NOT_KNOWN].append(TransitRoute(None, (somewhere,), label, certain=False))
        self._attach(vpcs)
        self._associate()
        self._route()

    def forward(self, gateway: str, vpc: Vpc, wanted: AddressSet) -> Iterator[Left]:
        """Yield where packets of a VPC to some addresses leave a transit gateway."""
        if gateway not in self.names:
            yield from self._strange(gateway, vpc, wanted)
            return
        for attachment in self.attachments[gateway]:
            if attachment.kind == "vpc" and attachment.vpc in (vpc, None):
                yield from self._from(gateway, attachment, wanted, ())

    def into(self, vpc: Vpc) -> Iterator[tuple[str, str]]:
        """Yield (transit gateway, why) of each way by which outsiders' packets reach a VPC."""
        mine = [
            gateway
            for gateway, every in self.attachments.items()
            if any(one.kind == "vpc" and one.vpc in (vpc, None) for one in every)
        ]
        for gateway in mine:
            if gateway not in self.names:
                yield gateway, f"{UNDETERMINED}transit gateway {gateway} is not of this stack"
        for gateway in self.names:
            for one in self.attachments[gateway]:
                if one.vpc is not None or (one.kind == "peering" and one.other in self.names):
                    continue
                for left in self._from(gateway, one, vpc.addresses, ()):
                    if left.vpc is vpc or left.anywhere:
                        words = f"transit gateway attachment {one.name}: {', '.join(left.labels)}"
                        yield from ((own, words) for own in mine)

    def _strange(self, gateway: str, vpc: Vpc, wanted: AddressSet) -> Iterator[Left]:
        label = f"{UNDETERMINED}transit gateway {gateway} is not of this stack: it may lead anywhere"
        for attachment in self.attachments[gateway]:
            if attachment.vpc is not None and attachment.vpc is not vpc:
                yield Left(wanted.intersect(attachment.vpc.addresses), attachment.vpc, (label,))
        yield Left(wanted, None, (label,))

    def _from(self, gateway: str, source: Attachment, wanted: AddressSet, labels: tuple[str, ...]) -> Iterator[Left]:
        if len(labels) > len(self.names):  # a loop of transit gateways
            return
        for table in self._associated[source.key, gateway]:
            rest = wanted
            for _, equal in groupby(sorted(self._routes[table], key=attrgetter("rank")), attrgetter("rank")):
                taken = []
                for route in equal:
                    reached = wanted if route.destination is None else rest.intersect(route.destination)
                    for target in route.attachments if reached else ():
                        if target.key != source.key:
                            yield from self._out(target, gateway, reached, (*labels, route.label))
                    if route.destination is not None and route.certain:
                        taken.append(route.destination)
                rest = rest.minus(AddressSet().union(*taken))

    def _out(self, target: Attachment, gateway: str, piece: AddressSet, labels: tuple[str, ...]) -> Iterator[Left]:
        if target.kind == "peering":
            other = target.other if target.gateway == gateway else target.gateway
            if other in self.names:
                yield from self._from(other, target, piece, labels)
            else:
                yield Left(piece, None, labels)
        elif target.kind in _OUTSIDE:
            yield Left(piece, None, labels)
        elif target.vpc is None:
            yield Left(piece, None, (*labels, f"{UNDETERMINED}attachment {target.name}: its VPC is not known"), True)
        else:
            yield Left(piece.intersect(target.vpc.addresses), target.vpc, labels)

    def _attach(self, vpcs: dict[str, Vpc]) -> None:
        references = self._references
        for resource in references.all(types.TRANSIT_VPC):
            home = references.one(resource, "vpcId", types.VPC)
            for gateway in self._gateways(references.one(resource, "transitGatewayId", (types.TRANSIT,))):
                kind = "vpc" if home.found or not home.certain else "vpc of others"
                homes: list[Vpc | None] = [vpcs[one.urn] for one in home.found]
                for vpc in homes or [None]:
                    self.attachments[gateway].append(Attachment(resource.urn, resource.name, gateway, kind, vpc))
        for type_, name, kind in (
            (types.VPN, "transitGatewayId", "vpn"),
            (types.TRANSIT_CONNECT, "transitGatewayId", "connect"),
            (types.DIRECT_CONNECT, "associatedGatewayId", "direct connect"),
        ):
            for resource in references.all(type_):
                reference = references.one(resource, name, (types.TRANSIT,))
                if not reference.absent:
                    for gateway in self._gateways(reference):
                        self.attachments[gateway].append(Attachment(resource.urn, resource.name, gateway, kind))
        self._attach_peerings()

    def _attach_peerings(self) -> None:
        for resource in self._references.all(types.TRANSIT_PEERING):
            ends = [
                self._gateways(self._references.one(resource, name, (types.TRANSIT,)))
                for name in ("transitGatewayId", "peerTransitGatewayId")
            ]
            for one in ends[0]:
                for other in ends[1]:
                    attachment = Attachment(resource.urn, resource.name, one, "peering", None, other)
                    self.attachments[one].append(attachment)
                    self.attachments[other].append(Attachment(resource.urn, resource.name, other, "peering", None, one))

    def _gateways(self, reference: Reference) -> list[str]:
        found = [*(one.urn for one in reference.found), *reference.foreign]
        return found or [_NOT_KNOWN]

    def _keys(self, attachment: Reference) -> list[str]:
        """Return the attachments that are meant: all there are where nobody knows which."""
        every = () if attachment.certain else (one.key for many in self.attachments.values() for one in many)
        return [one.urn for one in attachment.found] or list(dict.fromkeys(every))

    def _every_table(self) -> list[str]:
        return [*(one.urn for one in self._references.all(types.TRANSIT_TABLE)), *self._default.values()]

    def _assigned(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """Return the tables that resources associate with each attachment, and those that it propagates to."""
        references = self._references
        explicit: dict[str, list[str]] = defaultdict(list)
        for resource in references.all(types.TRANSIT_ASSOCIATION):
            table = references.one(resource, "transitGatewayRouteTableId", types.TRANSIT_TABLES)
            attachment = references.one(resource, "transitGatewayAttachmentId", types.TRANSIT_ATTACHMENTS)
            for key in self._keys(attachment):
                explicit[key] += [self._table(found) for found in table.found] or [_NOT_KNOWN]
        propagated: dict[str, list[str]] = defaultdict(list)
        for resource in references.all(types.TRANSIT_PROPAGATION):
            table = references.one(resource, "transitGatewayRouteTableId", types.TRANSIT_TABLES)
            attachment = references.one(resource, "transitGatewayAttachmentId", types.TRANSIT_ATTACHMENTS)
            for key in self._keys(attachment):
                tables = [self._table(found) for found in table.found]
                propagated[key] += tables or ([] if table.certain else self._every_table())
        return explicit, propagated

    def _associate(self) -> None:
        explicit, propagated = self._assigned()
        for gateway in self.names:
            own = self._references.by_urn[gateway]
            for attachment in self.attachments[gateway]:
                made_by = self._references.by_urn[attachment.key]
                used = explicit[attachment.key]
                if _by_default(own, made_by, "Association") and not used:
                    used = [self._default[gateway]]
                self._associated[attachment.key, gateway] = used
                learnt = list(propagated[attachment.key])
                if attachment.kind != "peering" and _by_default(own, made_by, "Propagation"):
                    learnt.append(self._default[gateway])
                for table in dict.fromkeys(learnt):
                    self._learn(gateway, table, attachment)
            if told(own, "autoAcceptSharedAttachments") in ("enable", UNKNOWN):
                stranger = Attachment(gateway, "any shared one", gateway, "connect")
                label = f"{UNDETERMINED}transit gateway {own.name} accepts any attachment that others share with it"
                self._routes[self._default[gateway]].append(TransitRoute(None, (stranger,), label, certain=False))

    def _learn(self, gateway: str, table: str, attachment: Attachment) -> None:
        start = f"transit gateway {self.names[gateway]}"
        if attachment.vpc is not None:
            for block in pieces(attachment.vpc.addresses):
                words = f"{start}: {block} propagated to attachment {attachment.name}"
                self._routes[table].append(TransitRoute(block, (attachment,), words, static=False))
        else:
            words = f"{UNDETERMINED}{start}: whatever attachment {attachment.name} propagates"
            self._routes[table].append(TransitRoute(None, (attachment,), words, certain=False))

    def _route(self) -> None:
        references = self._references
        for resource in references.all(types.TRANSIT_ROUTE, types.TRANSIT_PREFIXES):
            table = references.one(resource, "transitGatewayRouteTableId", types.TRANSIT_TABLES)
            tables = [self._table(found) for found in table.found]
            if not tables and not table.certain:
                tables = self._every_table()
            for destination in self._destinations(resource):
                for one in tables:
                    self._routes[one].append(self._static(resource, destination))

    def _destinations(self, resource: Resource) -> list[AddressSet | None]:
        if resource.type == types.TRANSIT_ROUTE:
            return [addresses(told(resource, "destinationCidrBlock"))]
        name = "prefixListId"
        found = self._prefixes.meant(resource, name, told(resource, name))
        return [piece for _, each, known in found for piece in (pieces(each) if known else [None])]

    def _static(self, resource: Resource, destination: AddressSet | None) -> TransitRoute:
        words = "a network that is not known yet" if destination is None else str(destination)
        label = f"transit gateway route {resource.name}: {words}"
        if told(resource, "blackhole") is True:
            return TransitRoute(AddressSet() if destination is None else destination, (), f"{label} dropped")
        reference = self._references.one(resource, "transitGatewayAttachmentId", types.TRANSIT_ATTACHMENTS)
        known = [a for every in self.attachments.values() for a in every if a.key in {r.urn for r in reference.found}]
        unique = {attachment.key: attachment for attachment in known}
        outsiders = [Attachment(key, key, key, "connect") for key in reference.foreign]
        if not unique and not outsiders:
            outsiders = [Attachment(resource.urn, "not known yet", "", "vpc")]
        found = (*unique.values(), *outsiders)
        sure = destination is not None and reference.certain
        names = " or ".join(attachment.name for attachment in found)
        return TransitRoute(
            destination, found, f"{'' if sure else UNDETERMINED}{label} to attachment {names}", certain=sure
        )

    def _table(self, resource: Resource) -> str:
        return self._default.get(resource.urn, resource.urn)


def _by_default(gateway: Resource, attachment: Resource, what: str) -> bool:
    """Return whether an attachment is associated with the gateway's default table, or propagates to it, by itself."""
    on_gateway = told(gateway, f"defaultRouteTable{what}") != "disable"
    return on_gateway and not is_false(told(attachment, f"transitGatewayDefaultRouteTable{what}"))
