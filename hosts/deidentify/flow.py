"""What one flow lets leave: to whom, for which purpose, and what becomes of each field. Frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from decimal import Decimal

Measure = Literal["tokenised", "pseudonymised", "aggregated", "noised"]
"""What hides people: tokens that can be turned back, or pseudonyms, in records that leave one by one; groups of enough
of them; or noise on top."""
MEASURES: Final[tuple[Measure, ...]] = ("tokenised", "pseudonymised", "aggregated", "noised")
REGIMES: Final = ("eu", "uk", "ch")
Epoch = Literal["day", "week"]
EPOCHS: Final[tuple[Epoch, ...]] = ("day", "week")
Do = Literal["drop", "keep", "pseudonym", "token", "country", "day", "age-band", "person"]


@dataclass(frozen=True, slots=True)
class Field:
    """What becomes of a field; a field that no flow lists is dropped.

    drop: it stays. keep: it leaves if it is one of ``values``, and no other text ever does. pseudonym: a keyed one.
    token: one of chance, which a grant can turn back. country: of an IP address. day: of a time, in UTC.
    age-band: bands of ``width`` years, the last begins with ``top``.
    person: it tells people apart where groups are counted, and stays.
    """

    name: str
    do: Do
    values: tuple[str | int | bool, ...] = ()
    width: int = 10
    top: int = 80


@dataclass(frozen=True, slots=True)
class Noise:
    """Differential privacy of a table: ``epsilon`` is spent by each one, up to ``budget`` for a recipient and class.

    ``each`` is how many records of one person are counted, so how much one person can change.
    """

    epsilon: Decimal
    budget: Decimal
    each: int


@dataclass(frozen=True, slots=True)
class Groups:
    """A table of how many records there are by some fields; a group of fewer than ``minimum`` people is left out."""

    person: str
    by: tuple[str, ...]
    minimum: int
    noise: Noise | None = None


@dataclass(frozen=True, slots=True)
class Reversal:
    """How tokens of a flow are turned back: whose key seals the vaults, for which purposes, and who approves.

    ``key`` is the purpose of a site's key. ``approvers`` are names with their Ed25519 keys (32 bytes in base64).
    """

    enclave: str
    key: str
    purposes: tuple[str, ...]
    approvers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow; ``groups`` is None where records leave one by one, ``reversal`` where nothing can be turned back.

    ``regimes`` say whose data it is (eu, uk, ch). ``sandbox``: of a sandbox's declaration. ``epoch`` is how long a
    gateway's pseudonyms stay equal; None: the flow leaves as files only.
    """

    name: str
    data_class: str
    purpose: str
    recipient: str
    country: str
    regimes: tuple[str, ...]
    fields: tuple[Field, ...]
    groups: Groups | None = None
    reversal: Reversal | None = None
    sandbox: bool = False
    epoch: Epoch | None = None

    @property
    def measure(self) -> Measure:
        """What hides people in what leaves."""
        if self.groups is None:
            return "tokenised" if self.has_tokens else "pseudonymised"
        return "aggregated" if self.groups.noise is None else "noised"

    @property
    def has_pseudonyms(self) -> bool:
        """Whether it needs the key for pseudonyms."""
        return any(field.do == "pseudonym" for field in self.fields)

    @property
    def has_tokens(self) -> bool:
        """Whether it needs a vault."""
        return any(field.do == "token" for field in self.fields)

    @property
    def has_epoch(self) -> bool:
        """Whether it makes what only a run of its own may make."""
        return self.has_pseudonyms or self.has_tokens

    @property
    def has_countries(self) -> bool:
        """Whether it needs a table of networks."""
        return any(field.do == "country" for field in self.fields)
