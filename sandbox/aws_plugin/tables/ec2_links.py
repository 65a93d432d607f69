"""What a site-to-site link is made of: customer gateways, VPN connections and routes to other networks."""

import zlib
from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws_plugin.import_id import ImportId
from sandbox.aws_plugin.inputs import REPLACE, Input
from sandbox.aws_plugin.resource_type import Call, Read, ResourceType, Scope, Update
from sandbox.aws_plugin.tables.ec2_common import TAGGED_WHEN_CREATED, present, tag_specifications


def _arn(kind: str) -> Any:
    return lambda _item, scope: f"arn:aws:ec2:{scope.region}:{scope.account}:{kind}/{scope.id}"


CUSTOMER_GATEWAY: Final = ResourceType(
    "aws:ec2/customerGateway:CustomerGateway",
    "ec2",
    inputs={"type": REPLACE, "ipAddress": REPLACE, "bgpAsn": REPLACE},
    create=Call(
        "create_customer_gateway",
        {
            "Type": "$type",
            "IpAddress": "$ipAddress",
            "BgpAsn": lambda scope: int(scope.inputs["bgpAsn"]),
            "TagSpecifications": tag_specifications("customer-gateway"),
        },
    ),
    identity="CustomerGateway.CustomerGatewayId",
    read=Read(
        present("describe_customer_gateways", "CustomerGatewayIds", "CustomerGateways"),
        gone=("InvalidCustomerGatewayID.NotFound",),
    ),
    delete=Call("delete_customer_gateway", {"CustomerGatewayId": "$id"}),
    outputs={"arn": _arn("customer-gateway")},
    tagging=TAGGED_WHEN_CREATED,
)

# moto keeps none of a connection's options, so they are remembered; it can't modify them either, and says so.
_FIXED: Final = Input(replace=True, kept=True)
_OPTIONS: Final = {
    "enableAcceleration": Input(replace=True, kept=True, default=False),
    "outsideIpAddressType": _FIXED,
    "staticRoutesOnly": Input(replace=True, kept=True, default=False),
    "transportTransitGatewayAttachmentId": _FIXED,
}
_MODIFIABLE: Final = {
    "localIpv4NetworkCidr": "LocalIpv4NetworkCidr",
    "remoteIpv4NetworkCidr": "RemoteIpv4NetworkCidr",
}
# The end of a tunnel's property → AWS's parameter, and how each value is written there.
_TUNNEL: Final = {
    "DpdTimeoutAction": ("DPDTimeoutAction", None),
    "DpdTimeoutSeconds": ("DPDTimeoutSeconds", None),
    "IkeVersions": ("IKEVersions", "Value"),
    "Phase1DhGroupNumbers": ("Phase1DHGroupNumbers", "Value"),
    "Phase1EncryptionAlgorithms": ("Phase1EncryptionAlgorithms", "Value"),
    "Phase1IntegrityAlgorithms": ("Phase1IntegrityAlgorithms", "Value"),
    "Phase1LifetimeSeconds": ("Phase1LifetimeSeconds", None),
    "Phase2DhGroupNumbers": ("Phase2DHGroupNumbers", "Value"),
    "Phase2EncryptionAlgorithms": ("Phase2EncryptionAlgorithms", "Value"),
    "Phase2IntegrityAlgorithms": ("Phase2IntegrityAlgorithms", "Value"),
    "Phase2LifetimeSeconds": ("Phase2LifetimeSeconds", None),
}
_LISTS: Final = frozenset(name for name, (_, inner) in _TUNNEL.items() if inner)
_TUNNEL_INPUTS: Final = {
    f"tunnel{number}{name}": Input(kept=True, unordered=name in _LISTS)
    for number in (1, 2)
    for name in (*_TUNNEL, "LogOptions")
}


def _tunnel(scope: Scope, number: int) -> dict[str, Any]:
    """The parameters of one tunnel."""
    wanted: dict[str, Any] = {}
    for name, (parameter, inner) in _TUNNEL.items():
        value = scope.inputs.get(f"tunnel{number}{name}")
        if value is not None:
            wanted[parameter] = [{inner: item} for item in value] if inner else value
    log = (scope.inputs.get(f"tunnel{number}LogOptions") or {}).get("cloudwatchLogOptions")
    if log:
        fields = {"logEnabled": "LogEnabled", "logGroupArn": "LogGroupArn", "logOutputFormat": "LogOutputFormat"}
        told = {fields[name]: value for name, value in log.items() if name in fields}
        wanted["LogOptions"] = {"CloudWatchLogOptions": told}
    return wanted


def _options(scope: Scope) -> dict[str, Any]:
    """The options of a new connection."""
    given = {
        "EnableAcceleration": scope.inputs.get("enableAcceleration"),
        "StaticRoutesOnly": scope.inputs.get("staticRoutesOnly"),
        "OutsideIpAddressType": scope.inputs.get("outsideIpAddressType"),
        "TransportTransitGatewayAttachmentId": scope.inputs.get("transportTransitGatewayAttachmentId"),
        **{parameter: scope.inputs.get(name) for name, parameter in _MODIFIABLE.items()},
        "TunnelOptions": [_tunnel(scope, number) for number in (1, 2)],
    }
    return {name: value for name, value in given.items() if value is not None}


