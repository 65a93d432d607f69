"""A way that data could take from where a resource is to another place, and the legal basis for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from enclave_policies.law.basis import transfer_basis

if TYPE_CHECKING:
    from enclave_policies.law.basis import Basis
    from enclave_policies.law.instruments import Movement
    from enclave_policies.reading.reading import Reading
    from enclave_policies.resources.claim import Claim, Effect

VERBS: Final[dict[Movement, str]] = {
    "copy": "would copy data to",
    "link": "points to",
    "import": "would fetch data from",
    "remote_access": "would be read from",
}

NOUNS: Final[dict[Movement, str]] = {
    "copy": "a copy",
    "link": "a link",
    "import": "an import",
    "remote_access": "remote access",
}


MOVEMENTS: Final[dict[Effect, Movement]] = {"kept": "copy", "copied": "copy", "linked": "link", "asked": "import"}
"""What an input does with a place → how data moves then; nothing moves for what only names, forbids or is read."""


def movement_of(claim: Claim) -> Movement:
    """Return how data moves by a claim."""
    return MOVEMENTS.get(claim.effect, "link")


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow; countries are ISO 3166-1 alpha-2, None where unknown; ``basis`` None: nothing allows it."""

    movement: Movement
    here: str | None
    there: str | None
    basis: Basis | None


def flow(reading: Reading, there: str | None, movement: Movement, classes: frozenset[str] | None = frozenset()) -> Flow:
    """Return the flow between the resource's country and another; from an unknown place nothing is allowed abroad.

    Data goes there, except for an ``import``, where it comes from there. ``classes``: what a copy would hold, as far as
    the resource says it.
    """
    here = reading.location.country
    ends = (there, here) if movement == "import" else (here, there)
    if reading.law.approves(there) and here is None:
        ends = (there, there)  # whether the resource itself may be where it is, other rules say
    copied = (classes or frozenset()) if movement == "copy" else None
    return Flow(movement, here, there, transfer_basis(reading.law, *ends, movement, copied))


def lacking(found: Flow) -> str:
    """Return why a flow without a basis may not be, as the end of a sentence."""
    return f"{NOUNS[found.movement]} {_way(found)} that no transfer rule allows"


def _way(found: Flow) -> str:
    here, there = found.here or "an unknown country", found.there or "an unknown country"
    return f"from {there} to {here}" if found.movement == "import" else f"from {here} to {there}"
