"""Inspectors' approvals: what the files in a folder hold, and what one of them counts for.

Each is a DSSE envelope with one signature. A file that is none counts for nothing and is told by its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.law.folder.access import access_of
from enclave_policies.law.folder.stamps import stamp_of
from located_yaml import ProblemsError
from located_yaml.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from enclave_policies.law import Law
    from enclave_policies.law.access import InspectorKey
    from hosts.gateway.approval_terms import ApprovalTerms

README: Final = "README.md"

UNREADABLE: Final = "unreadable"
MALFORMED: Final = "malformed"
UNSIGNED: Final = "unsigned"
KEY_UNKNOWN: Final = "key-unknown"
FORGED: Final = "forged"
OTHER_INSPECTOR: Final = "other-inspector"
OTHER_STACK: Final = "other-stack"
OTHER_ENCLAVE: Final = "other-enclave"
OTHER_SITE: Final = "other-site"
OTHER_GATEWAY: Final = "other-gateway"
OTHER_BUNDLE: Final = "other-bundle"
OTHER_IMAGE: Final = "other-image"
CHANGED: Final = "source-changed"
STAND_IN: Final = "stand-in"
TOO_LONG: Final = "too-long"
NOT_BEGUN: Final = "not-begun"
EXPIRED: Final = "expired"
KEY_NOT_BEGUN: Final = "key-not-begun"
KEY_OVER: Final = "key-over"

REASONS: Final[Mapping[str, str]] = {
    UNREADABLE: "it cannot be read",
    MALFORMED: "it is no approval, or no longer as it was written",
    UNSIGNED: "it bears no signature, or several",
    KEY_UNKNOWN: "signed by a key that the law does not list ({key})",
    FORGED: "its signature does not fit the key {key}",
    OTHER_INSPECTOR: "signed by a key of another inspector than {inspector} ({key})",
    OTHER_STACK: "for the stack {stack}",
    OTHER_ENCLAVE: "for the enclave {enclave}",
    OTHER_SITE: "for the site {site}",
    OTHER_GATEWAY: "for the gateway {gateway}",
    OTHER_BUNDLE: "for the bundle {bundle}",
    OTHER_IMAGE: "for the image sha256:{image}",
    CHANGED: "its files differed from the commit {commit} that it names",
    STAND_IN: "signed by a sandbox's stand-in, which counts for nothing in real places",
    TOO_LONG: "it would hold for longer than the law lets any",
    NOT_BEGUN: "signed on {issued} only",
    EXPIRED: "expired on {expires}",
    KEY_NOT_BEGUN: "its key {key} is not valid yet",
    KEY_OVER: "its key {key} is valid no longer",
}
"""Why an approval counts for nothing, in words."""


@dataclass(frozen=True)
class Approval:
    """A file as it stands: ``wrong`` is the id of the reason why nobody can rely on what it says, "" where one can.

    ``terms`` is None where it says nothing; ``key`` is the id of the key that signed, ``sha256`` of the file.
    """

    file: str
    terms: ApprovalTerms | None = None
    key: str = ""
    wrong: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Wanted:
    """What needs an approval; ``stack`` is "" where nobody says which.

    ``images`` are digests, none where nothing runs yet; None or UNKNOWN stand for images that nobody can tell.
    ``real``: it stands in a real place, and not on a sandbox's stand-ins.
    """

    stack: str
    enclave: str
    site: str
    gateway: str
    bundle: str
    images: frozenset[Any]
    real: bool


def approvals_in(folder: Path, law: Law) -> tuple[Approval, ...]:
    """Return what the files right in a folder hold, by name; none where there is no folder."""
    if not folder.is_dir():
        return ()
    named = (file for file in folder.iterdir() if file.name != README and not file.name.startswith("."))
    files = sorted(file for file in named if not file.is_dir())  # a folder holds what was accepted of a site
    return tuple(_read(file, law, stamp_of([file])) for file in files)


def reason(found: Approval, wanted: Wanted, law: Law) -> str:
    """Return the id of the reason why an approval does not count for something on the law's day, "" where it does."""
    terms, key = found.terms, _key(found, law)
    if found.wrong or terms is None or key is None:
        return found.wrong or KEY_UNKNOWN
    access, day = access_of(law), law.day
    stand_in = access.is_stand_in(found.key)
    checks = (
        (OTHER_STACK, wanted.stack in ("", terms.stack)),
        (OTHER_ENCLAVE, terms.enclave == wanted.enclave),
        (OTHER_SITE, terms.site == wanted.site),
        (OTHER_GATEWAY, terms.gateway == wanted.gateway),
        (OTHER_BUNDLE, terms.bundle == wanted.bundle),
        (OTHER_IMAGE, wanted.images <= {terms.image}),
        (STAND_IN, not (wanted.real and stand_in)),
        (CHANGED, stand_in or not terms.changed),
        (TOO_LONG, (terms.expires - terms.issued.date()).days <= access.approval_days_at_most),
        (NOT_BEGUN, terms.issued.date() <= day),
        (EXPIRED, day <= terms.expires),
        (KEY_NOT_BEGUN, key.begins is None or key.begins <= terms.issued.date()),
        (KEY_OVER, key.ends is None or day <= key.ends),
    )
    return next((reason for reason, holds in checks if not holds), "")


