"""`enclave access list`: every grant of a stack's folder, and what it counts for now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from console import terminal
from console.access import folder as files
from console.access import kinds
from console.access.signing import public_keys
from console.document import document
from console.exit_codes import GOOD
from hosts.gateway import dsse
from hosts.gateway.grant_reasons import MALFORMED, ONE_APPROVER, OTHER_ENCLAVE, REASONS, REVOCATION_WRONG, UNSIGNED
from hosts.gateway.grant_terms import ID
from hosts.gateway.granted import approved, revocation
from hosts.gateway.signed_terms import TermsError, shown
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from securesystemslib.signer import Key

    from console.access.kinds import AnyTerms
    from located_yaml import Problem

PENDING: Final = "pending"
NOT_BEGUN: Final = "not_begun"
IN_FORCE: Final = "in_force"
EXPIRED: Final = "expired"
REVOKED: Final = "revoked"
WRONG: Final = "wrong"


@dataclass(frozen=True)
class Listed:
    """A grant as it stands: ``reason`` is the gateway's id of why it counts for nothing, "" while it counts."""

    id: str
    state: str
    reason: str = ""
    terms: AnyTerms | None = None
    approvers: tuple[str, ...] = ()


def listing(stack: str, folder: Path | None, now: datetime, *, json: bool) -> int:
    """Print the grants of a stack."""
    declaration = files.declared(stack)
    files.raise_all(files.named_folder(folder))
    place = files.folder_of(stack, folder)
    keys = public_keys(declaration)
    found: list[Listed] = []
    problems: list[Problem] = []
    for name in files.ids_in(place):
        try:
            found.append(state_of(place, name, declaration.enclave, keys, now))
        except ProblemsError as error:
            problems += error.problems
    files.raise_all(problems)
    if json:
        terminal.document(as_json(stack, found))
    else:
        terminal.out(_lines(place, found))
    return GOOD


def state_of(place: Path, name: str, enclave: str, keys: Mapping[str, Key], now: datetime) -> Listed:
    """Return how a grant stands at a moment. Raises ProblemsError for a file that cannot be read."""
    data = files.bytes_of(place / f"{name}{files.GRANT}")
    taken_back = files.bytes_of(place / f"{name}{files.REVOKED}")
    signed: tuple[str, ...] = ()
    try:
        if data is not None:
            kind, envelope, terms = kinds.signed(data)
            signed = tuple(sorted(envelope.signatures))
            known = approved(data, name, keys, kind)
            reason = known if isinstance(known, str) else ""
        else:
            _, terms = kinds.requested(files.bytes_of(place / f"{name}{files.REQUEST}") or b"")
            reason = UNSIGNED
    except (dsse.EnvelopeError, TermsError):
        return Listed(name, WRONG, MALFORMED)
    if terms.id != name or not ID.fullmatch(name):
        return Listed(name, WRONG, MALFORMED)
    if taken_back is not None:
        why = revocation(taken_back, name, enclave, keys)
        return Listed(name, WRONG if why == REVOCATION_WRONG else REVOKED, why, terms, signed)
    if terms.enclave != enclave:
        return Listed(name, WRONG, OTHER_ENCLAVE, terms, signed)
    if reason not in ("", UNSIGNED, ONE_APPROVER):
        return Listed(name, WRONG, reason, terms, signed)
    if now >= terms.ends:
        return Listed(name, EXPIRED, "grant-expired", terms, signed)
    if reason:
        return Listed(name, PENDING, reason, terms, signed)
    if now < terms.begins:
        return Listed(name, NOT_BEGUN, "grant-not-begun", terms, signed)
    return Listed(name, IN_FORCE, "", terms, signed)


def as_json(stack: str, found: Sequence[Listed]) -> str:
    """Return the list as one JSON document."""
    return document(
        "access",
        {"verdict": "listed", "stack": stack, "grants": [_fields(each) for each in found], "problems": []},
    )


def _fields(each: Listed) -> dict[str, Any]:
    terms = each.terms
    return {
        "id": each.id,
        "state": each.state,
        "reason": each.reason or None,
        "approvers": list(each.approvers),
        "terms": None if terms is None else kinds.fields(terms),
    }


def _lines(place: Path, found: Sequence[Listed]) -> Iterator[str]:
    if not found:
        yield f"no grants in {place}; `enclave access request` asks for one"
    for each in found:
        yield f"{each.id}: {_state(each)}"
        if each.terms is not None:
            yield f"  {kinds.words(each.terms)}"


def _state(each: Listed) -> str:
    by = f", approved by {', '.join(each.approvers)}" if each.approvers else ""
    if each.state == WRONG or each.terms is None:
        return f"wrong, because {REASONS[each.reason]} ({each.reason})"
    told = {
        PENDING: f"pending: {REASONS.get(each.reason, '')}{by}",
        NOT_BEGUN: f"in force from {shown(each.terms.begins)}{by}",
        IN_FORCE: f"in force until {shown(each.terms.ends)}{by}",
        EXPIRED: f"expired on {shown(each.terms.ends)}{by}",
        REVOKED: f"revoked{by}",
    }
    return told[each.state]
