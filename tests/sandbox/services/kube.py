"""Small helpers for tests that ask the real API server."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from sandbox.services import ports
from sandbox.services.apiserver import NAME
from sandbox.services.kubernetes_api import KubernetesApi

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.layout import Layout


def api(layout: Layout) -> KubernetesApi:
    return KubernetesApi(ports.read(layout.ports)[NAME], layout.pki)


def create(layout: Layout, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    status, text = api(layout).request("POST", path, body)
    return status, json.loads(text)


def make_namespace(layout: Layout, name: str, **labels: str) -> None:
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    status, answer = create(layout, "/api/v1/namespaces", body)
    assert status == 201, answer
    # A pod is refused before the controllers have given the namespace its service account.
    eventually(lambda: api(layout).read(f"/api/v1/namespaces/{name}/serviceaccounts/default"))


def eventually(question: Callable[[], Any], timeout: float = 30.0) -> Any:
    """Return the first true answer to `question`; fail after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not (answer := question()):
        assert time.monotonic() < deadline, f"still {answer!r} after {timeout:.0f} s"
        time.sleep(0.1)
    return answer
