"""Stands between a program and the stand-in of AWS: passes every request on, notes it, and denies what a test says."""

from __future__ import annotations

import http.client
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

READS: Final = re.compile(r"(Describe|List|Get|Head)[A-Z]\w*|(GET|HEAD) .*")
DENIED: Final = (
    b"<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>"
)


@dataclass
class Between:
    """The address to call in the stand-in's place, the requests in words, and which of them are not passed on."""

    url: str
    asked: list[str] = field(default_factory=list)
    denied: frozenset[str] = frozenset()

    @property
    def changes(self) -> list[str]:
        """The requests that do not only read."""
        return sorted({one for one in self.asked if not READS.fullmatch(one)})


@contextmanager
def between(target: str) -> Iterator[Between]:
    """Yield what stands before an address, on a port of its own."""
    place = urlsplit(target)

    class Handler(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = _in_words(self.command, self.path, dict(self.headers), body)
            standing.asked.append(asked)
            if asked in standing.denied:
                self._answer(403, [("Content-Type", "text/xml")], DENIED)
                return
            connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
            headers = {name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            kept = [
                (name, value)
                for name, value in answer.getheaders()
                if name.lower() not in ("transfer-encoding", "connection")
            ]
            self._answer(answer.status, kept, answer.read())
            connection.close()

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                if name.lower() != "content-length" or self.command == "HEAD":
                    self.send_header(name, value)
            if self.command != "HEAD":
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if self.command != "HEAD" else b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"):
        setattr(Handler, f"do_{method}", Handler.pass_on)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    standing = Between(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield standing
    finally:
        server.shutdown()
        server.server_close()


def _in_words(method: str, path: str, headers: dict[str, str], body: bytes) -> str:
    """Return the operation, where the protocol names one, else method and question: ``GET /bucket?policy``."""
    folded = {name.lower(): value for name, value in headers.items()}
    if target := folded.get("x-amz-target"):
        return target.rpartition(".")[2]
    if action := parse_qs(body.decode(errors="replace")).get("Action"):
        return action[0]
    return f"{method} {path}"
