"""The gRPC service through which an answer leaves de-identified: treat, record, and only then let Envoy send it.

Envoy gives it each answer of a request to which the authorizer said `pseudonymise`, and sends what this service says in
the place of that. It sends nothing else: while this service is silent, gone or wrong, nobody gets anything.
"""

from __future__ import annotations

import json
import logging
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import grpc  # type: ignore[import-untyped]

from hosts.deidentify.body import JSON, LINES, deidentified
from hosts.deidentify.errors import DeidentifyError, OddError
from hosts.deidentify.tally import Tally
from hosts.gateway.awaited import TICKET
from hosts.gateway.errors import RecordError
from hosts.serving import processing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hosts.gateway.awaited import Awaited, Awaits
    from hosts.gateway.bundle import Settings
    from hosts.gateway.clock import Clock
    from hosts.gateway.record import Record
    from hosts.serving.leaving import Leaving

_LOG = logging.getLogger(__name__)
AUTHZ: Final = "envoy.filters.http.ext_authz"
LARGEST: Final = 2 * 2**20
"""Bytes of an answer."""
PATIENCE: Final = 1.0
"""Seconds that the record gets."""
OK: Final = 200
FORBIDDEN: Final = 403
BAD_GATEWAY: Final = 502
UNAVAILABLE: Final = 503
ERRORS: Final = range(400, 600)

NOT_AWAITED: Final = "not-awaited"
UPSTREAM_STATUS: Final = "upstream-status"
UPSTREAM_FORM: Final = "upstream-form"
UPSTREAM_PACKED: Final = "upstream-packed"
UPSTREAM_TRAILERS: Final = "upstream-trailers"
TOO_LARGE: Final = "answer-too-large"
CUT_OFF: Final = "answer-cut-off"
NOTHING_LEAVES: Final = "nothing-leaves"
NO_KEY: Final = "no-key"
NO_RECORD: Final = "no-record"
FAULT: Final = "fault"


class RefusedError(Exception):
    """Nothing of an answer leaves: the id of the reason, and the status that people get."""

    def __init__(self, reason: str, status: int = BAD_GATEWAY) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


@dataclass(frozen=True)
class Left:
    """What leaves of an answer; ``reason`` says why nothing does."""

    status: int
    reason: str = ""
    body: bytes = b""
    form: str = JSON
    epoch: str = ""
    tally: Tally | None = None


