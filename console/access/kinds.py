"""What a grant lets somebody do: pass a gateway, or turn tokens back; read from its file, and told in one line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from components.declaration.words import listed
from hosts.deidentify.reversal_terms import REVERSAL, ReversalTerms
from hosts.gateway import dsse
from hosts.gateway.grant_terms import fields_of
from hosts.gateway.granted import ACCESS
from hosts.gateway.signed_terms import shown

if TYPE_CHECKING:
    from securesystemslib.dsse import Envelope

    from hosts.gateway.grant_terms import Terms
    from hosts.gateway.granted import Kind

    AnyTerms = Terms | ReversalTerms
    AnyKind = Kind[Terms] | Kind[ReversalTerms]

KINDS: Final[tuple[AnyKind, ...]] = (ACCESS, REVERSAL)


def requested(data: bytes) -> tuple[AnyKind, AnyTerms]:
    """Return what a request asks for. Raises TermsError."""
    kind = REVERSAL if "epoch" in fields_of(data) else ACCESS
    return kind, kind.terms_of(data)


def signed(data: bytes) -> tuple[AnyKind, Envelope, AnyTerms]:
    """Return what a grant's file holds; nothing is verified yet. Raises EnvelopeError and TermsError."""
    kind = next((each for each in KINDS if each.media_type == _media_type(data)), ACCESS)
    envelope = dsse.opened(data, kind.media_type)
    return kind, envelope, kind.terms_of(envelope.payload)


def words(terms: AnyTerms) -> str:
    """Return what a grant allows, in one line."""
    why = f"for {terms.purpose} ({terms.ticket}) from {shown(terms.begins)} until {shown(terms.ends)}"
    if isinstance(terms, ReversalTerms):
        which = f"{terms.most} tokens" + (f", of {len(terms.tokens)} that it names," if terms.tokens else "")
        return f"{terms.requester} may turn back {which} of {terms.flow}, epoch {terms.epoch}, {why}"
    how = ", by break-glass" if terms.break_glass else ""
    reach = f"{listed(terms.classes)} through {terms.gateway} on {listed(terms.sites)}"
    return f"{terms.requester} may reach {reach} {why}{how}"


def fields(terms: AnyTerms) -> dict[str, Any]:
    """Return terms as `--json` tells them."""
    times = {"begins": shown(terms.begins), "ends": shown(terms.ends)}
    why = {"requester": terms.requester, "purpose": terms.purpose, "ticket": terms.ticket, **times}
    if isinstance(terms, ReversalTerms):
        return {**why, "flow": terms.flow, "epoch": terms.epoch, "most": terms.most, "tokens": list(terms.tokens)}
    where = {"gateway": terms.gateway, "sites": list(terms.sites), "classes": list(terms.classes)}
    return {**why, **where, "break_glass": terms.break_glass}


def _media_type(data: bytes) -> Any:
    try:
        return json.loads(data)["payloadType"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
