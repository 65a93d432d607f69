"""Requests that programs read differently, made from a seed: paths, headers, and bytes that are no good HTTP."""

from __future__ import annotations

import random

PIECES = (
    "records",
    "metrics",
    "elsewhere",
    "1",
    "2",
    "a-b",
    "x.y",
    "~me",
    "x=1",
    "a,b",
    "a:b@c",
    "(1)",
    "%41",
    "%E2%82%AC",
    "7",
    "8",
    "..",
    ".",
    "...",
    "..;",
    "..;x=y",
    ";",
    "1;jsessionid=2",
    "%2f",
    "%2F",
    "%5c",
    "\\",
    "%2e",
    "%2e%2e",
    ".%2e",
    "%252e%252e",
    "%252f",
    "%c0%af",
    "%c0%ae%c0%ae",
    "%00",
    "%0d%0a",
    "%0a",
    "%09",
    "%20",
    "..%20",
    "%e3%80%82",
    "%ef%bc%8f",
    "%ef%bc%8e%ef%bc%8e",
    "%E2%80%A8",
    "\u00e5",
    "%C3%A5",
    "%",
    "%zz",
    "%1",
    "\t",
    "\x01",
    "\x7f",
    "",
    "*",
    "@evil",
    "http:",
    "#",
    "%23",
    "?",
    "%3f",
    "%3b",
    "&",
    "+",
    "~",
    "RECORDS",
    "records%2f..%2fmetrics",
    "a" * 300,
)
BEGINNINGS = (
    "/",
    "//",
    "/./",
    "/../",
    "/records/",
    "/records/",
    "/records/../",
    "/metrics/",
    "/records",
    "http://localhost/records/",
    "https://elsewhere/records/",
    "*",
    "",
    "\\",
    "/%72ecords/",
    "/records;x/",
)
ENDS = (
    "",
    "",
    "/",
    "?x=/metrics/",
    "?access_token=x",
    "#x",
    ";",
    "%00",
    "/..",
    "/.",
    "?a=..%2f..",
    " ",
    "?%0d%0aenclave-person:x",
)


def targets(count: int, seed: int) -> list[bytes]:
    """Return request targets as bytes: each goes into a request line as it is."""
    chance = random.Random(seed)  # noqa: S311  the same ones each time
    found: dict[bytes, None] = {}
    while len(found) < count:
        middle = chance.choice(("/", "/", "//", "/./", "")).join(chance.choices(PIECES, k=chance.randint(1, 4)))
        target = chance.choice(BEGINNINGS) + middle + chance.choice(ENDS)
        found[target.encode()] = None
    return list(found)


FORGED = (
    "enclave-person",
    "enclave-class",
    "enclave-decision",
    "enclave-record",
    "Enclave-Person",
    "x-original-url",
    "x-rewrite-url",
    "x-original-uri",
    "x-forwarded-uri",
    "x-forwarded-prefix",
    "x-forwarded-host",
    "x-forwarded-server",
    "x-host",
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
    "x-script-name",
    "forwarded",
    "x-forwarded-client-cert",
    "x-envoy-original-path",
    "x-envoy-internal",
    "x-envoy-original-method",
    "x-envoy-decorator-operation",
)
"""Headers that an upstream must never get from outside."""
REFUSED_WHOLE = ("enclave_person", "enclave_record", "x_forwarded_for", "content_length")
"""Underscores: some programs take them for hyphens."""

YES, NO = True, False
# Where Envoy mends a request (it unfolds lines, drops a bare carriage return, an upgrade and the host), the upstream
# gets a good one, about which the record says yes.
SHAPES: dict[str, tuple[bytes, bytes, bool]] = {
    # what it is: (headers behind those of a good request, with the empty line and all that follows; method; may pass)
    "a good one": (b"\r\n", b"GET", YES),
    "a good body": (b"content-length: 3\r\n\r\nabc", b"POST", YES),
    "a good chunked body": (b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"POST", YES),
    "two lengths": (b"content-length: 3\r\ncontent-length: 30\r\n\r\nabc", b"POST", NO),
    "the same length twice": (b"content-length: 3, 3\r\n\r\nabc", b"POST", NO),
    "a length with a sign": (b"content-length: +3\r\n\r\nabc", b"POST", NO),
    "a negative length": (b"content-length: -3\r\n\r\nabc", b"POST", NO),
    "a length in hexadecimal": (b"content-length: 0x3\r\n\r\nabc", b"POST", NO),
    "length and chunks": (b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", b"POST", NO),
    "chunks and length": (b"transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n", b"POST", NO),
    "chunks with a space before the colon": (b"transfer-encoding : chunked\r\n\r\n0\r\n\r\n", b"POST", NO),
    "chunks twice": (b"transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n", b"POST", NO),
    "another coding": (b"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n", b"POST", NO),
    "a chunk's size that is none": (b"transfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", b"POST", NO),
    "a folded line": (b"x-a: b\r\n c: d\r\n\r\n", b"GET", YES),
    "a folded purpose": (b"enclave-grant:\r\n support\r\n\r\n", b"GET", YES),
    "a space before the colon": (b"enclave-person : chief\r\n\r\n", b"GET", NO),
    "a header without a name": (b": chief\r\n\r\n", b"GET", NO),
    "a header without a colon": (b"enclave-person\r\n\r\n", b"GET", NO),
    "a zero in a header": (b"x-a: b\0c\r\n\r\n", b"GET", NO),
    "a bare line feed in a header": (b"x-a: b\nenclave-person: chief\r\n\r\n", b"GET", YES),
    "a bare carriage return": (b"x-a: b\renclave-person: chief\r\n\r\n", b"GET", YES),
    "a second purpose": (b"enclave-purpose: statistics\r\n\r\n", b"GET", NO),
    "a second host": (b"host: elsewhere\r\n\r\n", b"GET", YES),
    "an upgrade": (b"connection: upgrade\r\nupgrade: websocket\r\n\r\n", b"GET", NO),
    "an upgrade to h2c": (
        b"connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n",
        b"GET",
        YES,
    ),
    "hop by hop": (b"connection: enclave-person, close\r\n\r\n", b"GET", YES),
    "too many headers": (b"".join(b"x-%d: y\r\n" % n for n in range(80)) + b"\r\n", b"GET", NO),
    "headers that are too long": (b"x-a: " + b"y" * 40_000 + b"\r\n\r\n", b"GET", NO),
    "a method that is none": (b"\r\n", b"GE T", NO),
    "connect": (b"\r\n", b"CONNECT", NO),
}
