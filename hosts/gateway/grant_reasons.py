"""Why a grant counts for nothing: ids, as the record and the answers have them, and words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

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
