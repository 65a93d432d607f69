"""Load balancers and listeners."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.aws_plugin.errors import PluginError
from sandbox.aws_plugin.inputs import COMPUTED, COMPUTED_SET, PLAIN, REPLACE, REPLACE_COMPUTED, Input, default
from sandbox.aws_plugin.provider_config import STAND_IN
from sandbox.aws_plugin.resource_type import AutoName, Call, Read, ResourceType, Scope, Update
from sandbox.aws_plugin.tables.elbv2_common import TAGGING, Attributes, new_tags

_ATTRIBUTES: Final = Attributes(
    keys={
        "clientKeepAlive": "client_keep_alive.seconds",
        "desyncMitigationMode": "routing.http.desync_mitigation_mode",
        "dnsRecordClientRoutingPolicy": "dns_record.client_routing_policy",
        "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
        "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
        "enableDeletionProtection": "deletion_protection.enabled",
        "enableHttp2": "routing.http2.enabled",
        "enableTlsVersionAndCipherSuiteHeaders": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
        "enableWafFailOpen": "waf.fail_open.enabled",
        "enableXffClientPort": "routing.http.xff_client_port.enabled",
        "enableZonalShift": "zonal_shift.config.enabled",
        "idleTimeout": "idle_timeout.timeout_seconds",
        "preserveHostHeader": "routing.http.preserve_host_header.enabled",
        "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
    },
    describe="describe_load_balancer_attributes",
    modify="modify_load_balancer_attributes",
    parameter="LoadBalancerArn",
)


def _find_balancer(scope: Scope) -> Any:
    balancer = scope.call("describe_load_balancers", LoadBalancerArns=[scope.id])["LoadBalancers"][0]
    return {**balancer, "Attributes": _ATTRIBUTES.read(scope)}


def _subnet_ids(item: Mapping[str, Any], _scope: Scope) -> list[str]:
    return [zone["SubnetId"] for zone in item["AvailabilityZones"]]


LOAD_BALANCER: Final = ResourceType(
    "aws:lb/loadBalancer:LoadBalancer",
    "elbv2",
    inputs={
        "name": REPLACE,
        "namePrefix": Input(replace=True, computed=True, kept=True),
        "loadBalancerType": default("application", replace=True),
        "internal": REPLACE_COMPUTED,
        "subnets": COMPUTED_SET,
        "securityGroups": COMPUTED_SET,
        "ipAddressType": COMPUTED,
        "clientKeepAlive": default(3600),
        "desyncMitigationMode": default("defensive"),
        "dnsRecordClientRoutingPolicy": default("any_availability_zone"),
        "dropInvalidHeaderFields": default(False),
        "enableCrossZoneLoadBalancing": default(False),
        "enableDeletionProtection": default(False),
        "enableHttp2": default(True),
        "enableTlsVersionAndCipherSuiteHeaders": default(False),
        "enableWafFailOpen": default(False),
        "enableXffClientPort": default(False),
        "enableZonalShift": default(False),
        "idleTimeout": default(60),
        "preserveHostHeader": default(False),
        "xffHeaderProcessingMode": default("append"),
    },
    create=Call(
        "create_load_balancer",
        {
            "Name": "$name",
            "Type": "$loadBalancerType",
            "Scheme": lambda scope: "internal" if scope.inputs.get("internal") else "internet-facing",
            "Subnets": "$subnets",
            "SecurityGroups": "$securityGroups",
            "IpAddressType": "$ipAddressType",
            "Tags": new_tags,
        },
    ),
    identity="LoadBalancers[0].LoadBalancerArn",
    read=Read(_find_balancer, gone=("LoadBalancerNotFound",)),
    updates=(
        Update(("subnets",), Call("set_subnets", {"LoadBalancerArn": "$id", "Subnets": "$subnets"}), at_create=False),
        Update(
            ("securityGroups",),
            Call("set_security_groups", {"LoadBalancerArn": "$id", "SecurityGroups": "$securityGroups"}),
            at_create=False,
        ),
        Update(
            ("ipAddressType",),
            Call("set_ip_address_type", {"LoadBalancerArn": "$id", "IpAddressType": "$ipAddressType"}),
            at_create=False,
        ),
        Update(tuple(_ATTRIBUTES.keys), _ATTRIBUTES.sync),
    ),
    delete=Call("delete_load_balancer", {"LoadBalancerArn": "$id"}),
    outputs={
        **_ATTRIBUTES.outputs(),
        "name": "LoadBalancerName",
        "arn": "LoadBalancerArn",
        "arnSuffix": lambda item, _scope: item["LoadBalancerArn"].partition(":loadbalancer/")[2],
        "loadBalancerType": "Type",
        "internal": lambda item, _scope: item["Scheme"] == "internal",
        "subnets": _subnet_ids,
        "subnetMappings": lambda item, _scope: [{"subnetId": zone["SubnetId"]} for zone in item["AvailabilityZones"]],
        "dnsName": "DNSName",
        "zoneId": "CanonicalHostedZoneId",
    },
    auto_name=AutoName(longest=32),
    tagging=TAGGING,
)

_LISTENER_ATTRIBUTES: Final = Attributes(
    keys={"tcpIdleTimeoutSeconds": "tcp.idle_timeout.seconds"},
    describe="describe_listener_attributes",
    modify="modify_listener_attributes",
    parameter="ListenerArn",
)


def _actions(scope: Scope) -> list[dict[str, Any]]:
    return [_action(action) for action in scope.inputs["defaultActions"]]


def _action(action: Mapping[str, Any]) -> dict[str, Any]:
    if action["type"] != "forward" or not action.get("targetGroupArn"):
        raise PluginError(
            f"{STAND_IN}; a listener's defaultActions can only be of type 'forward' with a targetGroupArn, "
            f"not {action['type']!r}; extend sandbox/aws_plugin/tables/elbv2_balancers.py, or use the official plugin"
        )
    return {"Type": "forward", "TargetGroupArn": action["targetGroupArn"], "Order": action.get("order") or 1}


def _certificates(scope: Scope) -> Any:
    # moto wants the certificate to exist in its own certificate manager.
    arn = scope.inputs.get("certificateArn")
    return [{"CertificateArn": arn}] if arn else None


def _alpn(scope: Scope) -> Any:
    policy = scope.inputs.get("alpnPolicy")
    return [policy] if policy else None


_LISTENER_PARAMETERS: Final[Mapping[str, Any]] = {
    "Port": "$port",
    "Protocol": "$protocol",
    "SslPolicy": lambda scope: scope.inputs.get("sslPolicy"),
    "Certificates": _certificates,
    "AlpnPolicy": _alpn,
    "DefaultActions": _actions,
}


def _find_listener(scope: Scope) -> Any:
    listener = scope.call("describe_listeners", ListenerArns=[scope.id])["Listeners"][0]
    return {**listener, "Attributes": _LISTENER_ATTRIBUTES.read(scope)}


def _ssl_policy(item: Mapping[str, Any], _scope: Scope) -> Any:
    """The policy of a listener; moto gives every listener a policy, AWS only those that speak TLS."""
    return item.get("SslPolicy") if item["Protocol"] in ("TLS", "HTTPS") else None


LISTENER: Final = ResourceType(
    "aws:lb/listener:Listener",
    "elbv2",
    inputs={
        "loadBalancerArn": REPLACE,
        "port": PLAIN,
        "protocol": COMPUTED,
        "sslPolicy": COMPUTED,
        "certificateArn": PLAIN,
        "alpnPolicy": PLAIN,
        "defaultActions": PLAIN,
        "tcpIdleTimeoutSeconds": COMPUTED,
    },
    create=Call("create_listener", {"LoadBalancerArn": "$loadBalancerArn", **_LISTENER_PARAMETERS, "Tags": new_tags}),
    identity="Listeners[0].ListenerArn",
    read=Read(_find_listener, gone=("ListenerNotFound", "LoadBalancerNotFound")),
    updates=(
        Update(
            ("port", "protocol", "sslPolicy", "certificateArn", "alpnPolicy", "defaultActions"),
            Call("modify_listener", {"ListenerArn": "$id", **_LISTENER_PARAMETERS}),
            at_create=False,
        ),
        Update(("tcpIdleTimeoutSeconds",), _LISTENER_ATTRIBUTES.sync),
    ),
    delete=Call("delete_listener", {"ListenerArn": "$id"}),
    outputs={
        **_LISTENER_ATTRIBUTES.outputs(),
        "arn": "ListenerArn",
        "sslPolicy": _ssl_policy,
        "certificateArn": "Certificates[0].CertificateArn",
        "alpnPolicy": "AlpnPolicy[0]",
    },
    tagging=TAGGING,
)

RESOURCE_TYPES: Final = (LOAD_BALANCER, LISTENER)
