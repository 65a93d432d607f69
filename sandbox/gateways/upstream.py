"""A stand-in for an application behind a gateway: it gives records with phone numbers to gateways.

`python -m sandbox.gateways.upstream --port N --folder DIR` serves until it is ended; DIR holds upstream.pem,
upstream.key and gateways-ca.pem. What it has served is in DIR/served.log, one request a line.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
from pathlib import Path
from typing import Final

RECORDS: Final = [
    {"id": 1, "name": "Kari Nordmann", "phone_number": "+47 400 00 001"},
    {"id": 2, "name": "Aoife Byrne", "phone_number": "+353 1 000 0002"},
]
BODY: Final = json.dumps(RECORDS).encode()
ANSWER: Final = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
    + str(len(BODY)).encode()
    + b"\r\n\r\n"
    + BODY
)


class Upstream:
    """Answers every request with the records, and notes which request it was, with all its headers."""

    def __init__(self, log: Path) -> None:
        self._log = log.open("a", encoding="utf-8", buffering=1)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, request by request."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")
                headers: dict[str, str] = {}
                for name, _, value in (line.partition(":") for line in lines[1:-2]):
                    before = f"{headers[name.lower()]}, " if name.lower() in headers else ""
                    headers[name.lower()] = before + value.strip()
                self._log.write(json.dumps({"line": lines[0], "headers": headers}) + "\n")
                await _skip_body(reader, headers)
                writer.write(ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ssl.SSLError, ValueError):
            pass
        finally:
            writer.close()


async def _skip_body(reader: asyncio.StreamReader, headers: dict[str, str]) -> None:
    if "transfer-encoding" not in headers:
        await reader.readexactly(int(headers.get("content-length", "0")))
        return
    while size := int((await reader.readline()).split(b";")[0] or b"0", 16):
        await reader.readexactly(size + 2)
    while (await reader.readline()).strip():
        pass


async def serve(port: int, folder: Path) -> None:
    """Serve until the task is cancelled."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(folder / "upstream.pem", folder / "upstream.key")
    context.load_verify_locations(folder / "gateways-ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    upstream = Upstream(folder / "served.log")
    server = await asyncio.start_server(upstream.answer, "127.0.0.1", port, ssl=context)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.folder))
