"""What a grant is for: plain fields that approvers sign, in one form, with limits that nobody can sign away."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from hosts.gateway.signed_terms import NAME, TermsError, declared, fitting, moment_of, shown, strange, wrong_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from _typeshed import DataclassInstance

GRANT_KIND: Final = "application/vnd.enclave.grant+json"
REVOCATION_KIND: Final = "application/vnd.enclave.revocation+json"
LONGEST: Final = 240
"""Minutes that a grant lasts at most."""
LONGEST_BREAK_GLASS: Final = 120
TWO: Final = 2
"""People who approve a break-glass grant."""
MOST: Final = 50
"""Sites or classes of one grant."""

ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
PERSON: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+|-]{0,127}", re.ASCII)
TICKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9#/_.:-]{0,127}", re.ASCII)


@dataclass(frozen=True)
class Terms:
    """Who may reach what, where, for what and when. Times are UTC, to the second; ``minutes`` count from ``begins``."""

    id: str
    enclave: str
    requester: str
    gateway: str
    sites: tuple[str, ...]
    classes: tuple[str, ...]
    purpose: str
    ticket: str
    issued: datetime
    begins: datetime
    minutes: int
    break_glass: bool

    @property
    def ends(self) -> datetime:
        """The first moment at which the grant is no longer in force."""
        return self.begins + timedelta(minutes=self.minutes)

    @property
    def approvals(self) -> int:
        """How many people must approve it."""
        return TWO if self.break_glass else 1


@dataclass(frozen=True)
class Revocation:
    """Which grant is taken back, and when that was said."""

    id: str
    enclave: str
    revoked: datetime


def as_text(document: DataclassInstance) -> bytes:
    """Return a document as it is signed."""
    fields = {name: shown(value) if isinstance(value, datetime) else value for name, value in asdict(document).items()}
    return json.dumps(fields, sort_keys=True, indent=1).encode() + b"\n"


def terms_of(data: bytes) -> Terms:
    """Return the terms in a text that is in the form of `as_text`. Raises TermsError."""
    terms = made(fields_of(data))
    if as_text(terms) != data:
        raise TermsError(("it is not in the form in which `enclave access request` writes it; request it again",))
    return terms


def revocation_of(data: bytes) -> Revocation:
    """Return the revocation in a text that is in the form of `as_text`. Raises TermsError."""
    fields = fields_of(data)
    try:
        found = Revocation(str(fields["id"]), str(fields["enclave"]), moment_of(str(fields["revoked"])))
    except (KeyError, ValueError):
        raise TermsError(("it is no revocation; revoke the grant again",)) from None
    if as_text(found) != data:
        raise TermsError(("it is not in the form in which `enclave access revoke` writes it; revoke the grant again",))
    return found


def made(fields: Mapping[str, Any]) -> Terms:
    """Return the terms that fields make. Raises TermsError with all problems at once."""
    problems = tuple(_problems(fields))
    if problems:
        raise TermsError(problems)
    values = {
        **fields,
        "sites": tuple(fields["sites"]),
        "classes": tuple(fields["classes"]),
        "issued": moment_of(fields["issued"]),
        "begins": moment_of(fields["begins"]),
    }
    return Terms(**values)


def fields_of(data: bytes) -> dict[str, Any]:
    """Return the fields of a text that should be terms. Raises TermsError."""
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise TermsError(("it is no JSON object; request it again",))
    return fields


def _problems(fields: Mapping[str, Any]) -> Iterator[str]:
    yield from strange(fields, _FORMS, "grant")
    minutes, glass = fields.get("minutes"), fields.get("break_glass")
    most = LONGEST_BREAK_GLASS if glass is True else LONGEST
    if isinstance(minutes, int) and not _FORMS["minutes"](minutes) and not 1 <= minutes <= most:
        what = "a break-glass grant" if glass is True else "a grant"
        yield f"minutes: {minutes} is not 1 to {most}, and {what} lasts no longer; ask for less, and again later"
    issued, begins = fields.get("issued"), fields.get("begins")
    if isinstance(issued, str) and isinstance(begins, str) and not wrong_moment(issued) and begins < issued:
        yield f"begins: {begins} is before it was issued ({issued}); nothing is granted for the past"


def _names(value: Any) -> str:
    if not isinstance(value, list | tuple) or not value:
        return "at least one is needed; name it"
    wrong = [each for each in value if not (isinstance(each, str) and NAME.fullmatch(each))]
    if wrong:
        return f"'{str(wrong[0])[:40]}' is not a declared name: lower-case letters, digits and single hyphens"
    if list(value) != sorted(set(value)):
        return "a name stands twice or out of order; name each once, sorted"
    return "" if len(value) <= MOST else f"{len(value)} names, and {MOST} are the limit; ask for less"


def whole(value: Any) -> str:
    """Return what is wrong with a number."""
    good = isinstance(value, int) and not isinstance(value, bool)
    return "" if good else f"'{str(value)[:40]}' is not a whole number"


identified: Final = fitting(ID, "an id: up to 40 lower-case letters, digits and hyphens")
ticket: Final = fitting(TICKET, "a ticket: up to 128 letters, digits and # / _ . : -")
person: Final = fitting(
    PERSON, "a person as the identity provider names them: up to 128 letters, digits and . _ @ + | -"
)
_FORMS: Final[Mapping[str, Callable[[Any], str]]] = {
    "id": identified,
    "enclave": declared,
    "requester": person,
    "gateway": declared,
    "sites": _names,
    "classes": _names,
    "purpose": declared,
    "ticket": ticket,
    "issued": wrong_moment,
    "begins": wrong_moment,
    "minutes": whole,
    "break_glass": lambda value: "" if isinstance(value, bool) else f"'{str(value)[:40]}' is neither true nor false",
}
"""Each field → what is wrong with a value, "" for nothing."""
