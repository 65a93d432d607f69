"""Transit gateways: their attachments to VPCs, their route tables, and what these hold."""

from typing import Any, Final

from sandbox.aws_plugin.import_id import ImportId
from sandbox.aws_plugin.inputs import PLAIN, REPLACE, SET, Input, default
from sandbox.aws_plugin.resource_type import Call, Output, Read, ResourceType, Scope, Update
from sandbox.aws_plugin.tables.ec2_common import TAGGED_LATER, TAGGED_WHEN_CREATED, present, tag_specifications

# The property of a transit gateway → its option in AWS, and what AWS takes when the program says nothing.
_SWITCHES: Final = {
    "autoAcceptSharedAttachments": ("AutoAcceptSharedAttachments", "disable"),
    "defaultRouteTableAssociation": ("DefaultRouteTableAssociation", "enable"),
    "defaultRouteTablePropagation": ("DefaultRouteTablePropagation", "enable"),
    "dnsSupport": ("DnsSupport", "enable"),
    "vpnEcmpSupport": ("VpnEcmpSupport", "enable"),
}


def _options(*more: str) -> Any:
    """A parameter with every switch, and whatever else can be said."""
    names = {**{name: option for name, (option, _) in _SWITCHES.items()}, **{n: n[:1].upper() + n[1:] for n in more}}
    return lambda scope: {
        option: scope.inputs[name] for name, option in names.items() if scope.inputs.get(name) is not None
    }


def _change_blocks(scope: Scope) -> None:
    wanted = set(scope.inputs.get("transitGatewayCidrBlocks") or ())
    known = set(scope.state.get("transitGatewayCidrBlocks") or ())
    options = {
        "AddTransitGatewayCidrBlocks": sorted(wanted - known),
        "RemoveTransitGatewayCidrBlocks": sorted(known - wanted),
    }
    scope.call("modify_transit_gateway", TransitGatewayId=scope.id, Options=options)


def _option(name: str) -> Output:
    return f"Options.{name}"


TRANSIT_GATEWAY: Final = ResourceType(
    "aws:ec2transitgateway/transitGateway:TransitGateway",
    "ec2",
    inputs={
        "description": PLAIN,
        "amazonSideAsn": default(64512, replace=True),
        "transitGatewayCidrBlocks": SET,
        **{name: default(value) for name, (_, value) in _SWITCHES.items()},
    },
    create=Call(
        "create_transit_gateway",
        {
            "Description": "$description",
            "Options": _options("amazonSideAsn", "transitGatewayCidrBlocks"),
            "TagSpecifications": tag_specifications("transit-gateway"),
        },
    ),
    identity="TransitGateway.TransitGatewayId",
    read=Read(
        present("describe_transit_gateways", "TransitGatewayIds", "TransitGateways"),
        gone=("InvalidTransitGatewayID.NotFound",),
    ),
    updates=(
        Update(
            ("description",),
            Call("modify_transit_gateway", {"TransitGatewayId": "$id", "Description": "$description"}),
            at_create=False,
        ),
        Update(
            tuple(_SWITCHES),
            Call("modify_transit_gateway", {"TransitGatewayId": "$id", "Options": _options()}),
            at_create=False,
        ),
        Update(("transitGatewayCidrBlocks",), _change_blocks, at_create=False),
    ),
    delete=Call("delete_transit_gateway", {"TransitGatewayId": "$id"}),
    outputs={
        "arn": "TransitGatewayArn",
        "amazonSideAsn": _option("AmazonSideAsn"),
        "transitGatewayCidrBlocks": _option("TransitGatewayCidrBlocks"),
        "associationDefaultRouteTableId": _option("AssociationDefaultRouteTableId"),
        "propagationDefaultRouteTableId": _option("PropagationDefaultRouteTableId"),
        "multicastSupport": _option("MulticastSupport"),
        **{name: _option(option) for name, (option, _) in _SWITCHES.items()},
    },
    tagging=TAGGED_WHEN_CREATED,
)


def _change_subnets(scope: Scope) -> None:
    wanted, known = set(scope.inputs.get("subnetIds") or ()), set(scope.state.get("subnetIds") or ())
    scope.call(
        "modify_transit_gateway_vpc_attachment",
        TransitGatewayAttachmentId=scope.id,
        AddSubnetIds=sorted(wanted - known) or None,
        RemoveSubnetIds=sorted(known - wanted) or None,
    )


_SUPPORT: Final = {"DnsSupport": "$dnsSupport"}

VPC_ATTACHMENT: Final = ResourceType(
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
    "ec2",
    inputs={
        "transitGatewayId": REPLACE,
        "vpcId": REPLACE,
        "subnetIds": SET,
        "dnsSupport": default("enable"),
        # With the transit gateway's own default disabled, AWS does what False asks for by itself.
        "transitGatewayDefaultRouteTableAssociation": Input(replace=True, kept=True),
        "transitGatewayDefaultRouteTablePropagation": Input(replace=True, kept=True),
    },
    create=Call(
        "create_transit_gateway_vpc_attachment",
        {
            "TransitGatewayId": "$transitGatewayId",
            "VpcId": "$vpcId",
            "SubnetIds": "$subnetIds",
            "Options": _SUPPORT,
        },
    ),
    identity="TransitGatewayVpcAttachment.TransitGatewayAttachmentId",
    read=Read(
        present(
            "describe_transit_gateway_vpc_attachments", "TransitGatewayAttachmentIds", "TransitGatewayVpcAttachments"
        ),
        gone=("InvalidTransitGatewayAttachmentID.NotFound",),
    ),
    updates=(
        Update(("subnetIds",), _change_subnets, at_create=False),
        Update(
            ("dnsSupport",),
            Call(
                "modify_transit_gateway_vpc_attachment",
                {"TransitGatewayAttachmentId": "$id", "Options": _SUPPORT},
            ),
            at_create=False,
        ),
    ),
    delete=Call("delete_transit_gateway_vpc_attachment", {"TransitGatewayAttachmentId": "$id"}),
    outputs={
        "arn": lambda _item, scope: f"arn:aws:ec2:{scope.region}:{scope.account}:transit-gateway-attachment/{scope.id}",
        "dnsSupport": _option("DnsSupport"),
        "ipv6Support": _option("Ipv6Support"),
        "applianceModeSupport": _option("ApplianceModeSupport"),
    },
    tagging=TAGGED_LATER,  # moto loses the tags of a creation
)

