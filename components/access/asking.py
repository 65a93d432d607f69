"""How Envoy asks the authorizer (`ext_authz`), in types: one that lets people in unasked does not pass `make lint`."""

from __future__ import annotations

from typing import Any, Final, Literal, TypedDict

from components.declaration.access import AUTHORIZER

WAITS: Final = "2s"
"""Longer than the authorizer itself gives its record, so that it is the one who says no."""


class Asking(TypedDict):
    """The fields of Envoy's `ExtAuthz`; where a field could open the gateway, its only good value is its type."""

    transport_api_version: Literal["V3"]
    grpc_service: dict[str, Any]
    failure_mode_allow: Literal[False]
    status_on_error: dict[Literal["code"], Literal["Forbidden"]]
    validate_mutations: Literal[True]
    clear_route_cache: Literal[False]
    allowed_headers: dict[str, Any]
    metadata_context_namespaces: list[str]


def asking() -> Asking:
    """Return the filter's configuration."""
    return {
        "transport_api_version": "V3",
        "grpc_service": {"envoy_grpc": {"cluster_name": AUTHORIZER}, "timeout": WAITS},
        "failure_mode_allow": False,
        "status_on_error": {"code": "Forbidden"},
        "validate_mutations": True,
        "clear_route_cache": False,
        "allowed_headers": {"patterns": [{"exact": "enclave-purpose"}, {"exact": "enclave-grant"}]},
        "metadata_context_namespaces": ["envoy.filters.http.jwt_authn"],
    }
