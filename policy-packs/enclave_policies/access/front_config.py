"""What a front's configuration must be: it leads every connection to one host, and says first from where it came."""

from __future__ import annotations

import json
from typing import Any, Final

from hosts.gateway.front import front_configuration

LIMITS: Final = frozenset(
    {"idle_timeout", "connect_timeout", "max_active_downstream_connections", "per_connection_buffer_limit_bytes"}
)
"""Figures that may differ: they let nobody in and lead nobody elsewhere."""


def leads_to(text: Any) -> tuple[str, int] | None:
    """Return the host and port to which a configuration leads; None where it is not that of a front."""
    try:
        found = json.loads(text)
        (cluster,) = found["static_resources"]["clusters"]
        (group,) = cluster["load_assignment"]["endpoints"]
        (endpoint,) = group["lb_endpoints"]
        address = endpoint["endpoint"]["address"]["socket_address"]
        host, port = address["address"], address["port_value"]
    except (ValueError, TypeError, KeyError):
        return None
    same = isinstance(host, str) and _without_limits(found) == _without_limits(front_configuration(port, host))
    return (host, port) if same else None


def _without_limits(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: None if name in LIMITS else _without_limits(item) for name, item in value.items()}
    return [_without_limits(item) for item in value] if isinstance(value, list) else value
