"""Just-in-time grants: signed documents in a folder, and what one of them proves for one request at one moment.

The named grant and its revocation are read for each request: two small files of the page cache, about 10 µs. So
whatever changes counts at once, and no clock of a file system is trusted. The same bytes are verified once.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hosts.gateway.decision import NONE, Grant
from hosts.gateway.dsse import LARGEST, EnvelopeError, all_fit, opened, public_key, unknown_signers
from hosts.gateway.errors import BundleError
from hosts.gateway.grant_terms import GRANT_KIND, ID, REVOCATION_KIND, revocation_of, terms_of
from hosts.gateway.signed_terms import TermsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from securesystemslib.signer import Key

    from hosts.gateway.bundle import Settings
    from hosts.gateway.caller import Caller
    from hosts.gateway.grant_terms import Terms

GRANT_FILE: Final = ".grant.json"
REVOCATION_FILE: Final = ".revoked.json"
TWO: Final = 2
"""People who approve a break-glass grant."""
KEPT: Final = 1024
"""Grants whose signatures are remembered."""

UNKNOWN: Final = "grant-unknown"
UNREADABLE: Final = "grant-unreadable"
MALFORMED: Final = "grant-malformed"
UNSIGNED: Final = "grant-unsigned"
KEY_UNKNOWN: Final = "grant-key-unknown"
FORGED: Final = "grant-forged"
SELF_APPROVED: Final = "grant-self-approved"
ONE_APPROVER: Final = "grant-one-approver"
REVOKED: Final = "grant-revoked"
REVOCATION_WRONG: Final = "grant-revocation-wrong"
OTHER_ENCLAVE: Final = "grant-other-enclave"
OTHER_GATEWAY: Final = "grant-other-gateway"
OTHER_SITE: Final = "grant-other-site"
OTHER_PERSON: Final = "grant-other-person"
OTHER_CLASS: Final = "grant-other-class"
OTHER_PURPOSE: Final = "grant-other-purpose"
NOT_BEGUN: Final = "grant-not-begun"
EXPIRED: Final = "grant-expired"

REASONS: Final[Mapping[str, str]] = {
    UNKNOWN: "there is no grant of this id",
    UNREADABLE: "its file is empty or cannot be read",
    MALFORMED: "it is no grant, or no longer as it was written",
    UNSIGNED: "nobody has approved it",
    KEY_UNKNOWN: "somebody signed it whose key is not declared",
    FORGED: "a signature does not fit",
    SELF_APPROVED: "who asked for it signed it",
    ONE_APPROVER: "break-glass needs two approvers with keys of their own",
    REVOKED: "it was revoked",
    REVOCATION_WRONG: "a file that should revoke it is damaged, forged, or signed by nobody who is declared",
    OTHER_ENCLAVE: "it is for another enclave",
    OTHER_GATEWAY: "it is for another gateway",
    OTHER_SITE: "it is for another site",
    OTHER_PERSON: "it is for another person",
    OTHER_CLASS: "it is for data of another class",
    OTHER_PURPOSE: "it is for another purpose",
    NOT_BEGUN: "it is not in force yet",
    EXPIRED: "it is over",
}
"""Why a grant counts for nothing, in words."""


@dataclass(frozen=True)
class Approved:
    """The terms of a grant, and who approved them: each name's key has signed."""

    terms: Terms
    approvers: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """What the grant that a request names proves; ``wrong`` is the id of the reason why it proves nothing.

    ``approved`` is None where the signatures do not hold, as nothing that such a document says is worth a record.
    """

    id: str = ""
    grant: Grant = NONE
    wrong: str = ""
    approved: Approved | None = None


NO_CLAIM: Final = Claim()


def approved(data: bytes, name: str, keys: Mapping[str, Key]) -> Approved | str:
    """Return what a grant's file holds, or the id of the reason why it is no grant; ``name`` is the id it goes by."""
    try:
        envelope = opened(data, GRANT_KIND)
        terms = terms_of(envelope.payload)
    except (EnvelopeError, TermsError):
        return MALFORMED
    if terms.id != name:
        return MALFORMED
    if not envelope.signatures:
        return UNSIGNED
    if unknown_signers(envelope, keys):
        return KEY_UNKNOWN
    if not all_fit(envelope, keys):
        return FORGED
    approvers = tuple(sorted(envelope.signatures))
    if terms.requester.casefold() in {each.casefold() for each in approvers}:
        return SELF_APPROVED
    if people(approvers, keys) < approvals_needed(terms):
        return ONE_APPROVER
    return Approved(terms, approvers)


