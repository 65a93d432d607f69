"""A stand-in for an application behind a gateway: it gives records with phone numbers to gateways.

`python -m sandbox.gateways.upstream --port N --folder DIR` serves until it is ended; DIR holds upstream.pem,
upstream.key and gateways-ca.pem. What it has served is in DIR/served.log, one request a line. With `--profiles FILE
--profile SITE --bucket NAME` it answers with the objects of its site's store: /records/KEY is the object KEY. It thinks
for a second about a path with /late/ in it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import ssl
from pathlib import Path
from typing import Final

RECORDS: Final = [
    {"id": 1, "name": "Kari Nordmann", "phone_number": "+47 400 00 001"},
    {"id": 2, "name": "Aoife Byrne", "phone_number": "+353 1 000 0002"},
]
LATE: Final = "/late/"
BODY: Final = json.dumps(RECORDS).encode()


def _answer(status: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


ANSWER: Final = _answer("200 OK", BODY)


class Stored:
    """Answers with what a bucket holds: 404 where there is no such object, 503 where the store does not answer."""

    def __init__(self, profiles: Path, profile: str, bucket: str) -> None:
        import boto3  # noqa: PLC0415 (an application without a store needs none)
        from botocore.config import Config  # noqa: PLC0415

        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]  # those of a sandbox's shell lead to another stand-in
        os.environ["AWS_CONFIG_FILE"] = str(profiles)
        impatient = Config(retries={"max_attempts": 0}, connect_timeout=2, read_timeout=5)
        self._client = boto3.Session(profile_name=profile).client("s3", config=impatient)
        self._bucket = bucket

    def __call__(self, path: str) -> bytes:
        """Return the answer to a path."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        key = path.removeprefix("/").partition("/")[2]
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            missing = error.response["Error"]["Code"] in ("NoSuchKey", "404")
            return _answer("404 Not Found" if missing else "503 Service Unavailable", b"{}")
        except BotoCoreError:
            return _answer("503 Service Unavailable", b"{}")
        return _answer("200 OK", body)


class Upstream:
    """Answers every request with the records, or from a store, and notes which it was, with all its headers."""

    def __init__(self, log: Path, stored: Stored | None = None) -> None:
        self._log = log.open("a", encoding="utf-8", buffering=1)
        self._stored = stored

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
                if LATE in lines[0]:
                    await asyncio.sleep(1)
                if self._stored is None:
                    writer.write(ANSWER)
                else:
                    writer.write(await asyncio.to_thread(self._stored, lines[0].split(" ")[1]))
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


async def serve(port: int, folder: Path, stored: Stored | None = None) -> None:
    """Serve until the task is cancelled."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(folder / "upstream.pem", folder / "upstream.key")
    context.load_verify_locations(folder / "gateways-ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    upstream = Upstream(folder / "served.log", stored)
    server = await asyncio.start_server(upstream.answer, "127.0.0.1", port, ssl=context)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--profiles", type=Path)
    parser.add_argument("--profile")
    parser.add_argument("--bucket")
    options = parser.parse_args()
    stored = Stored(options.profiles, options.profile, options.bucket) if options.profile else None
    asyncio.run(serve(options.port, options.folder, stored))
