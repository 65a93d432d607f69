"""Transit gateways' attachments and route tables, as resources and their defaults make them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from enclave_policies.network.aws import types
from enclave_policies.network.aws.values import addresses, is_false, pieces, size, told
from enclave_policies.network.networks import AddressSet
from enclave_policies.network.path import UNDETERMINED
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from enclave_policies.network.aws.elements import Vpc
    from enclave_policies.network.aws.prefixes import Prefixes
    from enclave_policies.network.aws.references import Reference, References
    from enclave_policies.resources.resource import Resource

_NOT_KNOWN: Final = "that is not known yet"


@dataclass(frozen=True, eq=False, slots=True)
class Attachment:
    """What hangs on a transit gateway: a VPC of the stack, another transit gateway, or an outsider (both None).

    ``unknown``: it may be any VPC of the stack.
    """

    key: str
    name: str
    gateway: str
    vpc: Vpc | None = None
    other: str | None = None
    unknown: bool = False

    @property
    def is_inside(self) -> bool:
        """Whether it is a VPC of the stack."""
        return self.vpc is not None or self.unknown


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


class TransitTables:
    """What hangs on each transit gateway (by URN, or id outside the stack), and each table's routes.

    ``associated`` holds the tables that a packet is routed by which enters by (attachment, gateway).
    """

    def __init__(self, references: References, prefixes: Prefixes, vpcs: dict[str, Vpc]) -> None:
        self._references = references
        self._prefixes = prefixes
        self.attachments: dict[str, list[Attachment]] = defaultdict(list)
        self.names = {one.urn: one.name for one in references.all(types.TRANSIT)}
        self.associated: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.routes: dict[str, list[TransitRoute]] = defaultdict(list)
        self._default: dict[str, str] = {urn: urn for urn in self.names}
        for resource in references.all(types.TRANSIT_DEFAULT):
            table = references.one(resource, "transitGatewayRouteTableId", types.TRANSIT_TABLES).one
            gateway = references.one(resource, "transitGatewayId", (types.TRANSIT,)).one
            if table is not None and gateway is not None:
                self._default[gateway.urn] = table.urn
        somewhere = Attachment(_NOT_KNOWN, _NOT_KNOWN, _NOT_KNOWN, unknown=True)
        label = f"{UNDETERMINED}transit gateway route table {_NOT_KNOWN}: it may lead anywhere"
        self.routes[_NOT_KNOWN].append(TransitRoute(None, (somewhere,), label))
        self._attach(vpcs)
        self._by_key = {one.key: one for every in self.attachments.values() for one in every}
        self._associate()
        self._route()
        self.may_lead_anywhere = self._may_lead_anywhere()
        """Whether a packet may leave one of them to a VPC that is not known."""

    def _attach(self, vpcs: dict[str, Vpc]) -> None:
        references = self._references
        for resource in references.all(types.TRANSIT_VPC):
            home = references.one(resource, "vpcId", types.VPC)
            for gateway in self._gateways(references.one(resource, "transitGatewayId", (types.TRANSIT,))):
                every = self.attachments[gateway]
                every += [Attachment(resource.urn, resource.name, gateway, vpcs[one.urn]) for one in home.found]
                if not home.found:
                    every.append(Attachment(resource.urn, resource.name, gateway, unknown=not home.certain))
        for type_, name in (
            (types.VPN, "transitGatewayId"),
            (types.TRANSIT_CONNECT, "transitGatewayId"),
            (types.DIRECT_CONNECT, "associatedGatewayId"),
        ):
            for resource in references.all(type_):
                reference = references.one(resource, name, (types.TRANSIT,))
                if not reference.absent:
                    for gateway in self._gateways(reference):
                        self.attachments[gateway].append(Attachment(resource.urn, resource.name, gateway))
        self._attach_peerings()

    def _attach_peerings(self) -> None:
        for resource in self._references.all(types.TRANSIT_PEERING):
            ends = [
                self._gateways(self._references.one(resource, name, (types.TRANSIT,)))
                for name in ("transitGatewayId", "peerTransitGatewayId")
            ]
            for one in ends[0]:
                for other in ends[1]:
                    attachment = Attachment(resource.urn, resource.name, one, other=other)
                    self.attachments[one].append(attachment)
                    self.attachments[other].append(Attachment(resource.urn, resource.name, other, other=one))

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
                self.associated[attachment.key, gateway] = used
                learnt = list(propagated[attachment.key])
                if attachment.other is None and _by_default(own, made_by, "Propagation"):
                    learnt.append(self._default[gateway])
                for table in dict.fromkeys(learnt):
                    self._learn(gateway, table, attachment)
            if told(own, "autoAcceptSharedAttachments") in ("enable", UNKNOWN):
                stranger = Attachment(gateway, "any shared one", gateway)
                label = f"{UNDETERMINED}transit gateway {own.name} accepts any attachment that others share with it"
                self.routes[self._default[gateway]].append(TransitRoute(None, (stranger,), label))

    def _learn(self, gateway: str, table: str, attachment: Attachment) -> None:
        start = f"transit gateway {self.names[gateway]}"
        if attachment.vpc is not None:
            for block in pieces(attachment.vpc.addresses):
                words = f"{start}: {block} propagated to attachment {attachment.name}"
                self.routes[table].append(TransitRoute(block, (attachment,), words, static=False))
        else:
            words = f"{UNDETERMINED}{start}: whatever attachment {attachment.name} propagates"
            self.routes[table].append(TransitRoute(None, (attachment,), words))

    def _route(self) -> None:
        references = self._references
        for resource in references.all(types.TRANSIT_ROUTE, types.TRANSIT_PREFIXES):
            table = references.one(resource, "transitGatewayRouteTableId", types.TRANSIT_TABLES)
            tables = [self._table(found) for found in table.found]
            if not tables and not table.certain:
                tables = self._every_table()
            for destination in self._destinations(resource):
                for one in tables:
                    self.routes[one].append(self._static(resource, destination))

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
        unique = {one.urn: self._by_key[one.urn] for one in reference.found if one.urn in self._by_key}
        outsiders = [Attachment(key, key, key) for key in reference.foreign]
        if not unique and not outsiders:
            outsiders = [Attachment(resource.urn, "not known yet", "", unknown=True)]
        found = (*unique.values(), *outsiders)
        sure = destination is not None and reference.certain
        names = " or ".join(attachment.name for attachment in found)
        return TransitRoute(
            destination, found, f"{'' if sure else UNDETERMINED}{label} to attachment {names}", certain=sure
        )

    def _may_lead_anywhere(self) -> bool:
        if any(_NOT_KNOWN in tables for tables in self.associated.values()):
            return True
        routes = (route for table, every in self.routes.items() if table != _NOT_KNOWN for route in every)
        return any(one.unknown for route in routes for one in route.attachments)

    def _table(self, resource: Resource) -> str:
        return self._default.get(resource.urn, resource.urn)


def _by_default(gateway: Resource, attachment: Resource, what: str) -> bool:
    """Return whether an attachment is associated with the gateway's default table, or propagates to it, by itself."""
    on_gateway = told(gateway, f"defaultRouteTable{what}") != "disable"
    return on_gateway and not is_false(told(attachment, f"transitGatewayDefaultRouteTable{what}"))