def people(names: tuple[str, ...], keys: Mapping[str, Key]) -> int:
    """Return how many people names stand for: one key under two names is one person."""
    return min(len({keys[name].keyval["public"] for name in names}), len({name.casefold() for name in names}))


def approvals_needed(terms: Terms) -> int:
    """Return how many people must approve a grant."""
    return TWO if terms.break_glass else 1


def revocation(data: bytes, name: str, enclave: str, keys: Mapping[str, Key]) -> str:
    """Return why a grant is not in force any more, from the file that revokes it.

    What is no revocation revokes, too: somebody wanted to take the grant back, or to hide that somebody did.
    """
    try:
        envelope = opened(data, REVOCATION_KIND)
        found = revocation_of(envelope.payload)
    except (EnvelopeError, TermsError):
        return REVOCATION_WRONG
    signed = bool(envelope.signatures) and all_fit(envelope, keys)
    return REVOKED if signed and (found.id, found.enclave) == (name, enclave) else REVOCATION_WRONG


def unfit(terms: Terms, caller: Caller, settings: Settings, now: datetime) -> str:
    """Return the id of the reason why a grant is not for this request at this moment, "" where it is."""
    checks = (
        (OTHER_ENCLAVE, terms.enclave == settings.enclave),
        (OTHER_GATEWAY, terms.gateway == settings.gateway),
        (OTHER_SITE, settings.site in terms.sites),
        (OTHER_PERSON, terms.requester == caller.person),
        (OTHER_CLASS, caller.data_class in terms.classes),
        (OTHER_PURPOSE, terms.purpose == caller.purpose),
        (NOT_BEGUN, terms.begins <= now),
        (EXPIRED, now < terms.ends),
    )
    return next((reason for reason, holds in checks if not holds), "")


class Grants:
    """The folder of grants on a gateway's host; None: there is none, and so no grant."""

    def __init__(self, folder: Path | None, settings: Settings) -> None:
        """Raises BundleError for keys of approvers that are none."""
        self._folder, self._settings = folder, settings
        try:
            self._keys = {name: public_key(name, text) for name, text in settings.grant_keys.items()}
        except ValueError as error:
            raise BundleError(f"{error}, and deploy the bundle again") from None
        self._read: dict[str, tuple[bytes, Approved | str]] = {}
        self._revoked: set[str] = set()

    def claim(self, caller: Caller, now: datetime) -> Claim:
        """Return what the grant that a request names proves."""
        if not caller.grant:
            return NO_CLAIM
        found = self._approved(caller.grant)
        if isinstance(found, str):
            return Claim(caller.grant, wrong=found)
        wrong = self._taken_back(caller.grant) or unfit(found.terms, caller, self._settings, now)
        if wrong:
            return Claim(caller.grant, wrong=wrong, approved=found)
        terms = found.terms
        proves = Grant(bool(terms.ticket), people(found.approvers, self._keys), terms.minutes, terms.break_glass)
        return Claim(terms.id, proves, approved=found)

    def _approved(self, name: str) -> Approved | str:
        if self._folder is None or not ID.fullmatch(name):
            return UNKNOWN
        data = _bytes_of(f"{self._folder}/{name}{GRANT_FILE}")
        if data is None:
            return UNKNOWN
        if not data:
            return UNREADABLE
        known = self._read.get(name)
        if known is not None and known[0] == data:
            return known[1]
        found = approved(data, name, self._keys)
        if len(self._read) >= KEPT:
            self._read.clear()
        self._read[name] = data, found
        return found

    def _taken_back(self, name: str) -> str:
        """Return why a grant is revoked, "" where it is not; what was revoked once stays so, wherever the file went."""
        data = _bytes_of(f"{self._folder}/{name}{REVOCATION_FILE}")
        if data is None:
            return REVOKED if name in self._revoked else ""
        wrong = revocation(data, name, self._settings.enclave, self._keys)
        if wrong == REVOKED:
            self._revoked.add(name)
        return wrong


def _bytes_of(path: str) -> bytes | None:
    """Return what a file holds, one byte more than an envelope may have at most; None: no file, b"": unreadable."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe there must keep nobody waiting
    except FileNotFoundError:
        return None
    except OSError:
        return b""
    try:
        return os.read(file, LARGEST + 1)
    except OSError:
        return b""
    finally:
        os.close(file)
