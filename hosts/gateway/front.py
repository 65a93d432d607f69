"""Envoy's configuration of what stands in front of a gateway on a site of our own: it passes connections on, whole.

It decides nothing and reads nothing. By the PROXY protocol, version 2, it says first from where somebody comes, as the
balancer in front of gateways in AWS does. Names and fields are those of Envoy 1.40 (its API reference, v3).
"""

from __future__ import annotations

from typing import Any, Final

TYPE: Final = "type.googleapis.com/"
GATEWAY: Final = "gateway"
MOST_CONNECTIONS: Final = 10_000


def front_configuration(port: int, host: str) -> dict[str, Any]:
    """Return the whole bootstrap configuration; ``host`` is the gateway's name within the cluster."""
    return {
        "overload_manager": limited(),
        "static_resources": {"listeners": [_listener(port)], "clusters": [_gateway(port, host)]},
    }


def limited() -> dict[str, Any]:
    """Return the limit of connections that an Envoy takes."""
    return {
        "resource_monitors": [
            typed(
                "envoy.resource_monitors.global_downstream_max_connections",
                "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
                {"max_active_downstream_connections": MOST_CONNECTIONS},
            )
        ]
    }


def _listener(port: int) -> dict[str, Any]:
    passing = typed(
        "envoy.filters.network.tcp_proxy",
        "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
        {"stat_prefix": "people", "cluster": GATEWAY, "idle_timeout": "120s"},
    )
    return {
        "name": "people",
        "address": {"socket_address": {"address": "0.0.0.0", "port_value": port}},  # noqa: S104  a pod's own
        "per_connection_buffer_limit_bytes": 65_536,
        "filter_chains": [{"filters": [passing]}],
    }


def _gateway(port: int, host: str) -> dict[str, Any]:
    plain = typed(
        "envoy.transport_sockets.raw_buffer", "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer", {}
    )
    telling = typed(
        "envoy.transport_sockets.upstream_proxy_protocol",
        "envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport",
        {"config": {"version": "V2"}, "transport_socket": plain},
    )
    address = {"socket_address": {"address": host, "port_value": port}}
    return {
        "name": GATEWAY,
        "type": "STRICT_DNS",
        "connect_timeout": "2s",
        "load_assignment": {
            "cluster_name": GATEWAY,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}],
        },
        "transport_socket": telling,
    }


def typed(name: str, kind: str, config: dict[str, Any]) -> dict[str, Any]:
    """Return an extension of Envoy by its name, with its configuration as a message of a kind."""
    return {"name": name, "typed_config": {"@type": f"{TYPE}{kind}", **config}}
