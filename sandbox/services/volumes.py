"""`python -m sandbox.services.volumes PORT PKI`: a stand-in for the storage of Hamar, whose arrays encrypt themselves.

kwok runs no storage driver, so this makes the volume for each claim of the class, on the node that the scheduler chose.
Nothing is stored there, as no container runs.
"""

from __future__ import annotations

import http.client
import json
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sandbox.services import apiserver, nodes
from sandbox.services.kubernetes_api import CONFLICT, KubernetesApi
from sandbox.services.service import Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.services.service import Place
    from sandbox.toolchain import Toolchain

NAME: Final = "volumes"
CLASS: Final = "encrypted"
PROVISIONER: Final = "stand-in.volumes.hamar.example"
CLASSES: Final = "/apis/storage.k8s.io/v1/storageclasses"
CLAIMS: Final = "/api/v1/persistentvolumeclaims"
VOLUMES: Final = "/api/v1/persistentvolumes"
SELECTED: Final = "volume.kubernetes.io/selected-node"
_CREATED: Final = 201
_PAUSE: Final = 0.5  # seconds between two looks


def is_ready(place: Place) -> bool:
    """Tell whether the storage class is there; the process is looked at by whoever asks."""
    return apiserver.api(place).answers(f"{CLASSES}/{CLASS}")


def service(place: Place, tools: Toolchain) -> Service:
    """Return the stand-in."""
    del tools  # it is a part of this sandbox
    words = ("-P", "-m", "sandbox.services.volumes", str(place.ports["kube-apiserver"]), str(place.layout.pki))
    return Service(NAME, (sys.executable, *words), None, lambda: is_ready(place))


def storage_class() -> dict[str, Any]:
    """Return the class: volumes stay when their claim goes, and lie in a building of the site."""
    zones = [nodes.name_of(building) for building in nodes.BUILDINGS]
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": CLASS},
        "provisioner": PROVISIONER,
        "reclaimPolicy": "Retain",
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowedTopologies": [
            {"matchLabelExpressions": [{"key": "topology.kubernetes.io/zone", "values": zones}]},
        ],
    }


def volume_for(claim: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the volume that a claim waits for; None for one that waits for none, or not for ours."""
    metadata, spec = claim["metadata"], claim["spec"]
    node = (metadata.get("annotations") or {}).get(SELECTED)
    if spec.get("storageClassName") != CLASS or spec.get("volumeName") or not node:
        return None
    name = f"pvc-{metadata['uid']}"
    wanted = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": PROVISIONER}},
        "spec": {
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "accessModes": spec["accessModes"],
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": CLASS,
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": metadata["namespace"],
                "name": metadata["name"],
                "uid": metadata["uid"],
            },
            "local": {"path": f"/var/lib/stand-in/{name}"},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [wanted]}},
        },
    }


def provide(api: KubernetesApi) -> None:
    """Make the class, and a volume for each claim that waits for one. Raises OSError where the API server is silent."""
    if not api.answers(f"{CLASSES}/{CLASS}"):
        api.request("POST", CLASSES, storage_class())
    for claim in (api.read(CLAIMS) or {}).get("items", ()):
        volume = volume_for(claim)
        if volume is not None:
            status, text = api.request("POST", VOLUMES, volume)
            if status not in (_CREATED, CONFLICT):
                sys.stderr.write(f"the API server refuses volume {volume['metadata']['name']}: {text[:300]}\n")


def main() -> None:
    """Provide until SIGTERM."""
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    api = KubernetesApi(int(sys.argv[1]), Path(sys.argv[2]))
    while not over.is_set():
        try:
            provide(api)
        except (OSError, http.client.HTTPException, json.JSONDecodeError) as error:
            sys.stderr.write(f"the API server does not answer ({type(error).__name__})\n")
        over.wait(_PAUSE)


if __name__ == "__main__":
    main()
