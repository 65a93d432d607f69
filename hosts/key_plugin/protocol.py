"""The gRPC service `v2.KeyManagementService` as Kubernetes defines it (k8s.io/kms v0.35.0, apis/v2/api.proto)."""

from __future__ import annotations

from typing import Any, Final

from hosts.messages import classes

SERVICE = "v2.KeyManagementService"
VERSION = "v2"
HEALTHY = "ok"

_ANNOTATIONS: Final = "map<string, bytes>"
_CLASSES: Final = classes(
    "v2",
    "k8s.io/kms/apis/v2/api.proto",
    {
        "StatusRequest": {},
        "StatusResponse": {"version": (1, "string"), "healthz": (2, "string"), "key_id": (3, "string")},
        "DecryptRequest": {
            "ciphertext": (1, "bytes"),
            "uid": (2, "string"),
            "key_id": (3, "string"),
            "annotations": (4, _ANNOTATIONS),
        },
        "DecryptResponse": {"plaintext": (1, "bytes")},
        "EncryptRequest": {"plaintext": (1, "bytes"), "uid": (2, "string")},
        "EncryptResponse": {"ciphertext": (1, "bytes"), "key_id": (2, "string"), "annotations": (3, _ANNOTATIONS)},
    },
)
METHODS = ("Status", "Encrypt", "Decrypt")


def request(method: str) -> Any:
    """Return the class of a method's request."""
    return _CLASSES[f"{method}Request"]


def response(method: str) -> Any:
    """Return the class of a method's response."""
    return _CLASSES[f"{method}Response"]
