"""What a cluster has, as its API server lists it: requests that only read."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from enclave_policies.network.kubernetes.namespaces import is_system
from enclave_policies.resources.exported_values import decode

from console.adopt.objects import Existing, Gap, Object, Part, kinds
from console.watch.clusters import cluster_in
from hosts.watch.errors import WatchError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hosts.watch.cluster import Cluster


def existing(name: str, provider: Mapping[str, Any]) -> Existing:
    """Return what there is in a site's cluster but what Kubernetes itself makes; ``provider`` are its inputs."""
    told, _ = decode(json.dumps(provider))
    try:
        cluster = cluster_in(name, str(told.get("kubeconfig")), told.get("context"))
    except WatchError as error:
        return Existing(gaps=(Gap(name, "cluster", str(error)),))
    objects: list[Object] = []
    gaps: list[Gap] = []
    for kind, row in kinds("kubernetes").items():
        try:
            objects += _objects(name, kind, row, cluster)
        except WatchError as error:
            gaps.append(Gap(name, kind, str(error)))
    return Existing(tuple(objects), tuple(gaps))


def _objects(site: str, kind: str, row: Mapping[str, Any], cluster: Cluster) -> list[Object]:
    names = [item["metadata"]["name"] for item in cluster.every(row["list"])]
    parts: dict[str, list[Part]] = defaultdict(list)
    troubles: list[str] = []
    for type_, path in row["parts"].items():
        try:
            for item in cluster.every(path):
                where, name = item["metadata"]["namespace"], item["metadata"]["name"]
                parts[where].append(Part(type_, f"{where}/{name}"))
        except WatchError as error:
            troubles.append(str(error))
    return [
        Object(site, kind, Part(row["type"], name), tuple(parts[name]), trouble="; ".join(troubles) or None)
        for name in names
        if not is_system(name)
    ]
