"""What a cluster's nodes would run of the gateways: read from the API server.

`kubectl edit` of a workload or a ConfigMap is noticed, because nothing here knows what was declared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hosts.gateway.starting import DIGEST_ANNOTATION, SHIPPER, config_map_of, shipped_to
from sandbox.gateways.running import Running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.services.kubernetes_api import KubernetesApi

WORKLOADS: Final = tuple(
    f"/apis/apps/v1/{kind}?labelSelector=app.kubernetes.io/name%3Dgateway" for kind in ("deployments", "statefulsets")
)
WATCHES: Final = "/apis/batch/v1/cronjobs?labelSelector=app.kubernetes.io/name%3Dwatch"
SITE: Final = "enclave/site"


def gateways(api: KubernetesApi) -> Iterator[Running]:
    """Yield the gateways of a cluster; one whose ConfigMap is missing has no files, and its pods would not start."""
    watched = {job["metadata"]["labels"].get(SITE) for job in (api.read(WATCHES) or {}).get("items", ())}
    for path in WORKLOADS:
        for workload in (api.read(path) or {}).get("items", ()):
            metadata, template = workload["metadata"], workload["spec"]["template"]
            named = config_map_of(template["spec"])
            found = api.read(f"/api/v1/namespaces/{metadata['namespace']}/configmaps/{named}") if named else None
            annotations = template["metadata"].get("annotations") or {}
            yield Running(
                metadata["labels"].get(SITE, ""),
                metadata["name"],
                annotations.get(DIGEST_ANNOTATION, ""),
                f"ConfigMap {named} of {metadata['namespace']}",
                (found or {}).get("data") or {},
                hosts=tuple(sorted(_pods(api, metadata["namespace"], metadata["name"]))),
                receiver=_receiver(template["spec"]),
                namespace=metadata["namespace"],
                watched=metadata["labels"].get(SITE, "") in watched,
            )


def _pods(api: KubernetesApi, namespace: str, gateway: str) -> Iterator[str]:
    labels = f"app.kubernetes.io/name%3Dgateway,app.kubernetes.io/instance%3D{gateway}"
    for pod in (api.read(f"/api/v1/namespaces/{namespace}/pods?labelSelector={labels}") or {}).get("items", ()):
        yield pod["metadata"]["name"]


def _receiver(pod: Mapping[str, Any]) -> str:
    """Return where a pod's shipper ships to, as its command says; "" where it has none."""
    ships = (each["command"] for each in pod["containers"] if each["name"] == SHIPPER)
    return next((shipped_to(command)["to"] for command in ships), "")
