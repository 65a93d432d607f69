"""Requests as bytes, as no library would send them: HTTP/1.1, and frames of HTTP/2 (RFC 9113, RFC 7541)."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

from sandbox.gateways.client import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sandbox.gateways.client import Person
    from tests.gateways.bench import People

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"
DATA, HEADERS, RST_STREAM, GOAWAY = 0, 1, 3, 7
END_STREAM, END_HEADERS = 1, 4
SILENCE = 0.3
"""Seconds after which nothing more comes."""
OK = 0x88
"""":status: 200" in HPACK's static table."""
SIZE_UPDATE = 0x20


def connected(people: People, person: Person, protocol: str) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(people.folder / "server-ca.pem"))
    context.load_cert_chain(*people.device(person.device))
    context.set_alpn_protocols([protocol])
    plain = socket.create_connection(("127.0.0.1", people.station.port), timeout=10)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each request waits 40 ms for an acknowledgement
    if people.station.told:
        plain.sendall(told("127.0.0.1", people.station.port))
    return context.wrap_socket(plain, server_hostname="localhost")


def h1(people: People, person: Person, request: bytes, *, one: bool = False) -> bytes:
    """Send bytes, and return all that comes back until a silence, or until there is one whole answer."""
    with connected(people, person, "http/1.1") as connection:
        connection.settimeout(SILENCE)
        answer = b""
        try:
            connection.sendall(request)
            while got := connection.recv(65_536):
                answer += got
                if one and _whole(answer):
                    break
        except (TimeoutError, ConnectionError, ssl.SSLError):
            pass
        return answer


def _whole(answer: bytes) -> bool:
    top, gap, body = answer.partition(b"\r\n\r\n")
    sizes = [line.partition(b":")[2] for line in top.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(gap) and bool(sizes) and len(body) >= int(sizes[0])


def head(people: People, person: Person, path: bytes = b"/records/1", method: bytes = b"GET") -> bytes:
    """Return a request line and the headers that a good request needs."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in person.headers(people.identity).items())
    return b"%s %s HTTP/1.1\r\nhost: localhost\r\n%s" % (method, path, headers.encode())


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def hpack(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Encode headers literally, without an index and without Huffman."""
    return b"".join(b"\0" + _length(name) + name + _length(value) + value for name, value in headers)


def _length(text: bytes) -> bytes:
    if len(text) < 127:
        return bytes((len(text),))
    rest, out = len(text) - 127, bytearray((127,))
    while rest >= 128:
        out.append(rest % 128 + 128)
        rest //= 128
    return bytes((*out, rest))


def h2(people: People, person: Person, *frames: bytes) -> tuple[bool, bytes]:
    """Send frames; return whether any answer was 200, and the kinds of frames that came back."""
    found = list(_frames(h2_bytes(people, person, *frames)))
    return any(kind == HEADERS and _is_ok(payload) for kind, _, payload in found), bytes(kind for kind, _, _ in found)


def h2_bytes(people: People, person: Person, *frames: bytes) -> bytes:
    """Send frames; return all that comes back until the answer ends, or until a silence."""
    with connected(people, person, "h2") as connection:
        connection.settimeout(SILENCE)
        got = b""
        try:
            connection.sendall(PREFACE + b"".join(frames))
            while more := connection.recv(65_536):
                got += more
                if any(
                    kind in (RST_STREAM, GOAWAY) or flags & END_STREAM for kind, flags, _ in _frames(got) if kind != 4
                ):
                    break
        except (TimeoutError, ConnectionError, ssl.SSLError):
            pass
    return got


def _frames(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    while len(data) >= 9:
        size = int.from_bytes(data[:3], "big")
        if len(data) < 9 + size:
            return
        yield data[3], data[4], data[9 : 9 + size]
        data = data[9 + size :]


def _is_ok(block: bytes) -> bool:
    while block and block[0] & 0xE0 == SIZE_UPDATE:  # a dynamic table's size comes first
        more = block[0] & 0x1F == 0x1F
        block = block[1:]
        while more:
            more = bool(block[0] & 0x80)
            block = block[1:]
    return block[:1] == bytes((OK,))


def good(people: People, person: Person, path: bytes = b"/records/1") -> list[tuple[bytes, bytes]]:
    """Return the headers of a good request over HTTP/2."""
    return [
        (b":method", b"GET"),
        (b":scheme", b"https"),
        (b":authority", b"localhost"),
        (b":path", path),
        *((name.encode(), value.encode()) for name, value in person.headers(people.identity).items()),
    ]
