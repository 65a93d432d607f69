"""A stand-in for the REST APIs of GitHub and GitLab, as far as one comment and one issue need them.

It answers as their documentation says (docs.github.com/rest, docs.gitlab.com/api/rest): pages by `Link`, the fields of
comments, notes and issues, files that lie elsewhere. It is not them: who may do what is as a test wants it.
"""

from __future__ import annotations

import io
import json
import re
import threading
import zipfile
from collections import deque
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

US: Final = {"login": "github-actions[bot]", "id": 41898282, "type": "Bot"}
KARI: Final = {"login": "kari", "id": 7, "type": "User"}
PAGE: Final = 3
"""Entries of a page, whatever is asked for: a platform may give fewer."""


@dataclass
class Entry:
    """A comment or an issue."""

    id: int
    author: dict[str, Any]
    body: str
    title: str = ""
    open: bool = True
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class Platform:
    """What the stand-in holds. ``faults`` are answers that come first, each once: a status, headers, a body.

    ``before`` is done when a request comes, before it is answered: somebody else at the same time.
    """

    comments: list[Entry] = field(default_factory=list)
    issues: list[Entry] = field(default_factory=list)
    faults: deque[tuple[str, int, dict[str, str]]] = field(default_factory=deque)
    before: Callable[[str, str], None] = field(default=lambda _method, _path: None)
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    zip: bytes = b""
    seen: list[tuple[str, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    me: dict[str, Any] = field(default_factory=lambda: dict(US))
    lost: set[str] = field(default_factory=set)
    """Methods that are done, and whose answer is lost."""
    url: str = ""
    elsewhere: str = ""
    _next: int = 100

    def add(self, where: list[Entry], author: dict[str, Any], body: str, title: str = "") -> Entry:
        """Let somebody write something."""
        self._next += 1
        entry = Entry(self._next, author, body, title)
        where.append(entry)
        return entry

    @property
    def ours(self) -> list[str]:
        """Our comments."""
        return [one.body for one in self.comments if one.author["id"] == US["id"]]


@contextmanager
def served(platform: Platform) -> Iterator[Platform]:
    """Serve the platform at two ports, of which the second stands for a store of files elsewhere."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _handler(platform)) for _ in range(2)]
    platform.url, platform.elsewhere = (f"http://127.0.0.1:{one.server_address[1]}" for one in servers)
    for one in servers:
        threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield platform
    finally:
        for one in servers:
            one.shutdown()
            one.server_close()


def zipped(files: dict[str, str]) -> bytes:
    """Return a zip of files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()


class _Handler(BaseHTTPRequestHandler):
    """Answers for the platform of its class."""

    protocol_version = "HTTP/1.0"
    platform: Platform

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def answer(self) -> None:
        """Answer one request, whatever its method."""
        platform, method = self.platform, self.command
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length)) if length else {}
        platform.seen.append((method, path))
        platform.tokens.append(self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN") or "")
        platform.before(method, path)
        if platform.faults and platform.faults[0][0] == method:
            _, status, headers = platform.faults.popleft()
            self._send(status, {"message": "as the test wants it"}, headers)
            return
        answer = _routed(platform, Asked(method, path, query, body))
        if method in platform.lost:
            platform.lost.discard(method)
            self.close_connection = True
            return
        self._send(*answer)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815  what the library asks for

    def _send(self, status: int, answer: Any, headers: dict[str, str]) -> None:
        content = answer if isinstance(answer, bytes) else b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _handler(platform: Platform) -> type[_Handler]:
    return type("Handler", (_Handler,), {"platform": platform})


@dataclass(frozen=True)
class Asked:
    """A request."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: dict[str, Any]


Answer = tuple[int, Any, dict[str, str]]
NOT_FOUND: Final[Answer] = (404, {"message": "Not Found"}, {})


def _routed(platform: Platform, asked: Asked) -> Answer:
    plain = {
        "/graphql": {"data": {"viewer": {"login": platform.me["login"]}}},
        "/user": platform.me,
        "/repos/o/r/actions/artifacts": {"artifacts": platform.artifacts},
        "/projects/5/jobs": platform.artifacts,
        "/blob": platform.zip,
    }
    if asked.path in plain:
        return 200, plain[asked.path], {}
    if asked.path.endswith(("/zip", "/artifacts")):
        return 302, None, {"Location": f"{platform.elsewhere}/blob"}
    for pattern, where, shown in _LISTS:
        if found := re.fullmatch(pattern, asked.path):
            entries = getattr(platform, where)
            number = found["id"]
            return _one(entries, shown, asked, int(number)) if number else _all(platform, entries, shown, asked)
    return NOT_FOUND


Shown = Callable[[Entry], dict[str, Any]]


def _all(platform: Platform, where: list[Entry], shown: Shown, asked: Asked) -> Answer:
    if asked.method == "POST":
        text = asked.body.get("body", asked.body.get("description", ""))
        return 201, shown(platform.add(where, platform.me, text, asked.body.get("title", ""))), {}
    page = int(asked.query.get("page", ["1"])[0])
    kept = [one for one in where if one.open]
    place = f"<{platform.url}{asked.path}?page="
    link = {"Link": f'{place}{page + 1}>; rel="next", {place}1>; rel="first"'}
    shown_now = [shown(one) for one in kept[(page - 1) * PAGE : page * PAGE]]
    return 200, shown_now, link if len(kept) > page * PAGE else {}


def _one(where: list[Entry], shown: Shown, asked: Asked, number: int) -> Answer:
    entry = next((one for one in where if one.id == number), None)
    if entry is None:
        return NOT_FOUND
    body = asked.body
    if asked.method == "DELETE":
        where.remove(entry)
        return 204, None, {}
    entry.body = body.get("body", body.get("description", entry.body))
    entry.title = body.get("title", entry.title)
    entry.open = entry.open and body.get("state") != "closed" and body.get("state_event") != "close"
    return 200, shown(entry), {}


def _of_github(one: Entry) -> dict[str, Any]:
    return {"id": one.id, "number": one.id, "user": one.author, "body": one.body, "title": one.title, **one.more}


def _of_gitlab(one: Entry) -> dict[str, Any]:
    told = {"id": one.id, "iid": one.id, "author": one.author, "title": one.title, "system": False, **one.more}
    return {**told, "body": one.body, "description": one.body}


_LISTS: Final = (
    (r"/repos/o/r/issues/9/comments(?:/(?P<id>\d+))?", "comments", _of_github),
    (r"/repos/o/r/issues/comments/(?P<id>\d+)", "comments", _of_github),
    (r"/repos/o/r/issues(?:/(?P<id>\d+))?", "issues", _of_github),
    (r"/projects/5/merge_requests/9/notes(?:/(?P<id>\d+))?", "comments", _of_gitlab),
    (r"/projects/5/issues(?:/(?P<id>\d+))?", "issues", _of_gitlab),
)
