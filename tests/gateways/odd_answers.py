"""An upstream whose answers are bytes that a test says, and stand-ins for a broken de-identifier on its socket."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]

from hosts.messages import classes
from hosts.serving import processing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sandbox.gateways.station import Station

    Process = Callable[[Iterator[Any], Any], Iterator[bytes]]

SECRET = "+47 400 00 001"  # noqa: S105  a telephone number
NAME = "Kari Nordmann"
RECORDS = b'[{"id": 1, "name": "Kari Nordmann", "phone_number": "+47 400 00 001"}]'
JSON = "content-type: application/json"


def answer(body: bytes = RECORDS, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """Return an answer over HTTP/1.1; without ``headers`` it says that it is JSON."""
    lines = [f"HTTP/1.1 {status}", *(headers or (JSON,)), f"content-length: {len(body) if length is None else length}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(body: bytes, *headers: str, trailers: str = "") -> bytes:
    """Return an answer in chunks of seven bytes."""
    lines = ["HTTP/1.1 200 OK", *(headers or (JSON,)), "transfer-encoding: chunked"]
    chunks = (body[at : at + 7] for at in range(0, len(body), 7))
    parts = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in chunks)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + parts + f"0\r\n{trailers}\r\n".encode()


class Upstream:
    """Answers each request with ``says``; what it was asked is in ``asked``.

    ``slow`` are seconds between the two halves of an answer, ``ends`` whether it hangs up behind it.
    """

    def __init__(self, station: Station) -> None:
        self._station = station
        self.says, self.slow, self.ends = answer(), 0.0, False
        self.asked: list[bytes] = []
        self.half = threading.Event()
        self._listening, self._over = threading.Event(), asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._listening.wait(30)

    def reset(self) -> None:
        """Answer as a good upstream does."""
        self.says, self.slow, self.ends = answer(), 0.0, False
        self.asked.clear()
        self.half.clear()

    def stop(self) -> None:
        """End it."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(30)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        tls = self._station.folder / "tls"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls / "upstream.pem", tls / "upstream.key")
        context.load_verify_locations(tls / "gateways-ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        async with await asyncio.start_server(self._answer, "127.0.0.1", self._station.upstream_port, ssl=context):
            self._listening.set()
            await self._over.wait()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError, ssl.SSLError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.asked.append(head)
                whole = self.says
                cut = whole.find(b"\r\n\r\n") + 9 if self.slow else len(whole)
                writer.write(whole[:cut])
                await writer.drain()
                self.half.set()
                await asyncio.sleep(self.slow)
                writer.write(whole[cut:])
                await writer.drain()
                if self.ends:
                    break
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()


@contextmanager
def deidentifying(path: Path, process: Process) -> Iterator[None]:
    """Serve the processing of answers with raw bytes, in and out."""
    method = grpc.stream_stream_rpc_method_handler(process)
    server = grpc.server(ThreadPoolExecutor(8))
    handler = grpc.method_handlers_generic_handler(processing.SERVICE, {processing.METHOD: method})
    server.add_generic_rpc_handlers((handler,))
    server.add_insecure_port(f"unix://{path}")
    server.start()
    try:
        yield
    finally:
        server.stop(0).wait()
        path.unlink(missing_ok=True)


_WORDS = classes(
    "tests.deidentifier",
    "more_words.proto",
    {
        "Response": {"response_headers": (2, "Headers"), "response_body": (4, "Headers")},
        "Headers": {"response": (1, "Common")},
        "Common": {"status": (1, "int32")},
    },
)
CONTINUE, REPLACE = 0, 1


def word(field: str, status: int = CONTINUE) -> bytes:
    """Return a word that only a broken de-identifier says: let a part of the answer pass."""
    made = _WORDS["Response"]()
    getattr(made, field).response.SetInParent()
    getattr(made, field).response.status = status
    data: bytes = made.SerializeToString()
    return data


def ends_at_once(_messages: Iterator[Any], _context: Any) -> Iterator[bytes]:
    """End the stream without a word, which Envoy takes for a good end."""
    yield from ()


def ends_after_headers(messages: Iterator[Any], _context: Any) -> Iterator[bytes]:
    """End the stream once the headers are there."""
    next(messages)
    yield from ()


def ends_after_the_body(messages: Iterator[Any], _context: Any) -> Iterator[bytes]:
    """Take all of it, and say nothing."""
    with suppress(grpc.RpcError):
        for message in messages:
            part = processing.Request.FromString(message)
            if part.HasField(processing.BODY) and getattr(part, processing.BODY).end_of_stream:
                return
    yield from ()


def lets_headers_pass(messages: Iterator[Any], _context: Any) -> Iterator[bytes]:
    """Say that the headers may go on, and end."""
    next(messages)
    yield word(processing.HEADERS)


def lets_all_pass(messages: Iterator[Any], _context: Any) -> Iterator[bytes]:
    """Say of each part that it may go on."""
    with suppress(grpc.RpcError):
        for message in messages:
            is_body = processing.Request.FromString(message).HasField(processing.BODY)
            yield word(processing.BODY if is_body else processing.HEADERS)


def replaces_nothing(messages: Iterator[Any], _context: Any) -> Iterator[bytes]:
    """Say that the rest of the answer is replaced, and by nothing."""
    next(messages)
    yield word(processing.HEADERS, REPLACE)
    time.sleep(0.5)


def says_nothing(messages: Iterator[Any], _context: Any) -> Iterator[bytes]:
    """Say an empty message."""
    next(messages)
    yield b""
    time.sleep(0.5)


def says_garbage(messages: Iterator[Any], _context: Any) -> Iterator[bytes]:
    """Say bytes that are no message."""
    next(messages)
    yield b"\xff\xfe\x00garbage"
    time.sleep(0.5)


def fails(messages: Iterator[Any], context: Any) -> Iterator[bytes]:
    """End with an error."""
    next(messages)
    context.abort(grpc.StatusCode.INTERNAL, "seeded")
    yield b""


def hangs(messages: Iterator[Any], context: Any) -> Iterator[bytes]:
    """Take all of it, and never answer."""
    with suppress(grpc.RpcError):
        for _ in messages:
            pass
    while context.is_active():
        time.sleep(0.05)
    yield b""