class Deidentifier:
    """Answers Envoy in the place of upstreams, for one gateway."""

    def __init__(self, settings: Settings, leaving: Leaving, awaits: Awaits, record: Record, clock: Clock) -> None:
        self._settings, self._leaving, self._awaits = settings, leaving, awaits
        self._record, self._clock = record, clock
        self._one = threading.Lock()

    def process(self, messages: Iterator[Any], context: Any) -> Iterator[Any]:
        """Say what Envoy sends; whatever goes wrong, it is a refusal. Threads may ask at the same time."""
        try:
            answer = self._processed(messages, context)
        except Exception as error:  # noqa: BLE001  gRPC would log a traceback, and with it perhaps data
            _LOG.critical("unforeseen: %s", type(error).__name__)
            answer = _no(FAULT, UNAVAILABLE, "")
        yield answer  # always one: Envoy takes a stream that ends without a word for a good one

    def _processed(self, messages: Iterator[Any], context: Any) -> Any:
        try:
            first = next(messages)
        except (StopIteration, grpc.RpcError):
            return _no(CUT_OFF, UNAVAILABLE, "")
        ticket = first.metadata_context.filter_metadata[AUTHZ].fields[TICKET].string_value
        awaited = self._awaits.take(ticket)
        if awaited is None:
            return _no(NOT_AWAITED, FORBIDDEN, "")
        try:
            left = self._left(awaited, first, messages)
        except RefusedError as error:
            left = Left(error.status, error.reason)
        try:
            self._record.add(self._entry(awaited, left), PATIENCE)
        except RecordError as error:
            _LOG.error("%s", error)
            self._withdraw(awaited)
            return _no(NO_RECORD, UNAVAILABLE, awaited.request)
        if not context.is_active():  # Envoy has given up, or is gone
            self._withdraw(awaited)
        if left.reason:
            return _no(left.reason, left.status, awaited.request)
        refused = left.tally.refused.total() if left.tally else 0
        headers = {"content-type": left.form, "cache-control": "no-store", "enclave-epoch": left.epoch}
        return processing.answered(left.status, left.body, {**headers, "enclave-refused": str(refused)})

    def _left(self, awaited: Awaited, first: Any, messages: Iterator[Any]) -> Left:
        """Return what leaves of an answer. Raises RefusedError."""
        form = form_of(processing.headers_in(getattr(first, processing.HEADERS)))
        body = gathered(first, messages)
        try:
            how = self._leaving.treated(awaited.flow, self._clock.now())
        except DeidentifyError as error:
            _LOG.error("%s", error)
            raise RefusedError(NO_KEY, UNAVAILABLE) from None
        try:
            with self._one:  # so memory and other people's time are bounded
                left = deidentified(body, form, how.treat, how.tally)
        except OddError:
            raise RefusedError(UPSTREAM_FORM) from None
        if form == JSON and not left:  # the one record is odd
            return Left(BAD_GATEWAY, NOTHING_LEAVES, epoch=how.epoch, tally=how.tally)
        return Left(OK, "", left, form, how.epoch, how.tally)

    def _entry(self, awaited: Awaited, left: Left) -> dict[str, Any]:
        """Return what is recorded: numbers alone, as names of fields and values may tell of somebody."""
        counts = left.tally or Tally()
        return {
            "at": self._now(),
            "kind": "left",
            "gateway": self._settings.gateway,
            "site": self._settings.site,
            "request": awaited.request,
            "flow": awaited.flow.name,
            "epoch": left.epoch,
            "read": counts.read,
            "written": counts.written,
            "refused": dict(counts.refused),
            "dropped": counts.dropped,
            "reason": left.reason,
        }

    def _withdraw(self, awaited: Awaited) -> None:
        with suppress(RecordError):  # as the authorizer does
            self._record.add({"at": self._now(), "kind": "withdrawn", "request": awaited.request}, 0)

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="milliseconds")


def form_of(headers: Mapping[str, str]) -> str:
    """Return the form of an answer by its headers. Raises RefusedError where it is none of a whole body of records."""
    status = int(headers.get(":status", "0"))
    if status != OK:
        raise RefusedError(UPSTREAM_STATUS, status if status in ERRORS else BAD_GATEWAY)
    if headers.get("content-encoding", "identity") != "identity" or "content-range" in headers:
        raise RefusedError(UPSTREAM_PACKED)
    form, _, rest = headers.get("content-type", "").lower().replace(" ", "").partition(";")
    if form not in (JSON, *LINES) or rest not in ("", "charset=utf-8"):
        raise RefusedError(UPSTREAM_FORM)
    return form


def gathered(first: Any, messages: Iterator[Any]) -> bytes:
    """Return the whole body of an answer. Raises RefusedError."""
    body = bytearray()
    ended = bool(getattr(first, processing.HEADERS).end_of_stream)
    while not ended:
        try:
            message = next(messages)
        except (StopIteration, grpc.RpcError):
            raise RefusedError(CUT_OFF) from None
        if not message.HasField(processing.BODY):
            raise RefusedError(UPSTREAM_TRAILERS)
        part = getattr(message, processing.BODY)
        body += part.body
        if len(body) > LARGEST:
            raise RefusedError(TOO_LARGE)
        ended = part.end_of_stream
    return bytes(body)


def _no(reason: str, status: int, request: str) -> Any:
    body = json.dumps({"reason": reason, "request": request}).encode() + b"\n"
    headers = {"content-type": JSON, "cache-control": "no-store", "enclave-reason": reason}
    return processing.answered(status, body, headers)


def handlers(deidentifier: Deidentifier) -> Any:
    """Return the service as gRPC takes it."""
    method = grpc.stream_stream_rpc_method_handler(
        deidentifier.process,
        request_deserializer=processing.Request.FromString,
        response_serializer=processing.Response.SerializeToString,
    )
    return grpc.method_handlers_generic_handler(processing.SERVICE, {processing.METHOD: method})
