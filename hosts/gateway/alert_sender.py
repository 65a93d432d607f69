"""Delivers alerts to the inspector's address, signed: a thread of its own, which keeps no request waiting.

Each alert is the payload of a DSSE envelope that the gateway's own key signs. One is sent after the other, again until
the receiver says 2xx; how far it came is kept in a file beside the spool. So an alert arrives at least once.
"""

from __future__ import annotations

import http.client
import logging
import ssl
import threading
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from hosts.gateway import dsse
from hosts.gateway.errors import GatewayError

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_LOG = logging.getLogger(__name__)
KIND: Final = "application/vnd.enclave.alert+json"
LOOK: Final = 1.0
"""Seconds between two looks at the spool."""
SLOWEST: Final = 60.0
"""Seconds between two tries, at most."""
TIMEOUT: Final = 5.0


class Sender:
    """Sends what is in a spool to a URL; ``origin`` names the gateway and the key that signs."""

    def __init__(self, spool: Path, url: str, origin: str, key: Ed25519PrivateKey) -> None:
        """Raises GatewayError for a URL of another scheme than http or https."""
        self._url = urlsplit(url)
        if self._url.scheme not in ("http", "https") or not self._url.hostname:
            raise GatewayError(f"alerts cannot be sent to '{url[:80]}'; give an http or https address in the bundle")
        self._spool, self._sent = spool, spool.with_name(f"{spool.name}.sent")
        self._origin, self._key = origin, key
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is not delivered waits in the spool for the next start."""
        self._over.set()
        self._thread.join(TIMEOUT)

    def _run(self) -> None:
        wait = LOOK
        while not self._over.wait(wait):
            try:
                self._deliver()
                wait = LOOK
            except (OSError, http.client.HTTPException, ValueError) as error:
                wait = min(wait * 2, SLOWEST)
                _LOG.error("an alert was not delivered (%s); trying again in %s s", type(error).__name__, wait)

    def _deliver(self) -> None:
        """Send all whole lines that were not sent yet. Raises OSError where one is not taken."""
        at = int(self._sent.read_text(encoding="ascii")) if self._sent.exists() else 0
        with self._spool.open("rb") as spool:
            spool.seek(at)
            for line in spool:
                if self._over.is_set() or not line.endswith(b"\n"):
                    return
                self._post(line)
                at += len(line)
                draft = self._sent.with_name(f".{self._sent.name}.draft")
                draft.write_text(str(at), encoding="ascii")
                draft.replace(self._sent)

    def _post(self, line: bytes) -> None:
        envelope = dsse.unsigned(line, KIND)
        dsse.sign(envelope, self._origin, self._key)
        connection = self._connection()
        try:
            path = f"{self._url.path or '/'}{f'?{self._url.query}' if self._url.query else ''}"
            connection.request("POST", path, dsse.written(envelope), {"content-type": "application/json"})
            status = connection.getresponse().status
        finally:
            connection.close()
        if status // 100 != 2:  # noqa: PLR2004  every 2xx says that it was taken
            raise OSError(f"the receiver says {status}")

    def _connection(self) -> http.client.HTTPConnection:
        host, port = str(self._url.hostname), self._url.port
        if self._url.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=context)
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT)
