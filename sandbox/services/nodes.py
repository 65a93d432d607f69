"""Hamar's fake nodes: one per building, each building a zone of its own."""

from __future__ import annotations

import http.client
from typing import Any

from sandbox.services.kubernetes_api import CONFLICT, KubernetesApi

REGION = "hamar"
BUILDINGS = (1, 2, 3)
_CREATED = 201
_CAPACITY = {"cpu": "64", "memory": "256Gi", "pods": "250", "ephemeral-storage": "1Ti"}


def name_of(building: int) -> str:
    """Return the name of a building's node, which is the name of its zone, too."""
    return f"{REGION}-building-{building}"


def manifest(building: int) -> dict[str, Any]:
    """Return the node of one building, as large as a small rack."""
    name = name_of(building)
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "annotations": {"kwok.x-k8s.io/node": "fake", "node.alpha.kubernetes.io/ttl": "0"},
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "topology.kubernetes.io/region": REGION,
                "topology.kubernetes.io/zone": name,
            },
        },
        "status": {"capacity": _CAPACITY, "allocatable": _CAPACITY},
    }


def create(api: KubernetesApi) -> None:
    """Create the nodes that are not there.

    Raises:
        OSError: the API server is not there.
        RuntimeError: it refused a node.
    """
    for building in BUILDINGS:
        status, text = api.request("POST", "/api/v1/nodes", manifest(building))
        if status not in (_CREATED, CONFLICT):
            raise RuntimeError(f"the API server refused node {name_of(building)}: {status} {text[:300]}")


def all_ready(api: KubernetesApi) -> bool:
    """Tell whether every building's node is there, is ready and takes pods."""
    try:
        return all(_is_ready(api, building) for building in BUILDINGS)
    except (OSError, http.client.HTTPException, ValueError):
        return False


def _is_ready(api: KubernetesApi, building: int) -> bool:
    node = api.read(f"/api/v1/nodes/{name_of(building)}")
    if node is None:
        return False
    conditions = {condition["type"]: condition["status"] for condition in node["status"].get("conditions", ())}
    return conditions.get("Ready") == "True" and not node["spec"].get("taints")
