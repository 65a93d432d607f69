"""Whether tokens may be turned back: what a signed grant proves at a moment, for these tokens. Pure decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hosts.deidentify.reversal_terms import REVERSAL
from hosts.deidentify.token_form import TOKEN
from hosts.gateway.dsse import public_key
from hosts.gateway.grant_reasons import EXPIRED, NOT_BEGUN, OTHER_ENCLAVE, REASONS, REVOKED, UNKNOWN
from hosts.gateway.granted import approved, revocation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from hosts.deidentify.flow import Flow, Reversal
    from hosts.deidentify.reversal_terms import ReversalTerms
    from hosts.deidentify.vault_form import Head
    from hosts.deidentify.vault_reading import Found
    from hosts.gateway.granted import Approved

OTHER_FLOW: Final = "grant-other-flow"
OTHER_EPOCH: Final = "grant-other-epoch"
OTHER_PURPOSE: Final = "grant-other-purpose"
TOO_MANY: Final = "too-many-tokens"
NOT_NAMED: Final = "token-not-named"
NO_TOKEN: Final = "no-token"  # noqa: S105  a reason, and no secret
NO_VAULT: Final = "token-of-no-vault"
OTHER_VAULT: Final = "token-of-another-vault"
NOT_IN_VAULT: Final = "token-not-in-vault"

Refusal = tuple[str, str]
"""The id of a reason, for the record, and the words for whoever asks."""


@dataclass(frozen=True)
class Files:
    """A grant as it lies on the host: what its file and its revocation hold; None where there is none."""

    id: str
    grant: bytes | None
    revoked: bytes | None


@dataclass(frozen=True)
class Earlier:
    """What the record says of a grant: the tokens that it turned back, and whether it was seen as revoked."""

    tokens: frozenset[str] = frozenset()
    revoked: bool = False


@dataclass(frozen=True)
class Wanted:
    """Which tokens are to be turned back now, and what the grant has turned back before."""

    flow: Flow
    epoch: str
    tokens: tuple[str, ...]
    earlier: Earlier
    now: datetime


def granted(files: Files, reversal: Reversal) -> Approved[ReversalTerms] | Refusal:
    """Return what a grant's file proves, or why it proves nothing. Raises ValueError for a key that is none."""
    keys = {name: public_key(name, key) for name, key in reversal.approvers}
    found = UNKNOWN if files.grant is None else approved(files.grant, files.id, keys, REVERSAL)
    if isinstance(found, str):
        return found, f"grant {files.id}: {REASONS[found]}; request another with `enclave access reversal`"
    return found


def refusals(files: Files, terms: ReversalTerms, reversal: Reversal, wanted: Wanted) -> Iterator[Refusal]:
    """Yield each reason why a grant with good signatures does not turn these tokens back."""
    earlier, tokens, flow = wanted.earlier, wanted.tokens, wanted.flow.name
    taken_back = REVOKED if earlier.revoked else ""
    if files.revoked is not None:
        keys = {name: public_key(name, key) for name, key in reversal.approvers}
        taken_back = revocation(files.revoked, files.id, reversal.enclave, keys)
    if taken_back:
        yield taken_back, f"grant {files.id}: {REASONS[taken_back]}; request another"
    for reason, holds, words in (
        (OTHER_ENCLAVE, terms.enclave == reversal.enclave, f"is for the enclave '{terms.enclave}'"),
        (OTHER_FLOW, terms.flow == flow, f"is for the flow '{terms.flow}', and not for '{flow}'"),
        (OTHER_EPOCH, terms.epoch == wanted.epoch, f"is for the epoch '{terms.epoch}', and not for '{wanted.epoch}'"),
        (
            OTHER_PURPOSE,
            terms.purpose in reversal.purposes,
            f"is for '{terms.purpose}', and the flow's tokens are turned back for: {', '.join(reversal.purposes)}",
        ),
        (NOT_BEGUN, terms.begins <= wanted.now, "is not in force yet"),
        (EXPIRED, wanted.now < terms.ends, "is over"),
    ):
        if not holds:
            yield reason, f"grant {files.id} {words}; request one that fits"
    together = earlier.tokens | set(tokens)
    if len(together) > terms.most:
        text = f"is for {terms.most} tokens, {len(earlier.tokens)} were turned back by it, and these make"
        yield TOO_MANY, f"grant {files.id} {text} {len(together)}; ask for fewer, or request another"
    for number, token in enumerate(tokens, start=1):
        if terms.tokens and token not in terms.tokens:
            yield NOT_NAMED, f"token {number} is none of those that grant {files.id} names; request another"


def strange_tokens(tokens: tuple[str, ...], heads: Mapping[str, Head], own: Head | None) -> Iterator[Refusal]:
    """Yield each token that is not of the vault ``own``; ``heads`` are all vaults of the host by their ids.

    A token is named by its place, as what somebody gives in its stead may be a value.
    """
    for number, token in enumerate(tokens, start=1):
        form = TOKEN.fullmatch(token)
        head = heads.get(form[1]) if form else None
        if form is None:
            yield NO_TOKEN, f"token {number} is no token; give it as it left: tok-…"
        elif head is None:
            yield NO_VAULT, f"token {number} is of no vault of this host; ask where its flow was run"
        elif head != own:
            whom = f"for '{head.purpose}' and '{head.recipient}'"
            text = f"token {number} is of the flow '{head.flow}' {whom}, epoch '{head.epoch}'"
            yield OTHER_VAULT, f"{text}; a grant for that flow and epoch turns it back"


def missing_tokens(tokens: tuple[str, ...], found: Found) -> Iterator[Refusal]:
    """Yield each token that its vault does not know."""
    why = "no run let it leave; look where it comes from"
    if not found.whole:
        why = "it was never let go by the run, which was killed, or the vault was cut; restore the vault"
    for number, token in enumerate(tokens, start=1):
        if token not in found.values:
            yield NOT_IN_VAULT, f"token {number} is not in its vault: {why}"