def last_day(found: Approval, law: Law) -> date | None:
    """Return the last day on which an approval can count: its own, or that of its key."""
    key = _key(found, law)
    if found.terms is None or key is None:
        return None
    return found.terms.expires if key.ends is None else min(key.ends, found.terms.expires)


def words(found: Approval, why: str) -> str:
    """Return why an approval counts for nothing, in words."""
    terms = found.terms
    said = {"key": found.key or "none"}
    if terms is not None:
        named = ("inspector", "stack", "enclave", "site", "gateway", "bundle", "image", "commit")
        said |= {name: getattr(terms, name) for name in named}
        said |= {"issued": terms.issued.date().isoformat(), "expires": terms.expires.isoformat()}
    return REASONS[why].format(**said)


def _key(found: Approval, law: Law) -> InspectorKey | None:
    holder = access_of(law).holder(found.key)
    return None if holder is None else holder[1].keys[found.key]


@lru_cache(maxsize=4096)
def _read(file: Path, law: Law, _stamp: tuple[tuple[str, int], ...]) -> Approval:
    from hosts.gateway import dsse  # noqa: PLC0415 (most stacks hold no gateway, and this takes 0.15 s)
    from hosts.gateway.approval_terms import APPROVAL_KIND, terms_of  # noqa: PLC0415
    from hosts.gateway.signed_terms import TermsError  # noqa: PLC0415

    try:
        data = read_bytes(file, str(file), dsse.LARGEST)
    except ProblemsError:
        return Approval(file.name, wrong=UNREADABLE)
    try:
        envelope = dsse.opened(data, APPROVAL_KIND)
        terms = terms_of(envelope.payload)
    except (dsse.EnvelopeError, TermsError):
        return Approval(file.name, wrong=MALFORMED)
    if len(envelope.signatures) != 1:
        return Approval(file.name, terms, wrong=UNSIGNED)
    (key,) = envelope.signatures
    holder = access_of(law).holder(key)
    if holder is None:
        return Approval(file.name, terms, key, KEY_UNKNOWN)
    name, inspector = holder
    try:
        known = {key: dsse.inspectors_key(key, inspector.keys[key].public)}
    except ValueError:  # a point that lies on no curve: nobody signs by it
        known = {}
    if not dsse.all_fit(envelope, known):
        return Approval(file.name, terms, key, FORGED)
    wrong = "" if name == terms.inspector else OTHER_INSPECTOR
    return Approval(file.name, terms, key, wrong, sha256(data).hexdigest())
