"""What a reversal grant is for: which tokens of one flow and epoch may be turned back, why, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from hosts.deidentify.ledger import EPOCH
from hosts.deidentify.token_form import TOKEN
from hosts.gateway.grant_terms import LONGEST, as_text, fields_of, identified, person, ticket, whole
from hosts.gateway.granted import Kind
from hosts.gateway.signed_terms import TermsError, declared, fitting, moment_of, strange, wrong_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

MEDIA_TYPE: Final = "application/vnd.enclave.reversal+json"
MOST: Final = 1000
"""Tokens of one grant."""
MOST_NAMED: Final = 200
"""Tokens that a grant names one by one."""


@dataclass(frozen=True)
class ReversalTerms:
    """Who may turn back how many tokens; ``tokens`` are all that it may be, where there are any.

    Times are UTC, to the second; ``minutes`` count from ``begins``.
    """

    id: str
    enclave: str
    requester: str
    flow: str
    epoch: str
    most: int
    tokens: tuple[str, ...]
    purpose: str
    ticket: str
    issued: datetime
    begins: datetime
    minutes: int

    @property
    def ends(self) -> datetime:
        """The first moment at which the grant is no longer in force."""
        return self.begins + timedelta(minutes=self.minutes)

    @property
    def approvals(self) -> int:
        """How many people must approve it."""
        return 1


def terms_of(data: bytes) -> ReversalTerms:
    """Return the terms in a text that is in the form of `as_text`. Raises TermsError."""
    terms = made(fields_of(data))
    if as_text(terms) != data:
        raise TermsError(("it is not in the form in which `enclave access reversal` writes it; request it again",))
    return terms


REVERSAL: Final = Kind(MEDIA_TYPE, terms_of)


def made(fields: Mapping[str, Any]) -> ReversalTerms:
    """Return the terms that fields make. Raises TermsError with all problems at once."""
    problems = tuple(_problems(fields))
    if problems:
        raise TermsError(problems)
    times = {name: moment_of(fields[name]) for name in ("issued", "begins")}
    return ReversalTerms(**{**fields, **times, "tokens": tuple(fields["tokens"])})


def _problems(fields: Mapping[str, Any]) -> Iterator[str]:
    yield from strange(fields, _FORMS, "reversal")
    for name, limit in (("minutes", LONGEST), ("most", MOST)):
        value = fields.get(name)
        if not whole(value) and not 1 <= int(str(value)) <= limit:
            yield f"{name}: {value} is not 1 to {limit}, and no reversal is for more; ask for less, and again later"
    issued, begins = fields.get("issued"), fields.get("begins")
    if isinstance(issued, str) and isinstance(begins, str) and not wrong_moment(issued) and begins < issued:
        yield f"begins: {begins} is before it was issued ({issued}); nothing is granted for the past"


def _tokens(value: Any) -> str:
    if not isinstance(value, list | tuple):
        return "is no list of tokens; name them, or none"
    wrong = [each for each in value if not (isinstance(each, str) and TOKEN.fullmatch(each))]
    if wrong:
        return f"'{str(wrong[0])[:40]}' is no token; give it as it left: tok-…"
    if list(value) != sorted(set(value)):
        return "a token stands twice or out of order; name each once, sorted"
    return "" if len(value) <= MOST_NAMED else f"{len(value)} are named, and {MOST_NAMED} are the limit; ask for less"


_FORMS: Final[Mapping[str, Callable[[Any], str]]] = {
    "id": identified,
    "enclave": declared,
    "requester": person,
    "flow": declared,
    "epoch": fitting(EPOCH, "an epoch: up to 64 lower-case letters, digits and single hyphens"),
    "most": whole,
    "tokens": _tokens,
    "purpose": declared,
    "ticket": ticket,
    "issued": wrong_moment,
    "begins": wrong_moment,
    "minutes": whole,
}
"""Each field → what is wrong with a value, "" for nothing."""
