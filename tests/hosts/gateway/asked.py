"""Questions as Envoy puts them, and the settings of the gateway that is asked."""

from __future__ import annotations

import json
from typing import Any

from hosts.gateway import protocol
from hosts.gateway.bundle import Settings, settings_of

NOW = 1_764_400_000.0
SETTINGS: dict[str, Any] = {
    "enclave": "europe",
    "gateway": "employees",
    "site": "hamar",
    "employers": {
        "fjord": {"country": "NO", "controlled_from": "NO"},
        "harbour": {"country": "IE", "controlled_from": "CN"},
    },
    "purposes": ["support", "statistics"],
    "routes": [
        {"prefix": "/records/", "data_class": "restricted"},
        {"prefix": "/records/open/", "data_class": "telemetry"},
    ],
    "networks": {"10.0.0.0/8": "IE", "10.200.0.0/16": "NO", "fd00::/8": "NO"},
    "results": {"row-1": "allow"},
}


def settings(**changes: Any) -> Settings:
    return settings_of(json.dumps({**SETTINGS, **changes}))


def asked(path: str = "/records/1", **changes: Any) -> Any:
    """Return a CheckRequest of somebody who may; ``changes`` are claims, or address, principal and headers."""
    request = protocol.Request()
    attributes = request.attributes
    attributes.source.address.socket_address.address = changes.pop("address", "10.200.0.7")
    attributes.source.principal = changes.pop("principal", "spiffe://europe/device/NO/laptop-1")
    http = attributes.request.http
    http.id, http.method, http.path = "7", "GET", path
    for name, value in changes.pop("headers", {"enclave-purpose": "support"}).items():
        http.headers[name] = value
    claims = {"sub": "kari", "employer": "fjord", "country": "NO", "iat": NOW, **changes}
    said = attributes.metadata_context.filter_metadata["envoy.filters.http.jwt_authn"].fields["identity"].struct_value
    for name, value in claims.items():
        if isinstance(value, str):
            said.fields[name].string_value = value
        elif value is not None:
            said.fields[name].number_value = value
    return request
