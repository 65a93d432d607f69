"""Just-in-time grants: signed documents in a folder, and what one of them proves for one request at one moment.

The named grant and its revocation are read for each request: two small files of the page cache, about 10 µs. So
whatever changes counts at once, and no clock of a file system is trusted. The same bytes are verified once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hosts.gateway.decision import NONE, Grant
from hosts.gateway.dsse import public_key
from hosts.gateway.errors import BundleError
from hosts.gateway.grant_reasons import (
    EXPIRED,
    NOT_BEGUN,
    OTHER_CLASS,
    OTHER_ENCLAVE,
    OTHER_GATEWAY,
    OTHER_PERSON,
    OTHER_PURPOSE,
    OTHER_SITE,
    REVOKED,
    UNKNOWN,
    UNREADABLE,
)
from hosts.gateway.grant_terms import ID
from hosts.gateway.granted import ACCESS, GRANT_FILE, REVOCATION_FILE, approved, bytes_of, people, revocation

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from hosts.gateway.bundle import Settings
    from hosts.gateway.caller import Caller
    from hosts.gateway.grant_terms import Terms
    from hosts.gateway.granted import Approved

KEPT: Final = 1024
"""Grants whose signatures are remembered."""


@dataclass(frozen=True)
class Claim:
    """What the grant that a request names proves; ``wrong`` is the id of the reason why it proves nothing.

    ``approved`` is None where the signatures do not hold, as nothing that such a document says is worth a record.
    """

    id: str = ""
    grant: Grant = NONE
    wrong: str = ""
    approved: Approved[Terms] | None = None


NO_CLAIM: Final = Claim()


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
        self._read: dict[str, tuple[bytes, Approved[Terms] | str]] = {}
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

    def _approved(self, name: str) -> Approved[Terms] | str:
        if self._folder is None or not ID.fullmatch(name):
            return UNKNOWN
        data = bytes_of(f"{self._folder}/{name}{GRANT_FILE}")
        if data is None:
            return UNKNOWN
        if not data:
            return UNREADABLE
        known = self._read.get(name)
        if known is not None and known[0] == data:
            return known[1]
        found = approved(data, name, self._keys, ACCESS)
        if len(self._read) >= KEPT:
            self._read.clear()
        self._read[name] = data, found
        return found

    def _taken_back(self, name: str) -> str:
        """Return why a grant is revoked, "" where it is not; what was revoked once stays so, wherever the file went."""
        data = bytes_of(f"{self._folder}/{name}{REVOCATION_FILE}")
        if data is None:
            return REVOKED if name in self._revoked else ""
        wrong = revocation(data, name, self._settings.enclave, self._keys)
        if wrong == REVOKED:
            self._revoked.add(name)
        return wrong
