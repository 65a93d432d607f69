"""Files that tell a Kubernetes client where the cluster is, how to know it, and who the client is."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import yaml

from sandbox.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, server: str, pki: Path, user: str) -> None:
    """Write a kubeconfig for `user`, one of the client certificates in `pki`.

    It says where the user's certificate and key are and does not repeat them: so nothing in it is secret, a stack can
    keep it in the clear, and whoever judges the stack's state can see which cluster it leads to.
    """
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": "hamar", "cluster": {"server": server, "certificate-authority-data": _embedded(pki / "ca.crt")}}
        ],
        "users": [
            {
                "name": user,
                "user": {
                    "client-certificate": str(pki.absolute() / f"{user}.crt"),
                    "client-key": str(pki.absolute() / f"{user}.key"),
                },
            }
        ],
        "contexts": [{"name": "hamar", "context": {"cluster": "hamar", "user": user}}],
        "current-context": "hamar",
    }
    write_whole(path, yaml.safe_dump(content, sort_keys=False))


def _embedded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
