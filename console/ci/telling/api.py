"""A platform's REST API over HTTP: retries where that is safe, pages, and errors that say what to do."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from email.message import Message

TRIES: Final = 4
PATIENCE: Final = 30.0  # seconds for one answer
LONGEST_WAIT: Final = 60.0  # seconds before the next try, whatever the platform asks for
MOST_PAGES: Final = 100
LARGEST: Final = 256 * 2**20
"""Bytes of one answer."""

_BROKEN: Final = frozenset({500, 502, 503, 504})
_NEXT: Final = re.compile(r'<([^<>]+)>\s*;[^<]*\brel="?next"?')
_HINTS: Final[Mapping[int, str]] = {
    401: "the token is not valid, or has ended; make a new one",
    403: "the token may not do this",
    404: "there is no such thing, or the token may not see it",
}


class ApiError(Exception):
    """The API did not do it; the text is for the user. ``status`` is 0 where there was no answer at all."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class GoneError(ApiError):
    """What was to be read or changed is not there."""


class UnsureError(ApiError):
    """Nobody can tell whether something was made: look before you try again."""


@dataclass(frozen=True)
class Answer:
    """What came back; the names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow nothing: another host must not be sent the token."""


_opener: Final = build_opener(_NoRedirects())


@dataclass(frozen=True)
class Api:
    """The API below an address, with the headers that each request carries; ``rights`` names what a token needs."""

    base: str
    headers: Mapping[str, str]
    rights: str
    pause: Callable[[float], None] = field(default=time.sleep)

    def get(self, path: str) -> Any:
        """Return the document at a path. Raises ApiError."""
        return _document(self._asked("GET", self._url(path), None, f"read {path}"))

    def send(self, method: str, path: str, body: Mapping[str, Any] | None, what: str) -> Any:
        """Send a document, and return the answer's (None where it has none). Raises ApiError."""
        return _document(self._asked(method, self._url(path), body, what))

    def pages(self, path: str, what: str) -> Iterator[Any]:
        """Yield each entry of a list that comes in pages. Raises ApiError."""
        url: str | None = self._url(path)
        for _ in range(MOST_PAGES):
            if url is None:
                return
            answer = self._asked("GET", url, None, what)
            entries = _document(answer)
            if not isinstance(entries, list):
                raise ApiError(f"cannot {what}: the answer is no list")
            yield from entries
            url = self._next(answer, url, what)
        raise ApiError(f"cannot {what}: there are more than {MOST_PAGES} pages")

    def download(self, path: str, what: str) -> bytes:
        """Return a file, from where the API says it is; that place is not sent the token. Raises ApiError."""
        answer = self._asked("GET", self._url(path), None, what, passed_on=True)
        if answer.status == 200:  # noqa: PLR2004  OK
            return answer.body
        place = urljoin(self._url(path), answer.headers.get("location", ""))
        if not place.startswith(("https://", self.base)):
            raise ApiError(f"cannot {what}: the API sends us to an address that is not https")
        return self._asked("GET", place, None, what, bare=True).body

    def _url(self, path: str) -> str:
        return self.base.rstrip("/") + path

    def _next(self, answer: Answer, url: str, what: str) -> str | None:
        found = _NEXT.search(answer.headers.get("link", ""))
        if found is None:
            return None
        following = str(urljoin(url, found[1]))
        if urlsplit(following)[:2] != urlsplit(self.base)[:2]:
            raise ApiError(f"cannot {what}: the next page would be on another host, which must not have the token")
        return following

    def _asked(
        self,
        method: str,
        url: str,
        body: Mapping[str, Any] | None,
        what: str,
        *,
        bare: bool = False,
        passed_on: bool = False,
    ) -> Answer:
        """Ask until there is an answer that counts, or the tries are over."""
        problem = ""
        for number in range(TRIES):
            try:
                answer = _once(method, url, body, {} if bare else self.headers)
            except (OSError, HTTPException) as error:
                problem = f"no answer ({_one_line(str(getattr(error, 'reason', error)) or type(error).__name__)})"
                if method == "POST":
                    raise UnsureError(f"cannot {what}: {problem}") from None
                self.pause(2.0**number)
                continue
            if answer.status < 300 or (passed_on and answer.status < 400):  # noqa: PLR2004  good, and elsewhere
                return answer
            problem = f"the API answers {answer.status} ({_message(answer)})"
            if _is_limited(answer):  # it was not done
                self.pause(_wait(answer, number))
            elif answer.status in _BROKEN:
                if method == "POST":
                    raise UnsureError(f"cannot {what}: {problem}", answer.status)
                self.pause(_wait(answer, number))
            else:
                raise self._refused(answer, f"cannot {what}: {problem}")
        raise ApiError(f"cannot {what}: {problem}, {TRIES} times; try again later")

    def _refused(self, answer: Answer, told: str) -> ApiError:
        hint = _HINTS.get(answer.status, "")
        if answer.status in (403, 404):
            hint = f"{hint}; it needs {self.rights}"
        kind = GoneError if answer.status in (404, 410) else ApiError
        return kind(f"{told}{'; ' if hint else ''}{hint}", answer.status)


def _once(method: str, url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> Answer:
    if not url.startswith(("https://", "http://")):
        raise ApiError(f"'{_one_line(url)}' is no address of an API")
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data=data, method=method)  # noqa: S310  its scheme is http(s)
    sent = {"User-Agent": "enclave", "Accept": "application/json", **headers}
    for name, value in {**sent, **({"Content-Type": "application/json"} if body is not None else {})}.items():
        request.add_header(name, value)
    try:
        with _opener.open(request, timeout=PATIENCE) as answer:
            return Answer(answer.status, _small(answer.headers), _read(answer))
    except HTTPError as error:
        with error:
            return Answer(error.code, _small(error.headers), error.read(LARGEST))


def _read(answer: Any) -> bytes:
    found: bytes = answer.read(LARGEST + 1)
    if len(found) > LARGEST:
        raise ApiError(f"an answer is larger than {LARGEST:,} bytes")
    return found


def _small(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _document(answer: Answer) -> Any:
    if not answer.body.strip():
        return None
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise ApiError(
            "the API's answer is no JSON; is something else in its place (a proxy, a log-in page)?"
        ) from None


def _message(answer: Answer) -> str:
    try:
        told: Any = json.loads(answer.body)
    except (ValueError, RecursionError):
        return "it says no more"
    said = (told.get("message") or told.get("error")) if isinstance(told, dict) else None
    return _one_line(said if isinstance(said, str) else json.dumps(said)) if said else "it says no more"


def _is_limited(answer: Answer) -> bool:
    """Whether the platform asks for patience: GitHub's secondary limits come as 403."""
    if answer.status == 429:  # noqa: PLR2004  Too Many Requests
        return True
    limits = answer.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in answer.headers
    return answer.status == 403 and limits  # noqa: PLR2004  Forbidden


def _wait(answer: Answer, number: int) -> float:
    asked = answer.headers.get("retry-after", "")
    return min(float(asked) if asked.isdigit() else 2.0**number, LONGEST_WAIT)


def _one_line(text: str) -> str:
    shown = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return shown if len(shown) <= 200 else f"{shown[:200]} …"  # noqa: PLR2004  letters
