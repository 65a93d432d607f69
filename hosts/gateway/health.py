"""Whether the authorizer can say yes at all: only while its record can be written, and its clock was not set.

The protocol is `grpc.health.v1` (grpc/grpc, doc/health-checking.md); Kubernetes asks by `enclave-gateway ready`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import grpc  # type: ignore[import-untyped]

from hosts.messages import classes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SERVICE: Final = "grpc.health.v1.Health"
SERVING: Final = 1
NOT_SERVING: Final = 2
PATIENCE: Final = 3.0  # seconds
_CLASSES: Final = classes(
    "enclave.health",
    "grpc/health/v1/health.proto",
    {"HealthCheckRequest": {"service": (1, "string")}, "HealthCheckResponse": {"status": (1, "int32")}},
)


def handlers(unready: Callable[[], str]) -> Any:
    """Return the health service of an authorizer as gRPC takes it; ``unready`` tells why it says no, else ""."""

    def check(_request: Any, _context: Any) -> Any:
        return _CLASSES["HealthCheckResponse"](status=NOT_SERVING if unready() else SERVING)

    method = grpc.unary_unary_rpc_method_handler(
        check,
        request_deserializer=_CLASSES["HealthCheckRequest"].FromString,
        response_serializer=_CLASSES["HealthCheckResponse"].SerializeToString,
    )
    return grpc.method_handlers_generic_handler(SERVICE, {"Check": method})


def is_ready(path: Path) -> bool:
    """Return whether the authorizer at a socket can say yes; one that does not answer cannot."""
    with grpc.insecure_channel(f"unix://{path}") as channel:
        ask = channel.unary_unary(
            f"/{SERVICE}/Check",
            request_serializer=_CLASSES["HealthCheckRequest"].SerializeToString,
            response_deserializer=_CLASSES["HealthCheckResponse"].FromString,
        )
        try:
            return bool(ask(_CLASSES["HealthCheckRequest"](), timeout=PATIENCE).status == SERVING)
        except grpc.RpcError:
            return False