def _modify_tunnel(number: int) -> Update:
    """Bring a tunnel's options to what is wanted; AWS names a tunnel by its outer address."""

    def step(scope: Scope) -> None:
        scope.call(
            "modify_vpn_tunnel_options",
            VpnConnectionId=scope.id,
            VpnTunnelOutsideIpAddress=scope.state.get(f"tunnel{number}Address") or "",
            TunnelOptions=_tunnel(scope, number),
        )

    keys = tuple(name for name in _TUNNEL_INPUTS if name.startswith(f"tunnel{number}"))
    return Update(keys, step, at_create=False)


def _attachment(_item: Mapping[str, Any], scope: Scope) -> Any:
    """The transit gateway's attachment that a connection brings."""
    filters = [{"Name": "resource-id", "Values": [scope.id]}]
    found = scope.call("describe_transit_gateway_attachments", Filters=filters)["TransitGatewayAttachments"]
    return next((one["TransitGatewayAttachmentId"] for one in found), None)


VPN_CONNECTION: Final = ResourceType(
    "aws:ec2/vpnConnection:VpnConnection",
    "ec2",
    inputs={
        "type": REPLACE,
        "customerGatewayId": REPLACE,
        "transitGatewayId": REPLACE,
        **_OPTIONS,
        **dict.fromkeys(_MODIFIABLE, Input(kept=True)),
        "presharedKeyStorage": Input(replace=True, kept=True),
        **_TUNNEL_INPUTS,
    },
    create=Call(
        "create_vpn_connection",
        {
            "Type": "$type",
            "CustomerGatewayId": "$customerGatewayId",
            "TransitGatewayId": "$transitGatewayId",
            "PreSharedKeyStorage": "$presharedKeyStorage",
            "Options": _options,
            "TagSpecifications": tag_specifications("vpn-connection"),
        },
    ),
    identity="VpnConnection.VpnConnectionId",
    read=Read(
        present("describe_vpn_connections", "VpnConnectionIds", "VpnConnections"),
        gone=("InvalidVpnConnectionID.NotFound",),
    ),
    updates=(
        Update(
            tuple(_MODIFIABLE),
            Call(
                "modify_vpn_connection_options",
                {"VpnConnectionId": "$id", **{parameter: f"${name}" for name, parameter in _MODIFIABLE.items()}},
            ),
            at_create=False,
        ),
        _modify_tunnel(1),
        _modify_tunnel(2),
    ),
    delete=Call("delete_vpn_connection", {"VpnConnectionId": "$id"}),
    outputs={
        "arn": _arn("vpn-connection"),
        "transitGatewayAttachmentId": _attachment,
        # The configuration carries both tunnels' keys; where AWS keeps them elsewhere, it is left out here altogether.
        "customerGatewayConfiguration": lambda *_: None,
        "routes": lambda *_: [],
        "vgwTelemetries": lambda *_: [],
    },
    tagging=TAGGED_WHEN_CREATED,
)


def _route_identity(_answer: Mapping[str, Any], scope: Scope) -> str:
    """The id that the official plugin makes up: the table and a checksum of the destination."""
    destination = scope.get("destinationCidrBlock")
    return f"r-{scope.get('routeTableId')}{zlib.crc32(destination.encode())}"


def _find_route(scope: Scope) -> Any:
    table, destination = scope.get("routeTableId"), scope.get("destinationCidrBlock")
    tables = scope.call("describe_route_tables", RouteTableIds=[table])["RouteTables"]
    routes = [route for each in tables for route in each["Routes"]]
    return next((route for route in routes if route.get("DestinationCidrBlock") == destination), None)


_ROUTE: Final = {
    "RouteTableId": "$routeTableId",
    "DestinationCidrBlock": "$destinationCidrBlock",
}
_TARGET: Final = {"TransitGatewayId": "$transitGatewayId"}

ROUTE: Final = ResourceType(
    "aws:ec2/route:Route",
    "ec2",
    inputs={"routeTableId": REPLACE, "destinationCidrBlock": REPLACE, "transitGatewayId": Input()},
    create=Call("create_route", {**_ROUTE, **_TARGET}),
    identity=_route_identity,
    read=Read(_find_route, gone=("InvalidRouteTableID.NotFound",)),
    updates=(Update(("transitGatewayId",), Call("replace_route", {**_ROUTE, **_TARGET}), at_create=False),),
    delete=Call("delete_route", _ROUTE, accept=("InvalidRoute.NotFound",)),
    outputs={"routeTableId": lambda _item, scope: scope.get("routeTableId")},
    import_id=ImportId("_", ("routeTableId", "destinationCidrBlock")),
    imports=lambda _identity, scope: {"id": _route_identity({}, scope)},
)

RESOURCE_TYPES: Final = (CUSTOMER_GATEWAY, VPN_CONNECTION, ROUTE)
