"""Envoy's configuration of one gateway on one site: who cannot be checked gets nothing.

Names and fields are those of Envoy 1.40 (its API reference, v3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from components.access import deidentifying
from components.access.asking import asking
from components.access.beside import beside
from components.declaration.access import AUTHORIZER
from hosts.gateway.front import limited, typed
from hosts.gateway.starting import ADMIN, SOCKET, TLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from components.declaration.model import Identity, Route

DECIDED: Final = ("enclave-person", "enclave-class", "enclave-decision", "enclave-record")
"""Headers that the authorizer alone may set; Envoy removes them from what people send."""
OTHER_REQUESTS: Final = (
    "x-original-url",
    "x-rewrite-url",
    "x-original-uri",
    "x-forwarded-uri",
    "x-forwarded-prefix",
    "x-forwarded-host",
    "x-forwarded-server",
    "x-host",
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
    "x-script-name",
    "x-envoy-original-method",
    "x-envoy-original-path",
    "forwarded",
)
"""Headers by which applications take a request for another one than the authorizer saw."""
IDENTITY: Final = "identity"
ONLY_TLS_1_3: Final = {"tls_minimum_protocol_version": "TLSv1_3", "tls_maximum_protocol_version": "TLSv1_3"}
"""Both: as a client Envoy would go no further than 1.2 by itself."""
NOWHERE: Final = {"name": "nowhere", "match": {"prefix": "/"}, "direct_response": {"status": 403}}
"""A route for every other path: without one, Envoy would answer before it asks, and nothing would be recorded."""


@dataclass(frozen=True)
class GatewayPlan:
    """What one gateway's configuration is made from; ``hosts`` gives each route's host name on this site.

    ``told``: whatever stands before it says by the PROXY protocol from where somebody comes. ``deidentifies``: some
    answers leave de-identified.
    """

    enclave: str
    site: str
    gateway: str
    port: int
    routes: Mapping[str, Route]
    hosts: Mapping[str, str]
    identity: Identity | None
    told: bool = False
    deidentifies: bool = False


def configuration(plan: GatewayPlan) -> dict[str, Any]:
    """Return the whole bootstrap configuration of Envoy."""
    return {
        "node": {"id": f"{plan.gateway}.{plan.site}", "cluster": f"{plan.enclave}-gateway"},
        "admin": {"address": {"pipe": {"path": ADMIN, "mode": 0o600}}},
        # Else Envoy adds a layer that its admin interface can write.
        "layered_runtime": {"layers": [{"name": "nothing", "static_layer": {}}]},
        "overload_manager": limited(),
        "static_resources": {
            "listeners": [_listener(plan)],
            "clusters": [
                beside(AUTHORIZER, SOCKET),
                *(deidentifying.clusters() if plan.deidentifies else []),
                *(_upstream(name, route, plan) for name, route in plan.routes.items()),
            ],
        },
    }


def _listener(plan: GatewayPlan) -> dict[str, Any]:
    chain = {
        "transport_socket": typed(
            "envoy.transport_sockets.tls",
            "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            {
                "require_client_certificate": True,
                "common_tls_context": {
                    "tls_params": ONLY_TLS_1_3,
                    "alpn_protocols": ["h2", "http/1.1"],
                    "tls_certificates": [_certificate("server")],
                    "validation_context": {
                        "trusted_ca": {"filename": f"{TLS.path}/devices-ca.pem"},
                        "match_typed_subject_alt_names": [
                            {"san_type": "URI", "matcher": {"prefix": f"spiffe://{plan.enclave}/device/"}}
                        ],
                    },
                },
            },
        ),
        "filters": [
            typed(
                "envoy.filters.network.http_connection_manager",
                "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                _connection_manager(plan),
            )
        ],
    }
    return {
        "name": "people",
        "address": {"socket_address": {"address": "0.0.0.0", "port_value": plan.port}},  # noqa: S104  a pod's own
        "per_connection_buffer_limit_bytes": 65_536,
        **({"listener_filters": [told_by_the_balancer()]} if plan.told else {}),
        "filter_chains": [chain],
    }


def told_by_the_balancer() -> dict[str, Any]:
    """Return the filter that takes an address from the balancer's first bytes; without them nobody gets in.

    Version 2 alone, which is what AWS's balancer speaks: people cannot write version 1 before it.
    """
    return typed(
        "envoy.filters.listener.proxy_protocol",
        "envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol",
        {"disallowed_versions": ["V1"]},
    )


def _connection_manager(plan: GatewayPlan) -> dict[str, Any]:
    return {
        "stat_prefix": "people",
        "use_remote_address": True,
        "xff_num_trusted_hops": 0,
        # Nobody arrives from the broadcast address; an empty list would mean all private networks, so everybody.
        "internal_address_config": {"cidr_ranges": [{"address_prefix": "255.255.255.255", "prefix_len": 32}]},
        "skip_xff_append": True,
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "common_http_protocol_options": {
            "headers_with_underscores_action": "REJECT_REQUEST",
            "idle_timeout": "60s",
            "max_headers_count": 64,
        },
        "http2_protocol_options": {
            "max_concurrent_streams": 100,
            "initial_stream_window_size": 65_536,
            "initial_connection_window_size": 1_048_576,
            "override_stream_error_on_invalid_http_message": False,
        },
        "max_request_headers_kb": 32,
        "request_headers_timeout": "5s",
        "request_timeout": "30s",
        "stream_idle_timeout": "30s",
        "strip_any_host_port": True,
        "forward_client_cert_details": "SANITIZE",
        "generate_request_id": True,
        "preserve_external_request_id": False,
        "route_config": {
            "name": "routes",
            "internal_only_headers": list(DECIDED),
            "request_headers_to_remove": list(OTHER_REQUESTS),
            "virtual_hosts": [
                {
                    "name": "enclave",
                    "domains": ["*"],
                    "routes": [*_routes(plan), NOWHERE],
                }
            ],
        },
        "http_filters": [
            typed(
                "envoy.filters.http.jwt_authn",
                "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
                _tokens(plan.identity),
            ),
            typed(
                "envoy.filters.http.ext_authz",
                "envoy.extensions.filters.http.ext_authz.v3.ExtAuthz",
                {**asking()},
            ),
            *(deidentifying.filters() if plan.deidentifies else []),
            typed("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router", {}),
        ],
    }


def _tokens(identity: Identity | None) -> dict[str, Any]:
    """Return which tokens are taken; without an identity provider, none is."""
    provider = {
        "issuer": identity.issuer if identity else "nobody",
        "audiences": [identity.audience if identity else "nobody"],
        "from_headers": [{"name": "authorization", "value_prefix": "Bearer "}],
        "local_jwks": {"inline_string": identity.jwks if identity else '{"keys":[]}'},
        "require_expiration": True,
        "clock_skew_seconds": 30,
        "payload_in_metadata": IDENTITY,
        "forward": False,
    }
    return {
        "providers": {"identity": provider},
        "rules": [{"match": {"prefix": "/"}, "requires": {"provider_name": "identity"}}],
    }


def _routes(plan: GatewayPlan) -> Iterator[dict[str, Any]]:
    """Yield the routes, the longest prefix first: Envoy takes the first that fits, and the authorizer the longest."""
    for name, route in sorted(plan.routes.items(), key=lambda each: -len(each[1].prefix)):
        # The upstream's own name: a name that people choose could mean another application there.
        action = {"cluster": name, "timeout": "15s", "host_rewrite_literal": plan.hosts[name]}
        yield {"name": name, "match": {"prefix": route.prefix}, "route": action}


def _upstream(name: str, route: Route, plan: GatewayPlan) -> dict[str, Any]:
    host = plan.hosts[name]
    address = {"socket_address": {"address": host, "port_value": route.port}}
    return {
        "name": name,
        "type": "STRICT_DNS",
        "connect_timeout": "2s",
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}],
        },
        "transport_socket": typed(
            "envoy.transport_sockets.tls",
            "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            {
                "sni": host,
                "common_tls_context": {
                    "tls_params": ONLY_TLS_1_3,
                    "tls_certificates": [_certificate("client")],
                    "validation_context": {
                        "trusted_ca": {"filename": f"{TLS.path}/upstreams-ca.pem"},
                        "match_typed_subject_alt_names": [{"san_type": "DNS", "matcher": {"exact": host}}],
                    },
                },
            },
        ),
    }


def _certificate(name: str) -> dict[str, Any]:
    return {
        "certificate_chain": {"filename": f"{TLS.path}/{name}.pem"},
        "private_key": {"filename": f"{TLS.path}/{name}.key"},
    }
