"""Route tables and what they are associated with."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws_plugin.answers import at
from sandbox.aws_plugin.import_id import ImportId
from sandbox.aws_plugin.inputs import COMPUTED_SET, PLAIN, REPLACE
from sandbox.aws_plugin.resource_type import Call, Read, ResourceType, Scope, Update
from sandbox.aws_plugin.tables.ec2_common import (
    TAGGED_WHEN_CREATED,
    arn,
    tag_specifications,
    write_tags,
)

# The property of a route → AWS's parameter.
_DESTINATIONS: Final = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
_TARGETS: Final = {
    "carrierGatewayId": "CarrierGatewayId",
    "coreNetworkArn": "CoreNetworkArn",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "gatewayId": "GatewayId",
    "localGatewayId": "LocalGatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}
_NAMES: Final = {**_DESTINATIONS, **_TARGETS}


def _is_declared(route: Mapping[str, Any]) -> bool:
    """Whether a program made the route: not AWS's local one, nor one that a gateway endpoint brought."""
    gateway = route.get("GatewayId", "")
    brought = gateway.startswith("vpce-") and route.get("DestinationPrefixListId")
    return gateway != "local" and not brought and route.get("Origin") != "EnableVgwRoutePropagation"


def _routes(item: Mapping[str, Any], _scope: Scope) -> list[dict[str, Any]]:
    return [
        {name: route[parameter] for name, parameter in _NAMES.items() if route.get(parameter)}
        for route in item["Routes"]
        if _is_declared(route)
    ]


def _sync_routes(scope: Scope) -> None:
    """Make the table's routes the wanted ones."""
    table = scope.call("describe_route_tables", RouteTableIds=[scope.id])["RouteTables"][0]
    live = {_destination(route): route for route in _routes(table, scope)}
    wanted = {_destination(route): _filled(route) for route in scope.inputs.get("routes") or ()}
    for destination in live.keys() - wanted.keys():
        scope.call("delete_route", RouteTableId=scope.id, **dict([destination]))
    for destination, route in wanted.items():
        if live.get(destination) != route:
            operation = "replace_route" if destination in live else "create_route"
            parameters = {_NAMES[name]: value for name, value in route.items()}
            scope.call(operation, RouteTableId=scope.id, **parameters)


def _filled(route: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in route.items() if value}


def _destination(route: Mapping[str, Any]) -> tuple[str, str]:
    return next((_DESTINATIONS[name], route[name]) for name in _DESTINATIONS if route.get(name))


_READ: Final = Read(
    Call("describe_route_tables", {"RouteTableIds": ["$id"]}),
    "RouteTables[0]",
    ("InvalidRouteTableID.NotFound",),
)

ROUTE_TABLE: Final = ResourceType(
    "aws:ec2/routeTable:RouteTable",
    "ec2",
    inputs={"vpcId": REPLACE, "routes": COMPUTED_SET},
    create=Call("create_route_table", {"VpcId": "$vpcId", "TagSpecifications": tag_specifications("route-table")}),
    identity="RouteTable.RouteTableId",
    read=_READ,
    updates=(Update(("routes",), _sync_routes),),
    delete=Call("delete_route_table", {"RouteTableId": "$id"}),
    outputs={"arn": arn("route-table"), "routes": _routes, "propagatingVgws": lambda *_: []},
    tagging=TAGGED_WHEN_CREATED,
)


def _adopt(scope: Scope) -> None:
    """Take over the VPC's own table: every route but the local one is removed."""
    scope = scope.with_id(scope.inputs["defaultRouteTableId"])
    _sync_routes(scope)
    if tags := scope.inputs.get("tagsAll"):
        write_tags(scope, tags)


DEFAULT_ROUTE_TABLE: Final = ResourceType(
    "aws:ec2/defaultRouteTable:DefaultRouteTable",
    "ec2",
    inputs={"defaultRouteTableId": REPLACE, "routes": COMPUTED_SET},
    create=_adopt,
    identity="$defaultRouteTableId",
    read=_READ,
    updates=(Update(("routes",), _sync_routes, at_create=False),),
    delete=None,  # the VPC's own: it goes with the VPC
    outputs={
        "defaultRouteTableId": "RouteTableId",
        "arn": arn("route-table"),
        "routes": _routes,
        "propagatingVgws": lambda *_: [],
    },
    tagging=TAGGED_WHEN_CREATED,
    # Imported by the VPC, as with the official plugin.
    imports=lambda vpc, scope: {
        "id": at(
            scope.call(
                "describe_route_tables",
                Filters=[
                    {"Name": "vpc-id", "Values": [vpc]},
                    {"Name": "association.main", "Values": ["true"]},
                ],
            ),
            "RouteTables[0].RouteTableId",
        )
    },
)


def _find_association(scope: Scope) -> Any:
    """The association, by its id or, as AWS gives it a new id with every other table, by its subnet."""
    by_id = {"Name": "association.route-table-association-id", "Values": [scope.id]}
    by_subnet = {"Name": "association.subnet-id", "Values": [scope.state.get("subnetId")]}
    for search in (by_id, by_subnet):
        if search["Values"] == [None] or search["Values"] == [""]:
            continue
        for table in scope.call("describe_route_tables", Filters=[search])["RouteTables"]:
            for association in table["Associations"]:
                if scope.id == association["RouteTableAssociationId"] or (
                    search is by_subnet and association.get("SubnetId") == scope.state["subnetId"]
                ):
                    return association
    return None


def _replace_association(scope: Scope) -> None:
    association = _find_association(scope)
    if association:
        scope.call(
            "replace_route_table_association",
            AssociationId=association["RouteTableAssociationId"],
            RouteTableId=scope.inputs["routeTableId"],
        )


def _disassociate(scope: Scope) -> None:
    if association := _find_association(scope):
        scope.call("disassociate_route_table", AssociationId=association["RouteTableAssociationId"])


def _import_association(identity: str, scope: Scope) -> Mapping[str, Any]:
    subnet = scope.get("subnetId")
    found = scope.call("describe_route_tables", Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])
    associations = [a for table in found["RouteTables"] for a in table["Associations"]]
    match = next((a["RouteTableAssociationId"] for a in associations if a.get("SubnetId") == subnet), identity)
    return {"id": match}


ROUTE_TABLE_ASSOCIATION: Final = ResourceType(
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "ec2",
    inputs={"subnetId": REPLACE, "routeTableId": PLAIN},
    create=Call("associate_route_table", {"SubnetId": "$subnetId", "RouteTableId": "$routeTableId"}),
    identity="AssociationId",
    read=Read(_find_association, gone=("InvalidAssociationID.NotFound",)),
    updates=(Update(("routeTableId",), _replace_association, at_create=False),),
    delete=_disassociate,
    import_id=ImportId("/", ("subnetId", "routeTableId")),
    imports=_import_association,
)

RESOURCE_TYPES: Final = (ROUTE_TABLE, DEFAULT_ROUTE_TABLE, ROUTE_TABLE_ASSOCIATION)
