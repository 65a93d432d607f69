"""Client VPNs, which moto has none of: what is declared can be checked and previewed here, and never be made."""

from typing import Final, NoReturn

from sandbox.aws_plugin.errors import PluginError
from sandbox.aws_plugin.inputs import COMPUTED, REPLACE, SET, Input, default
from sandbox.aws_plugin.resource_type import Read, ResourceType, Scope, Update
from sandbox.aws_plugin.tables.ec2_common import TAGGED_WHEN_CREATED

LACKING: Final = (
    "the sandbox's stand-in for AWS (moto) has no Client VPN; a stack with one can be previewed here, "
    "and to create it takes an account of AWS"
)


def _lacking(_scope: Scope) -> NoReturn:
    raise PluginError(LACKING)


_CHANGED: Final = {
    "clientConnectOptions": COMPUTED,
    "clientLoginBannerOptions": COMPUTED,
    "clientRouteEnforcementOptions": COMPUTED,
    "connectionLogOptions": COMPUTED,
    "description": Input(),
    "disconnectOnSessionTimeout": COMPUTED,
    "dnsServers": Input(),
    "securityGroupIds": SET,
    "selfServicePortal": default("disabled"),
    "serverCertificateArn": Input(),
    "sessionTimeoutHours": default(24),
    "splitTunnel": default(False),
    "vpcId": COMPUTED,
    "vpnPort": default(443),
}

ENDPOINT: Final = ResourceType(
    "aws:ec2clientvpn/endpoint:Endpoint",
    "ec2",
    inputs={
        **_CHANGED,
        "authenticationOptions": REPLACE,
        "clientCidrBlock": REPLACE,
        "transportProtocol": default("udp", replace=True),
    },
    create=_lacking,
    identity="ClientVpnEndpointId",
    read=Read(_lacking),
    delete=_lacking,
    updates=(Update(tuple(_CHANGED), _lacking, at_create=False),),
    tagging=TAGGED_WHEN_CREATED,
)
NETWORK_ASSOCIATION: Final = ResourceType(
    "aws:ec2clientvpn/networkAssociation:NetworkAssociation",
    "ec2",
    inputs={"clientVpnEndpointId": REPLACE, "subnetId": REPLACE},
    create=_lacking,
    identity="AssociationId",
    read=Read(_lacking),
    delete=_lacking,
)
AUTHORIZATION_RULE: Final = ResourceType(
    "aws:ec2clientvpn/authorizationRule:AuthorizationRule",
    "ec2",
    inputs={
        "clientVpnEndpointId": REPLACE,
        "targetNetworkCidr": REPLACE,
        "accessGroupId": REPLACE,
        "authorizeAllGroups": REPLACE,
        "description": REPLACE,
    },
    create=_lacking,
    identity="$clientVpnEndpointId",
    read=Read(_lacking),
    delete=_lacking,
)

RESOURCE_TYPES: Final = (ENDPOINT, NETWORK_ASSOCIATION, AUTHORIZATION_RULE)
