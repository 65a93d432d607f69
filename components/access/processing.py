"""How Envoy gives answers to a program (`ext_proc`), in types: one that lets them go on does not pass `make lint`."""

from __future__ import annotations

from typing import Any, Literal, TypedDict


class Processing(TypedDict):
    """The fields of Envoy's `ExternalProcessor`; where one could let answers go on, its only good value is its type."""

    grpc_service: dict[str, Any]
    failure_mode_allow: Literal[False]
    allow_mode_override: Literal[False]
    disable_immediate_response: Literal[False]
    status_on_error: dict[Literal["code"], Literal["BadGateway"]]
    processing_mode: Mode
    metadata_options: dict[str, Any]


class Mode(TypedDict):
    """What is given to the program: an answer in parts as they come, of which Envoy passes none on."""

    request_header_mode: Literal["SKIP"]
    request_body_mode: Literal["NONE"]
    request_trailer_mode: Literal["SKIP"]
    response_header_mode: Literal["SEND"]
    response_body_mode: Literal["FULL_DUPLEX_STREAMED"]
    response_trailer_mode: Literal["SEND"]


def processing(cluster: str) -> Processing:
    """Return the filter's configuration: answers go to a cluster, with what the authorizer says of them."""
    return {
        "grpc_service": {"envoy_grpc": {"cluster_name": cluster}},
        "failure_mode_allow": False,
        "allow_mode_override": False,
        "disable_immediate_response": False,
        "status_on_error": {"code": "BadGateway"},
        "processing_mode": {
            "request_header_mode": "SKIP",
            "request_body_mode": "NONE",
            "request_trailer_mode": "SKIP",
            "response_header_mode": "SEND",
            "response_body_mode": "FULL_DUPLEX_STREAMED",
            "response_trailer_mode": "SEND",
        },
        "metadata_options": {"forwarding_namespaces": {"untyped": ["envoy.filters.http.ext_authz"]}},
    }
