"""`python -m sandbox.services.balancer_stand_in HOST PORT API_PORT PKI`: a stand-in for a controller of load balancers.

It does what MetalLB's or Cilium's does to the API server: a Service of the type LoadBalancer that names a class and an
address gets that address into its status. It announces nothing and carries no packet.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sandbox.services.kubernetes_api import KubernetesApi
from sandbox.services.ports import LOOPBACK
from sandbox.services.service import trusting

if TYPE_CHECKING:
    from collections.abc import Iterator

BALANCERS: Final = "/api/v1/services?watch=true&allowWatchBookmarks=true&fieldSelector=spec.type%3DLoadBalancer"
_PATCH: Final = "application/merge-patch+json"
_SILENCE: Final = 90.0
"""Seconds without a bookmark after which the connection counts as dead; the API server sends one each minute."""
_PAUSE: Final = 0.5  # seconds before the next try
_OK: Final = 200


def status_for(service: dict[str, Any]) -> dict[str, Any] | None:
    """Return the status that a Service should get, None where it has it, or where no such controller would serve it."""
    spec = service.get("spec", {})
    address = spec.get("loadBalancerIP")
    if spec.get("type") != "LoadBalancer" or not spec.get("loadBalancerClass") or not address:
        return None
    wanted = {"ingress": [{"ip": address, "ipMode": "VIP"}]}
    return None if service.get("status", {}).get("loadBalancer") == wanted else {"loadBalancer": wanted}


def follow(api: KubernetesApi, following: threading.Event) -> None:
    """Serve what the API server tells until the connection ends; ``following`` is set while it is open."""
    for event in _events(api, following):
        service = event.get("object", {})
        status = status_for(service) if event.get("type") in ("ADDED", "MODIFIED") else None
        if status is not None:
            metadata = service["metadata"]
            path = f"/api/v1/namespaces/{metadata['namespace']}/services/{metadata['name']}/status"
            code, text = api.request("PATCH", path, {"status": status}, _PATCH)
            if code != _OK:
                sys.stderr.write(f"{path}: {code} {text[:300]}\n")


def _events(api: KubernetesApi, following: threading.Event) -> Iterator[dict[str, Any]]:
    context = trusting(api.pki / "ca.crt", api.pki / "admin")
    connection = http.client.HTTPSConnection(LOOPBACK, api.port, timeout=_SILENCE, context=context)
    try:
        connection.request("GET", BALANCERS, headers={"Accept": "application/json"})
        answer = connection.getresponse()
        if answer.status != _OK:
            raise OSError(f"the API server answered {answer.status}")
        following.set()
        while line := answer.readline():
            yield json.loads(line)
    finally:
        following.clear()
        connection.close()


def _for_ever(api: KubernetesApi, following: threading.Event) -> None:
    while True:
        try:
            follow(api, following)
        except (OSError, http.client.HTTPException, ValueError) as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
        time.sleep(_PAUSE)


def main() -> None:
    """Serve until SIGTERM."""
    host, port, api_port, pki = sys.argv[1:]
    following = threading.Event()

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Say whether Services are followed."""
            self.send_response(_OK if following.is_set() else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Log no request."""

    api = KubernetesApi(int(api_port), Path(pki))
    threading.Thread(target=_for_ever, args=(api, following), daemon=True).start()
    ThreadingHTTPServer((host, int(port)), Health).serve_forever()


if __name__ == "__main__":
    main()
