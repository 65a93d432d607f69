"""Envoy's `envoy.service.auth.v3.Authorization`, as far as the authorizer reads and writes it.

Numbers are those of Envoy 1.40 (api/envoy/service/auth/v3/{external_auth,attribute_context}.proto,
api/envoy/config/core/v3/base.proto, api/envoy/type/v3/http_status.proto). The package is not Envoy's, as only
numbers and types travel.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from hosts.messages import classes

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICE: Final = "envoy.service.auth.v3.Authorization"
METHOD: Final = "Check"
OK: Final = 0
PERMISSION_DENIED: Final = 7
"""google.rpc.Code."""

SHARED: Final[Mapping[str, Mapping[str, tuple[int, str]]]] = {
    "Metadata": {"filter_metadata": (1, "map<string, Struct>")},
    "Struct": {"fields": (1, "map<string, Value>")},
    "Value": {
        "number_value": (2, "double"),
        "string_value": (3, "string"),
        "bool_value": (4, "bool"),
        "struct_value": (5, "Struct"),
    },
    "HttpStatus": {"code": (1, "int32")},
}
"""Messages that other services of Envoy's use too."""
_CLASSES: Final[dict[str, Any]] = classes(
    "enclave.gateway",
    "envoy/service/auth/v3/external_auth.proto",
    {
        **SHARED,
        "CheckRequest": {"attributes": (1, "AttributeContext")},
        "AttributeContext": {
            "source": (1, "Peer"),
            "destination": (2, "Peer"),
            "request": (4, "Request"),
            "context_extensions": (10, "map<string, string>"),
            "metadata_context": (11, "Metadata"),
        },
        "Peer": {"address": (1, "Address"), "principal": (4, "string"), "certificate": (5, "string")},
        "Address": {"socket_address": (1, "SocketAddress")},
        "SocketAddress": {"address": (2, "string"), "port_value": (3, "int32")},
        "Request": {"http": (2, "HttpRequest")},
        "HttpRequest": {
            "id": (1, "string"),
            "method": (2, "string"),
            "headers": (3, "map<string, string>"),
            "path": (4, "string"),
            "host": (5, "string"),
            "scheme": (6, "string"),
            "protocol": (10, "string"),
        },
        "CheckResponse": {
            "status": (1, "Status"),
            "denied_response": (2, "DeniedResponse"),
            "ok_response": (3, "OkResponse"),
            "dynamic_metadata": (4, "Struct"),
        },
        "Status": {"code": (1, "int32"), "message": (2, "string")},
        "DeniedResponse": {"status": (1, "HttpStatus"), "headers": (2, "repeated HeaderOption"), "body": (3, "string")},
        "OkResponse": {"headers": (2, "repeated HeaderOption"), "headers_to_remove": (5, "repeated string")},
        "HeaderOption": {"header": (1, "Header"), "append_action": (3, "int32")},
        "Header": {"key": (1, "string"), "value": (2, "string")},
    },
)
OVERWRITE: Final = 2
"""HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD."""

Request: Final = _CLASSES["CheckRequest"]
Response: Final = _CLASSES["CheckResponse"]


def allowed(headers: dict[str, str], removed: tuple[str, ...], told: Mapping[str, str] | None = None) -> Any:
    """Return a yes that puts ``headers`` on the request to the upstream, in the place of any that were there.

    ``told`` is for other filters of Envoy, as the dynamic metadata of `ext_authz`.
    """
    answer = Response()
    answer.CopyFrom(_yes(tuple(headers), removed))
    for option, value in zip(answer.ok_response.headers, headers.values(), strict=True):
        option.header.value = value
    for name, text in (told or {}).items():
        answer.dynamic_metadata.fields[name].string_value = text
    return answer


@lru_cache(maxsize=16)
def _yes(names: tuple[str, ...], removed: tuple[str, ...]) -> Any:
    """Return a yes whose headers have no values yet: it is the same each time, and takes long to put together."""
    answer = Response(status={"code": OK})
    answer.ok_response.SetInParent()
    for name in names:
        answer.ok_response.headers.add(header={"key": name}, append_action=OVERWRITE)
    answer.ok_response.headers_to_remove.extend(removed)
    return answer


def denied(status: int, body: str, headers: dict[str, str]) -> Any:
    """Return a no with an HTTP status, a body and headers of the answer."""
    answer = Response(status={"code": PERMISSION_DENIED})
    answer.denied_response.status.code = status
    answer.denied_response.body = body
    for name, value in headers.items():
        answer.denied_response.headers.add(header={"key": name, "value": value}, append_action=OVERWRITE)
    return answer
