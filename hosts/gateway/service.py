"""The gRPC service that Envoy asks about each request: decide, record, and only then answer yes."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import grpc  # type: ignore[import-untyped]

from hosts.gateway import protocol
from hosts.gateway.alerts import PATIENCE as ALERT_PATIENCE
from hosts.gateway.awaited import TICKET, Awaited, Awaits
from hosts.gateway.caller import GRANT, PURPOSE, caller_of, question_of
from hosts.gateway.clock import Clock
from hosts.gateway.decision import DENY, NO_ROW, PSEUDONYMISE, Answer
from hosts.gateway.errors import AlertError, RecordError, RecordSlowError
from hosts.gateway.grants import NO_CLAIM
from hosts.gateway.signed_terms import shown

if TYPE_CHECKING:
    from datetime import datetime

    from hosts.gateway.alerts import Alerts
    from hosts.gateway.awaited import Flows
    from hosts.gateway.bundle import Settings
    from hosts.gateway.caller import Caller
    from hosts.gateway.decision import Decider, Question
    from hosts.gateway.grants import Claim, Grants
    from hosts.gateway.record import Record

_LOG = logging.getLogger(__name__)
FORBIDDEN: Final = 403
NO_RECORD: Final = "no-record"
NO_DEIDENTIFIER: Final = "no-deidentifier"
METHOD: Final = "method-not-passed"
NO_ALERT: Final = "no-alert"
CLOCK: Final = "clock-jumped"
FAULT: Final = "fault"
GONE: Final = "nobody-waits"
PATIENCE: Final = 1.0
"""Seconds that the record gets; Envoy waits longer, so the authorizer is the one who says no."""
NOT_FORWARDED: Final = ("authorization", GRANT, PURPOSE)
WHOLE: Final = (
    "range",
    "if-range",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
    "te",
    "want-repr-digest",
    "want-content-digest",
)
"""Headers that ask for a part of an answer or for something about it: one that is de-identified comes whole."""
DEIDENTIFIED: Final = frozenset({"GET", "POST"})
"""Methods whose answers are records."""


class Service:
    """Answers Envoy's checks for one gateway."""

    def __init__(
        self,
        settings: Settings,
        decider: Decider,
        record: Record,
        clock: Clock | None = None,
        *,
        grants: Grants | None = None,
        alerts: Alerts | None = None,
        awaits: Awaits | None = None,
        flows: Flows | None = None,
    ) -> None:
        """Without ``grants`` no grant counts, and without ``alerts`` none of break-glass.

        Without ``flows`` no answer leaves de-identified; those that do are in ``awaits`` until they come.
        """
        self._settings, self._decider, self.record = settings, decider, record
        self._grants, self._alerts, self._flows = grants, alerts, flows
        self._awaits = awaits or Awaits()
        self._clock = clock or Clock()
        self._spooler = ThreadPoolExecutor(1, "alerts")

    def unready(self) -> str:
        """Return why nobody gets in at the moment, "" where somebody may."""
        return self._clock.jumped() or self.record.broken

    def check(self, request: Any, context: Any = None) -> Any:
        """Answer one check; whatever goes wrong, the answer is no. Threads may ask at the same time."""
        try:
            return self._checked(request, context)
        except Exception as error:  # noqa: BLE001  gRPC would log a traceback, and with it perhaps data
            _LOG.critical("unforeseen: %s", type(error).__name__)
            return _no(FAULT, "")

    def _checked(self, request: Any, context: Any) -> Any:
        now = self._clock.now()
        caller = caller_of(request.attributes, self._settings, now.timestamp())
        claim = self._grants.claim(caller, now) if self._grants else NO_CLAIM
        question = question_of(caller, self._settings, claim.grant)
        answer = Answer(DENY, (), question) if isinstance(question, str) else self._decider.answer(question)
        flow = None
        if answer.result == PSEUDONYMISE and not isinstance(question, str):
            flow = self._flows.flow_for(answer.rows, question) if self._flows else None
            if flow is None or caller.method not in DEIDENTIFIED:
                answer = replace(answer, result=DENY, reason=METHOD if flow else NO_DEIDENTIFIER)
        if claim.wrong and answer.reason == NO_ROW:  # the grant was named because no row allows it without
            answer = replace(answer, reason=claim.wrong)
        if self._clock.jumped():
            answer = Answer(DENY, (), CLOCK)
        if claim.grant.break_glass and answer.passes and not self._alerted(caller, claim):
            answer = Answer(DENY, answer.rows, NO_ALERT)
        entry = self._entry(now, caller, question, claim, answer)
        number = self._recorded(caller, {**entry, "flow": flow.name} if flow else entry)
        if number is None:
            return _no(NO_RECORD, caller.request)
        if answer.passes and context is not None and not context.is_active():  # Envoy has given up, or is gone
            self._withdraw(caller)
            return _no(GONE, caller.request)
        if not answer.passes:
            return _no(answer.reason, caller.request)
        headers = {
            "enclave-person": caller.person,
            "enclave-class": caller.data_class,
            "enclave-decision": answer.result,
            "enclave-record": str(number),
        }
        if flow is None:
            return protocol.allowed(headers, NOT_FORWARDED)
        self._awaits.add(str(number), Awaited(caller.request, flow))
        headers["accept-encoding"] = "identity"
        return protocol.allowed(headers, (*NOT_FORWARDED, *WHOLE), {TICKET: str(number)})

    def _alerted(self, caller: Caller, claim: Claim) -> bool:
        """Return whether the alert of an access by break-glass is on the disk."""
        if self._alerts is None:
            _LOG.error("a break-glass grant is refused, as there is no spool of alerts; name one with --alerts")
            return False
        try:
            self._spooler.submit(self._alerts.add, self._alert(caller, claim)).result(ALERT_PATIENCE)
        except AlertError as error:
            _LOG.error("%s", error)
            return False
        except TimeoutError:
            _LOG.error("the spool of alerts did not take one within %s s", ALERT_PATIENCE)
            return False
        return True

    def _alert(self, caller: Caller, claim: Claim) -> dict[str, Any]:
        return {
            "at": self._now(),
            "kind": "break-glass",
            "enclave": self._settings.enclave,
            "gateway": self._settings.gateway,
            "site": self._settings.site,
            "request": caller.request,
            "person": caller.person,
            "class": caller.data_class,
            "purpose": caller.purpose,
            "grant": _grant_of(claim),
        }

    def _recorded(self, caller: Caller, entry: dict[str, Any]) -> int | None:
        """Return the number of an entry once it is on the disk, else None."""
        try:
            return self.record.add(entry, PATIENCE).size - 1
        except RecordSlowError as error:
            _LOG.error("%s", error)
            self._withdraw(caller)
        except RecordError as error:
            _LOG.error("%s", error)
        return None

    def _withdraw(self, caller: Caller) -> None:
        """Add that a request was refused after all: the entry before may say "allow", and be written later."""
        with suppress(RecordError):  # it is written when its turn comes, and to a broken record never
            self.record.add({"at": self._now(), "kind": "withdrawn", "request": caller.request}, 0)

    def _entry(
        self, now: datetime, caller: Caller, question: Question | str, claim: Claim, answer: Answer
    ) -> dict[str, Any]:
        """Return what is recorded: no path behind the route's prefix and no query, as these may hold personal data.

        Their SHA-256 lets whoever has the upstream's log compare; it hides nothing from who can guess a path.
        """
        return {
            "at": now.isoformat(timespec="milliseconds"),
            "kind": "decision",
            "gateway": self._settings.gateway,
            "site": self._settings.site,
            "request": caller.request,
            "person": caller.person,
            "employer": caller.employer,
            "device": caller.device,
            "said": vars(caller.witnesses),
            "location": "" if isinstance(question, str) else question.location,
            "route": caller.prefix,
            "path_sha256": caller.path_sha256,
            "class": caller.data_class,
            "purpose": caller.purpose if caller.purpose in self._settings.purposes else "",
            "grant": _grant_of(claim),
            "result": answer.result,
            "rows": list(answer.rows),
            "reason": answer.reason,
        }

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="milliseconds")


def _grant_of(claim: Claim) -> dict[str, Any] | None:
    """Return what the record says of a grant; of one that nobody approved only what it is called."""
    if not claim.id:
        return None
    said: dict[str, Any] = {"id": claim.id[:64], "wrong": claim.wrong}
    if claim.approved is None:
        return said
    terms = claim.approved.terms
    return {
        **said,
        "requester": terms.requester,
        "approvers": list(claim.approved.approvers),
        "ticket": terms.ticket,
        "ends": shown(terms.ends),
        "break_glass": terms.break_glass,
    }


def _no(reason: str, request: str) -> Any:
    body = json.dumps({"reason": reason, "request": request})
    return protocol.denied(FORBIDDEN, body + "\n", {"content-type": "application/json", "enclave-reason": reason})


def handlers(service: Service) -> Any:
    """Return the service as gRPC takes it."""
    method = grpc.unary_unary_rpc_method_handler(
        service.check,
        request_deserializer=protocol.Request.FromString,
        response_serializer=protocol.Response.SerializeToString,
    )
    return grpc.method_handlers_generic_handler(protocol.SERVICE, {protocol.METHOD: method})
