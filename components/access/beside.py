"""The clusters of programs that stand beside Envoy, which it asks over gRPC on a unix socket."""

from __future__ import annotations

from typing import Any

from hosts.gateway.front import TYPE


def beside(name: str, socket: str, at_most: str = "") -> dict[str, Any]:
    """Return the cluster of a program; ``at_most`` is how long one question may take, "" where who asks says it."""
    kind = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
    options: dict[str, Any] = {"@type": f"{TYPE}{kind}", "explicit_http_config": {"http2_protocol_options": {}}}
    if at_most:
        options["common_http_protocol_options"] = {"max_stream_duration": at_most}
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "0.5s",
        "typed_extension_protocol_options": {kind: options},
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {"pipe": {"path": socket}}}}]}],
        },
    }
