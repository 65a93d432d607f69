"""Route tables: their routes, inline, as resources of their own or propagated, and the subnets that use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.network.aws import types
from enclave_policies.network.aws.elements import Route, Table, open_table
from enclave_policies.network.aws.values import addresses, pieces, told
from enclave_policies.network.path import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.network.aws.prefixes import Prefixes
    from enclave_policies.network.aws.references import References
    from enclave_policies.network.networks import AddressSet
    from enclave_policies.resources.resource import Resource

KIND_OF_TYPE: Final = {
    types.INTERNET_GATEWAY: "internet gateway",
    types.VPN_GATEWAY: "vpn gateway",
    types.ENDPOINT: "appliance",
    types.EGRESS_ONLY: "egress-only gateway",
    types.CARRIER: "internet gateway",
    types.NAT: "nat gateway",
    types.TRANSIT: "transit gateway",
    types.PEERING: "peering",
    types.PEERING_ACCEPTER: "peering",
    types.INTERFACE: "appliance",
    types.INSTANCE: "appliance",
}
_TARGETS: Final = {
    "gatewayId": ((types.INTERNET_GATEWAY, types.VPN_GATEWAY, types.CARRIER, types.ENDPOINT), "internet gateway"),
    "natGatewayId": ((types.NAT,), "nat gateway"),
    "egressOnlyGatewayId": ((types.EGRESS_ONLY,), "egress-only gateway"),
    "transitGatewayId": ((types.TRANSIT,), "transit gateway"),
    "vpcPeeringConnectionId": ((types.PEERING, types.PEERING_ACCEPTER), "peering"),
    "networkInterfaceId": ((types.INTERFACE, types.INSTANCE, types.ENDPOINT), "appliance"),
    "instanceId": ((types.INSTANCE,), "appliance"),
    "vpcEndpointId": ((types.ENDPOINT,), "appliance"),
    "carrierGatewayId": ((types.CARRIER,), "internet gateway"),
    "localGatewayId": ((), "other gateway"),
    "coreNetworkArn": ((), "other gateway"),
    "odbNetworkArn": ((), "other gateway"),
}
"""What a route may lead to: the types of resource, and the kind that an id outside this stack has."""
_DESTINATIONS: Final = ("cidrBlock", "destinationCidrBlock", "ipv6CidrBlock", "destinationIpv6CidrBlock")
_PREFIXES: Final = "destinationPrefixListId"


class Tables:
    """The route tables of a stack by key, the main one of each VPC, and those that a subnet may use."""

    def __init__(self, references: References, prefixes: Prefixes) -> None:
        self._references = references
        self._prefixes = prefixes
        every = references.all(types.VPN_ROUTE)
        self._of_any_vpn = [one for one in every if not references.one(one, "vpnConnectionId", (types.VPN,)).certain]
        self.by_key: dict[str, Table] = {}
        self.default_of: dict[str, Table] = {}
        self.main_of: dict[str, list[Table]] = {}
        self.certain: dict[str, list[Table]] = {}
        self.possible: dict[str, list[Table]] = {}
        self.anywhere: list[Table] = []
        for resource in references.all(types.TABLE, types.DEFAULT_TABLE):
            self._add(resource)
        for vpc in references.all(*types.VPC):
            if vpc.urn not in self.default_of:
                table = Table(f"main of {vpc.name} (made by AWS)", vpc.urn)
                self.default_of[vpc.urn] = self.by_key[vpc.urn] = table
            self.main_of[vpc.urn] = [self.default_of[vpc.urn]]
        self._read_routes()
        for resource in references.all(types.MAIN_ASSOCIATION):
            self._main(resource)
        for resource in references.all(types.TABLE_ASSOCIATION):
            self._associate(resource)

    def _read_routes(self) -> None:
        references = self._references
        for resource in references.all(types.TABLE, types.DEFAULT_TABLE):
            self._inline(resource)
        for resource in references.all(types.ROUTE):
            for table, certain in self._owners(resource):
                table.routes += self._routes(resource, resource.props, None, table, certain)
        for resource in references.all(types.VPN_PROPAGATION):
            for table, _ in self._owners(resource):
                table.routes += self._propagated(resource, "vpnGatewayId", table)

    def of_subnet(self, subnet: str, vpc: str) -> list[Table]:
        """Return the tables, one of which is the subnet's (both by URN)."""
        known = self.certain.get(subnet)
        if known:
            return known
        loose = [table for table in self.anywhere if table.vpc in (None, vpc)]
        return [*self.main_of[vpc], *self.possible.get(subnet, ()), *loose]

    def _add(self, resource: Resource) -> None:
        name = "vpcId" if resource.type == types.TABLE else "defaultRouteTableId"
        vpc = self._references.one(resource, name, types.VPC).one
        table = Table(resource.name, vpc.urn if vpc is not None else None)
        self.by_key[resource.urn] = table
        if resource.type == types.DEFAULT_TABLE and vpc is not None:
            self.default_of[vpc.urn] = table

    def _table(self, resource: Resource) -> Table:
        return self.default_of.get(resource.urn) or self.by_key[resource.urn]

    def _owners(self, resource: Resource) -> list[tuple[Table, bool]]:
        reference = self._references.one(resource, "routeTableId", types.TABLES)
        if reference.lacking:
            return [(table, False) for table in self.by_key.values()]
        return [(self._table(found), reference.certain) for found in reference.found]

    def _inline(self, resource: Resource) -> None:
        table = self.by_key[resource.urn]
        blocks = told(resource, "routes")
        for block in blocks if isinstance(blocks, list | tuple) else [blocks]:
            if isinstance(block, dict):
                table.routes += self._routes(resource, block, "routes", table, True)
            elif block is not None:
                label = f"{UNDETERMINED}route table {table.name}: its routes are not known yet, so it may lead anywhere"
                table.routes.append(Route(None, "unknown", None, label, certain=False))
        table.routes += self._propagated(resource, "propagatingVgws", table)

    def _routes(
        self, resource: Resource, block: Mapping[str, Any], below: str | None, table: Table, certain: bool
    ) -> Iterator[Route]:
        for words, destination in self._destinations(resource, block, below):
            for kind, key, target, known in self._targets(resource, block, below):
                sure = certain and known and destination is not None
                doubt = "" if sure else UNDETERMINED
                label = f"{doubt}route table {table.name}: {words} to {target}"
                yield Route(destination, kind, key, label, certain=sure)

    def _destinations(
        self, resource: Resource, block: Mapping[str, Any], below: str | None
    ) -> Iterator[tuple[str, AddressSet | None]]:
        for name in _DESTINATIONS:
            value = block.get(name)
            if value is not None and value != "":
                found = addresses(value)
                yield ("a network that is not known yet" if found is None else str(value)), found
        for words, found, known in self._prefixes.meant(resource, below or _PREFIXES, block.get(_PREFIXES)):
            for destination in pieces(found) if known else [None]:
                yield words, destination

    def _targets(
        self, resource: Resource, block: Mapping[str, Any], below: str | None
    ) -> Iterator[tuple[str, str | None, str, bool]]:
        """Yield (kind, key, words, whether it is known)."""
        named = False
        for name, (accepted, kind) in _TARGETS.items():
            value = block.get(name)
            if value is None or value == "":
                continue
            named = True
            if value == "local":
                yield "local", None, "local", True
                continue
            reference = self._references.of(resource, below or name, value, accepted)
            for found in reference.found:
                yield KIND_OF_TYPE[found.type], found.urn, f"{KIND_OF_TYPE[found.type]} {found.name}", reference.certain
            for key in reference.foreign:
                kind_of_id = "vpn gateway" if key.startswith("vgw-") else kind
                yield kind_of_id, key, f"{kind_of_id} {key} (not of this stack)", True
            if reference.lacking:
                yield "unknown", None, f"a {kind} that is not known yet", False
        if not named:
            yield "unknown", None, "a target that is not known yet", False

    def _propagated(self, resource: Resource, name: str, table: Table) -> Iterator[Route]:
        reference = self._references.one(resource, name, (types.VPN_GATEWAY,))
        for gateway in reference.found:
            static = self._static_of(gateway)
            words = f"propagated from vpn gateway {gateway.name}"
            if static is not None:
                for destination in static:
                    label = f"route table {table.name}: {destination} {words}"
                    yield Route(destination, "vpn gateway", gateway.urn, label)
            else:
                label = f"{UNDETERMINED}route table {table.name}: whatever is {words}"
                yield Route(None, "vpn gateway", gateway.urn, label, certain=False)
        strangers = [*reference.foreign] or ([] if reference.certain or reference.found else ["not known yet"])
        for key in strangers:
            label = f"{UNDETERMINED}route table {table.name}: whatever is propagated from vpn gateway {key}"
            yield Route(None, "vpn gateway", key, label, certain=False)

    def _static_of(self, gateway: Resource) -> list[AddressSet] | None:
        """Return the networks that a VPN gateway can only propagate, None where its peers tell it others (BGP)."""
        static: dict[str, bool] = {}
        gateways, naming = (types.VPN_GATEWAY,), self._references.naming
        for vpn in naming(types.VPN, "vpnGatewayId", gateways).get(gateway.urn, ()):
            static[vpn.urn] = told(vpn, "staticRoutesOnly") is True
        direct = naming(types.DIRECT_CONNECT, "associatedGatewayId", gateways).get(gateway.urn)
        if not static or not all(static.values()) or direct:
            return None
        of_vpn = self._references.naming(types.VPN_ROUTE, "vpnConnectionId", (types.VPN,))
        routes = {route.urn: route for urn in static for route in of_vpn.get(urn, ())}
        routes |= {route.urn: route for route in self._of_any_vpn}
        found = [addresses(told(route, "destinationCidrBlock")) for route in routes.values()]
        known = [destination for destination in found if destination is not None]
        return known if len(known) == len(found) else None

    def _main(self, resource: Resource) -> None:
        vpc = self._references.one(resource, "vpcId", types.VPC)
        tables = [table for table, _ in self._owners(resource)] or [_unknown_table(resource)]
        homes = [one.urn for one in vpc.found] or ([] if vpc.certain else list(self.main_of))
        certain = vpc.certain and self._references.one(resource, "routeTableId", types.TABLES).certain
        for home in homes:
            self.main_of[home] = tables if certain else [*self.main_of[home], *tables]

    def _associate(self, resource: Resource) -> None:
        reference = self._references.one(resource, "subnetId", types.SUBNET)
        table = self._references.one(resource, "routeTableId", types.TABLES)
        tables = [self._table(found) for found in table.found] or [_unknown_table(resource)]
        for subnet in reference.found:
            (self.certain if reference.certain else self.possible).setdefault(subnet.urn, []).extend(tables)
        if reference.lacking:
            self.anywhere += tables


def _unknown_table(resource: Resource) -> Table:
    name = f"of {resource.name}"
    return open_table(name, f"{UNDETERMINED}route table {name}: it is not known yet, so it may lead anywhere")
