"""What a cluster's nodes would run of the gateways: read from the API server, started on this machine.

`kubectl edit` of a Deployment or a ConfigMap is noticed, because nothing here knows what was declared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.services.kubernetes_api import KubernetesApi

GATEWAYS: Final = "/apis/apps/v1/deployments?labelSelector=app.kubernetes.io/name%3Dgateway"
DIGEST: Final = "enclave/bundle-digest"
BUNDLE: Final = "bundle"


@dataclass(frozen=True)
class Running:
    """A gateway as a cluster holds it: its bundle's files, and the digest that its pods insist on."""

    gateway: str
    namespace: str
    digest: str
    files: Mapping[str, str]


def gateways(api: KubernetesApi) -> Iterator[Running]:
    """Yield the gateways of a cluster; one whose ConfigMap is missing has no files, and its pods would not start."""
    for deployment in (api.read(GATEWAYS) or {}).get("items", ()):
        metadata, template = deployment["metadata"], deployment["spec"]["template"]
        named = _config_map(template)
        found = api.read(f"/api/v1/namespaces/{metadata['namespace']}/configmaps/{named}") if named else None
        annotations = template["metadata"].get("annotations") or {}
        yield Running(
            metadata["name"], metadata["namespace"], annotations.get(DIGEST, ""), (found or {}).get("data") or {}
        )


def _config_map(template: Mapping[str, Any]) -> str:
    volumes = template["spec"].get("volumes") or ()
    return next((each["configMap"]["name"] for each in volumes if each["name"] == BUNDLE and "configMap" in each), "")
