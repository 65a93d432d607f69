"""Envoy's `envoy.service.ext_proc.v3.ExternalProcessor`, as far as the de-identifier reads and writes it.

Numbers are those of Envoy 1.40 (api/envoy/service/ext_proc/v3/external_processor.proto, api/envoy/config/core/v3/
base.proto). Only answers are processed. There is one thing to say to Envoy: an answer of our own in the place of the
upstream's, so no header and no byte of that one is ever passed on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hosts.gateway.protocol import OVERWRITE, SHARED
from hosts.messages import classes

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICE: Final = "envoy.service.ext_proc.v3.ExternalProcessor"
METHOD: Final = "Process"
HEADERS: Final = "response_headers"
BODY: Final = "response_body"
TRAILERS: Final = "response_trailers"
_CLASSES: Final[dict[str, Any]] = classes(
    "enclave.deidentifier",
    "envoy/service/ext_proc/v3/external_processor.proto",
    {
        **SHARED,
        "ProcessingRequest": {
            HEADERS: (3, "HttpHeaders"),
            BODY: (5, "HttpBody"),
            TRAILERS: (7, "HttpTrailers"),
            "metadata_context": (8, "Metadata"),
        },
        "HttpHeaders": {"headers": (1, "HeaderMap"), "end_of_stream": (3, "bool")},
        "HttpBody": {"body": (1, "bytes"), "end_of_stream": (2, "bool")},
        "HttpTrailers": {"trailers": (1, "HeaderMap")},
        "HeaderMap": {"headers": (1, "repeated HeaderValue")},
        "HeaderValue": {"key": (1, "string"), "value": (2, "string"), "raw_value": (3, "bytes")},
        "ProcessingResponse": {"immediate_response": (7, "ImmediateResponse")},
        "ImmediateResponse": {"status": (1, "HttpStatus"), "headers": (2, "HeaderMutation"), "body": (3, "bytes")},
        "HeaderMutation": {"set_headers": (1, "repeated HeaderValueOption")},
        "HeaderValueOption": {"header": (1, "HeaderValue"), "append_action": (3, "int32")},
    },
)
Request: Final = _CLASSES["ProcessingRequest"]
Response: Final = _CLASSES["ProcessingResponse"]


def answered(status: int, body: bytes, headers: Mapping[str, str]) -> Any:
    """Return what Envoy sends in the place of an upstream's answer."""
    made = Response()
    own = made.immediate_response
    own.status.code, own.body = status, body
    for name, value in headers.items():
        own.headers.set_headers.add(header={"key": name, "raw_value": value.encode()}, append_action=OVERWRITE)
    return made


def headers_in(message: Any) -> dict[str, str]:
    """Return the headers of an answer; of two with one name, both values, as HTTP joins them."""
    found: dict[str, str] = {}
    for each in message.headers.headers:
        value = each.raw_value.decode("latin-1") or each.value
        found[each.key] = f"{found[each.key]}, {value}" if each.key in found else value
    return found
