"""The law overlay by which the policy packs know this sandbox's stand-ins."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import yaml

from sandbox.files import write_whole
from sandbox.services import inspector, nodes

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.register import Register

_COUNTRY = {"hamar": "NO"}
_BUILDINGS = [nodes.name_of(building) for building in nodes.BUILDINGS]
_NODES = {"hamar": {"regions": [nodes.REGION], "zones": _BUILDINGS, "names": [*_BUILDINGS]}}


def write(path: Path, register: Register, inspector_key: str) -> None:
    """Write the overlay in one step; the key is the stand-in inspector's public one, in base64."""
    said: dict[str, Any] = {
        "stand_in": True,
        "source": "the local sandbox of this checkout",
        "as_of": dt.datetime.now(dt.UTC).date().isoformat(),
    }
    clusters = {
        site: {
            "ca_sha256": cluster.ca_sha256,
            "country": _COUNTRY[site],
            "site": site,
            "server": cluster.server,
            "nodes": _NODES[site],
            **said,
        }
        for site, cluster in register.kubernetes.items()
    }
    inspectors = {
        inspector.NAME: {
            "country": "NO",
            "controlled_from": "NO",
            "keys": {inspector.KEY_ID: {"public": inspector_key}},
            "source": said["source"],
            "stand_in": True,
        }
    }
    endpoints = [{"url": register.aws_endpoint, **said}]
    content = {"clusters": clusters, "aws_endpoints": endpoints, "inspectors": inspectors}
    write_whole(path, yaml.safe_dump(content, sort_keys=False))
