"""What a host's network and file system would do to a configuration: other addresses, other folders, nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


PROXY_PROTOCOL: Final = {
    "name": "envoy.filters.listener.proxy_protocol",
    "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol",
        "disallowed_versions": ["V1"],
    },
}
"""As the bundle of a site in AWS has it, whose balancer tells from where people come."""


def localised(envoy: str, ports: Mapping[str, int], folders: Mapping[str, str], *, told: bool = False) -> str:
    """Return Envoy's configuration as it runs on this machine.

    ``ports`` gives the loopback port of the listener ``people`` and of each upstream cluster by name, ``folders`` the
    local folder in the place of each folder of a host. ``told``: clients say by the PROXY protocol from where they
    come, as everybody here comes from the loopback.
    """
    data: dict[str, Any] = json.loads(envoy)
    resources = data["static_resources"]
    for listener in resources["listeners"]:
        listener["address"]["socket_address"] = {"address": "127.0.0.1", "port_value": ports[listener["name"]]}
        if told:
            listener["listener_filters"] = [PROXY_PROTOCOL]
    for cluster in resources["clusters"]:
        if cluster["type"] == "STRICT_DNS":
            cluster["type"] = "STATIC"
            for group in cluster["load_assignment"]["endpoints"]:
                for each in group["lb_endpoints"]:
                    here = {"address": "127.0.0.1", "port_value": ports[cluster["name"]]}
                    each["endpoint"]["address"]["socket_address"] = here
    return json.dumps(_moved(data, folders), indent=1)


def _moved(value: Any, folders: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _moved(item, folders) for name, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, folders) for item in value]
    if isinstance(value, str):
        for folder, here in folders.items():
            if value.startswith(f"{folder}/"):
                return f"{here}/{value.removeprefix(f'{folder}/')}"
    return value
