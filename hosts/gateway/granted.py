"""What a grant's file proves by its signatures, whatever it allows; and what the file that revokes one says."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from hosts.gateway.dsse import LARGEST, EnvelopeError, all_fit, opened, unknown_signers
from hosts.gateway.grant_reasons import (
    FORGED,
    KEY_UNKNOWN,
    MALFORMED,
    ONE_APPROVER,
    REVOCATION_WRONG,
    REVOKED,
    SELF_APPROVED,
    UNSIGNED,
)
from hosts.gateway.grant_terms import GRANT_KIND, REVOCATION_KIND, revocation_of, terms_of
from hosts.gateway.signed_terms import TermsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from securesystemslib.signer import Key

GRANT_FILE: Final = ".grant.json"
REVOCATION_FILE: Final = ".revoked.json"


class Granted(Protocol):
    """What the terms of every grant say, whatever it allows."""

    @property
    def id(self) -> str:
        """The id that it goes by."""

    @property
    def requester(self) -> str:
        """Who asks."""

    @property
    def approvals(self) -> int:
        """How many people must approve it."""


T_co = TypeVar("T_co", bound=Granted, covariant=True)


@dataclass(frozen=True)
class Kind(Generic[T_co]):
    """What a grant allows: its type in an envelope, and what reads its terms, which raises TermsError."""

    media_type: str
    terms_of: Callable[[bytes], T_co]


ACCESS: Final = Kind(GRANT_KIND, terms_of)


@dataclass(frozen=True)
class Approved(Generic[T_co]):
    """The terms of a grant, and who approved them: each name's key has signed."""

    terms: T_co
    approvers: tuple[str, ...]


def approved(data: bytes, name: str, keys: Mapping[str, Key], kind: Kind[T_co]) -> Approved[T_co] | str:
    """Return what a grant's file holds, or the id of the reason why it is no grant; ``name`` is the id it goes by."""
    try:
        envelope = opened(data, kind.media_type)
        terms = kind.terms_of(envelope.payload)
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
    if people(approvers, keys) < terms.approvals:
        return ONE_APPROVER
    return Approved(terms, approvers)


def people(names: tuple[str, ...], keys: Mapping[str, Key]) -> int:
    """Return how many people names stand for: one key under two names is one person."""
    return min(len({keys[name].keyval["public"] for name in names}), len({name.casefold() for name in names}))


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


def bytes_of(path: str) -> bytes | None:
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
