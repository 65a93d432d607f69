"""What an inspector approves: one gateway on one site, by digests, until a day; plain fields in one form, to be signed.

An approval and a grant share the envelope (dsse.py) and this rule: another form of the same fields is another document.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from hosts.gateway.signed_terms import TermsError, declared, fitting, moment_of, shown, strange, wrong_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

APPROVAL_KIND: Final = "application/vnd.enclave.approval+json"
SEVERITIES: Final = ("low", "medium", "high", "critical")
MOST: Final = 25
"""Findings of one approval."""
LARGEST: Final = 3_900
"""Bytes of an approval: AWS KMS signs 4,096 at once, with the head of what DSSE signs (PAE)."""
LONGEST: Final = 200
"""Letters that a finding says."""
STACK: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}", re.ASCII)
DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
FINDING: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)
DAY: Final = re.compile(r"2\d{3}-\d{2}-\d{2}", re.ASCII)
NO_COMMIT: Final = "0" * 40
"""Of files that no git repository holds."""


@dataclass(frozen=True)
class Noted:
    """What an inspector found and let pass: the id under which it is followed up, how grave it is, and words."""

    severity: str
    id: str
    text: str = ""


@dataclass(frozen=True)
class ApprovalTerms:
    """What was approved; ``image`` and ``bundle`` are SHA-256 digests (hex), ``expires`` is the last day.

    ``commit`` is the commit of the source; ``changed``: files of the source differed from it.
    """

    enclave: str
    stack: str
    site: str
    gateway: str
    image: str
    bundle: str
    commit: str
    changed: bool
    inspector: str
    findings: tuple[Noted, ...]
    issued: datetime
    expires: date


def as_text(terms: ApprovalTerms) -> bytes:
    """Return terms as they are signed."""
    fields = {**asdict(terms), "issued": shown(terms.issued), "expires": terms.expires.isoformat()}
    return json.dumps(fields, sort_keys=True, indent=1).encode() + b"\n"


def terms_of(data: bytes) -> ApprovalTerms:
    """Return the terms in a text that is in the form of `as_text`. Raises TermsError."""
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise TermsError(("it is no JSON object",))
    terms = made(fields)
    if as_text(terms) != data:
        raise TermsError(("it is not in the form in which `enclave inspect sign` writes it",))
    return terms


def made(fields: Mapping[str, Any]) -> ApprovalTerms:
    """Return the terms that fields make. Raises TermsError with all problems at once."""
    if problems := tuple(_problems(fields)):
        raise TermsError(problems)
    values = {
        **fields,
        "findings": tuple(Noted(**each) for each in fields["findings"]),
        "issued": moment_of(fields["issued"]),
        "expires": date.fromisoformat(fields["expires"]),
    }
    terms = ApprovalTerms(**values)
    if (size := len(as_text(terms))) > LARGEST:
        raise TermsError((f"findings: the approval has {size:,} bytes, and {LARGEST:,} are the limit; say less",))
    return terms


def noted(text: str) -> Noted:
    """Return the finding that a text such as ``high:F-7:no second reader`` names. Raises ValueError."""
    severity, _, rest = text.partition(":")
    name, _, words = rest.partition(":")
    found = Noted(severity, name, words)
    if problem := _finding(asdict(found)):
        raise ValueError(f"'{text[:60]}' {problem}")
    return found


def _problems(fields: Mapping[str, Any]) -> Iterator[str]:
    yield from strange(fields, _FORMS, "approval")
    issued, expires = fields.get("issued"), fields.get("expires")
    if isinstance(issued, str) and isinstance(expires, str) and not _day(expires) and expires < issued[:10]:
        yield f"expires: {expires} is before it was issued ({issued}); nothing is approved for the past"


def _day(value: Any) -> str:
    try:
        if isinstance(value, str) and DAY.fullmatch(value):
            date.fromisoformat(value)
            return ""
    except ValueError:
        pass
    return f"'{str(value)[:40]}' is no day such as 2027-05-31"


def _findings(value: Any) -> str:
    if not isinstance(value, list | tuple):
        return "is no list"
    if len(value) > MOST:
        return f"{len(value)} findings, and {MOST} are the limit"
    return next(
        (f"finding {number} {problem}" for number, each in enumerate(value, 1) if (problem := _finding(each))), ""
    )


def _finding(value: Any) -> str:
    if not isinstance(value, dict) or value.keys() != {"severity", "id", "text"}:
        return "is not SEVERITY:ID[:WORDS]"
    if value["severity"] not in SEVERITIES:
        return f"has no severity of {', '.join(SEVERITIES)}: write SEVERITY:ID[:WORDS]"
    if problem := fitting(FINDING, "an id: up to 40 letters, digits and . _ -")(value["id"]):
        return f"has a wrong id: {problem}"
    words = value["text"]
    if not isinstance(words, str) or len(words) > LONGEST or not words.isprintable():
        return f"says what is no plain text of up to {LONGEST} letters"
    return ""


_digest: Final = fitting(DIGEST, "a SHA-256 in 64 lower-case hex digits")
_FORMS: Final[Mapping[str, Callable[[Any], str]]] = {
    "enclave": declared,
    "stack": fitting(STACK, "the name of a stack: up to 100 letters, digits and . _ -"),
    "site": declared,
    "gateway": declared,
    "image": _digest,
    "bundle": _digest,
    "commit": fitting(COMMIT, "a commit in 40 or 64 lower-case hex digits"),
    "changed": lambda value: "" if isinstance(value, bool) else f"'{str(value)[:40]}' is neither true nor false",
    "inspector": declared,
    "findings": _findings,
    "issued": wrong_moment,
    "expires": _day,
}
"""Each field → what is wrong with a value, "" for nothing."""
