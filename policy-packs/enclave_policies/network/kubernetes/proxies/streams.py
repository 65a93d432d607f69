"""ConfigMaps by which an ingress controller passes on TCP and UDP: port → ``namespace/service:port``.

Source: Ingress-NGINX Controller user guide, "Exposing TCP and UDP services".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from enclave_policies.kubernetes.objects import mapping
from enclave_policies.network.kubernetes.proxies.reading import Collected
from enclave_policies.network.kubernetes.proxies.records import Route
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from enclave_policies.network.kubernetes.proxies.reading import Object

NAMES: Final = re.compile(r"(?:.*-)?(?:tcp|udp)(?:-services?)?")
ENTRY: Final = re.compile(r"([a-z0-9-]+)/([a-z0-9-]+):([a-z0-9-]+)(?::.*)?")
"""What stands behind a port; PROXY may follow."""


def is_stream_map(one: Object) -> bool:
    """Return whether an object is such a map, by its name and by what its keys are."""
    if one.found.kind != "ConfigMap" or one.found.custom or not NAMES.fullmatch(one.name):
        return False
    data = mapping(one.found.body.get("data"))
    return data is UNKNOWN or any(key.isdecimal() for key in data)


def read_streams(one: Object) -> Route:
    """Return the route that such a map is."""
    collected = Collected()
    data = mapping(one.found.body.get("data"))
    if data is UNKNOWN:
        collected.gap("passes on in a way that is not known yet", "data")
    for key, value in data.items() if data is not UNKNOWN else ():
        found = ENTRY.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            collected.gap("passes on to a Service that can't be read", f"data.{key}")
        else:
            collected.add(found[1], found[2], int(found[3]) if found[3].isdecimal() else found[3], f"data.{key}")
    return Route(
        one.urn,
        one.found.kind,
        one.namespace,
        one.name,
        backends=tuple(collected.backends),
        gaps=tuple(collected.gaps),
        nameless=True,
    )
