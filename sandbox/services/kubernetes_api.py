"""A few plain requests to the API server, with the administrator's certificate and the cluster's own CA."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.services.ports import LOOPBACK

if TYPE_CHECKING:
    from pathlib import Path

_TIMEOUT = 5.0  # seconds
CONFLICT = 409
OK = 200


@dataclass(frozen=True)
class KubernetesApi:
    """The API server on a loopback port."""

    port: int
    pki: Path

    def request(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> tuple[int, str]:
        """Return status and text of the answer.

        Raises:
            OSError: the server is not there or is not the one that the CA vouches for.
            http.client.HTTPException: it answered something else than HTTP.
        """
        context = ssl.create_default_context(cafile=str(self.pki / "ca.crt"))
        context.load_cert_chain(self.pki / "admin.crt", self.pki / "admin.key")
        connection = http.client.HTTPSConnection(LOOPBACK, self.port, timeout=_TIMEOUT, context=context)
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, path, content, {"Content-Type": kind, "Accept": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()

    def read(self, path: str) -> Any:
        """Return the object at `path`; None when there is none or it may not be read now."""
        status, text = self.request("GET", path)
        return json.loads(text) if status == OK else None

    def answers(self, path: str) -> bool:
        """Tell whether a GET of `path` gives 200."""
        try:
            return self.request("GET", path)[0] == OK
        except (OSError, http.client.HTTPException):
            return False