ROUTE_TABLE: Final = ResourceType(
    "aws:ec2transitgateway/routeTable:RouteTable",
    "ec2",
    inputs={"transitGatewayId": REPLACE},
    create=Call(
        "create_transit_gateway_route_table",
        {
            "TransitGatewayId": "$transitGatewayId",
            "TagSpecifications": tag_specifications("transit-gateway-route-table"),
        },
    ),
    identity="TransitGatewayRouteTable.TransitGatewayRouteTableId",
    read=Read(
        present("describe_transit_gateway_route_tables", "TransitGatewayRouteTableIds", "TransitGatewayRouteTables"),
        gone=("InvalidRouteTableID.NotFound",),
    ),
    delete=Call("delete_transit_gateway_route_table", {"TransitGatewayRouteTableId": "$id"}),
    outputs={
        "arn": lambda _item, scope: (
            f"arn:aws:ec2:{scope.region}:{scope.account}:transit-gateway-route-table/{scope.id}"
        ),
    },
    tagging=TAGGED_WHEN_CREATED,
)

_PAIR: Final = {
    "TransitGatewayAttachmentId": "$transitGatewayAttachmentId",
    "TransitGatewayRouteTableId": "$transitGatewayRouteTableId",
}


def _find_association(scope: Scope) -> Any:
    table, attachment = scope.get("transitGatewayRouteTableId"), scope.get("transitGatewayAttachmentId")
    found = scope.call("get_transit_gateway_route_table_associations", TransitGatewayRouteTableId=table)
    return next((one for one in found["Associations"] if one["TransitGatewayAttachmentId"] == attachment), None)


ROUTE_TABLE_ASSOCIATION: Final = ResourceType(
    "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation",
    "ec2",
    inputs={
        "transitGatewayAttachmentId": REPLACE,
        "transitGatewayRouteTableId": REPLACE,
        "replaceExistingAssociation": default(False, kept=True),
    },
    create=Call("associate_transit_gateway_route_table", _PAIR),
    identity=lambda _answer, scope: (
        f"{scope.inputs['transitGatewayRouteTableId']}_{scope.inputs['transitGatewayAttachmentId']}"
    ),
    read=Read(_find_association, gone=("InvalidRouteTableID.NotFound",)),
    delete=Call("disassociate_transit_gateway_route_table", _PAIR),
    outputs={"transitGatewayRouteTableId": lambda _item, scope: scope.get("transitGatewayRouteTableId")},
    import_id=ImportId("_", ("transitGatewayRouteTableId", "transitGatewayAttachmentId")),
)


def _find_route(scope: Scope) -> Any:
    table, destination = scope.get("transitGatewayRouteTableId"), scope.get("destinationCidrBlock")
    found = scope.call(
        "search_transit_gateway_routes",
        TransitGatewayRouteTableId=table,
        Filters=[{"Name": "type", "Values": ["static"]}, {"Name": "route-search.exact-match", "Values": [destination]}],
    )
    return next((route for route in found["Routes"] if route["State"] in ("active", "blackhole")), None)


ROUTE: Final = ResourceType(
    "aws:ec2transitgateway/route:Route",
    "ec2",
    inputs={
        "destinationCidrBlock": REPLACE,
        "transitGatewayAttachmentId": Input(replace=True, kept=True),  # moto tells no attachments of a route
        "transitGatewayRouteTableId": REPLACE,
        "blackhole": default(False, replace=True),
    },
    create=Call(
        "create_transit_gateway_route",
        {"DestinationCidrBlock": "$destinationCidrBlock", "Blackhole": "$blackhole", **_PAIR},
    ),
    identity=lambda _answer, scope: (
        f"{scope.inputs['transitGatewayRouteTableId']}_{scope.inputs['destinationCidrBlock']}"
    ),
    read=Read(_find_route, gone=("InvalidRouteTableID.NotFound",)),
    delete=Call(
        "delete_transit_gateway_route",
        {
            "DestinationCidrBlock": "$destinationCidrBlock",
            "TransitGatewayRouteTableId": "$transitGatewayRouteTableId",
        },
    ),
    outputs={
        "transitGatewayRouteTableId": lambda _item, scope: scope.get("transitGatewayRouteTableId"),
        "blackhole": lambda item, _scope: item["State"] == "blackhole",
    },
    import_id=ImportId("_", ("transitGatewayRouteTableId", "destinationCidrBlock")),
)

RESOURCE_TYPES: Final = (TRANSIT_GATEWAY, VPC_ATTACHMENT, ROUTE_TABLE, ROUTE_TABLE_ASSOCIATION, ROUTE)
