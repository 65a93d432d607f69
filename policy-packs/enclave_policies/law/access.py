"""The law of access: what no gateway may ever let through, whoever grants it, and who inspects what runs."""
# Annotations are evaluated here (no __future__ import): they are the schema.

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from enclave_policies.law.forms import Account, CountryCode, DataClass, Days, FactFile
from enclave_policies.law.instruments import REGIMES, Regime
from located_yaml.records import AtLeast, Matching, key

Measure = Literal["tokenised", "pseudonymised", "aggregated", "noised"]
"""What a de-identifier does (hosts/deidentify); a test holds the two lists against each other."""
Where = Literal["host", "adequate", "anywhere"]
Amount = Annotated[str, Matching(r"[0-9]{1,2}(\.[0-9]{1,6})?", "an amount in quotes such as '3'")]
NeverId = Annotated[str, Matching(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "a name in lower case such as located-in-china")]
InspectorName = Annotated[str, Matching(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "a name in lower case such as norsk-tilsyn")]
KeyId = Annotated[str, Matching(r"[a-z0-9]+([.-][a-z0-9]+)*", "the name of a key such as norsk-tilsyn-2026")]
PublicKey = Annotated[
    str,
    Matching(
        r"[A-Za-z0-9+/]{43}=|MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[A-Za-z0-9+/]{86}==",
        "a public key in base64: the 32 bytes of an Ed25519 key, or the DER of a P-256 key",
    ),
]
"""The second is the SubjectPublicKeyInfo (RFC 5480) of secp256r1 with an uncompressed point."""


StackName = Annotated[str, Matching(r"[A-Za-z0-9_.-]{1,100}", "the name of a stack such as inspector")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Never:
    """Data of these classes is never reached by people who are in, or work for whom is controlled from, a country."""

    id: NeverId
    classes: Annotated[tuple[DataClass, ...], AtLeast(1)]
    located: tuple[CountryCode, ...] = ()
    controlled_from: tuple[CountryCode, ...] = ()
    source: str

    def forbids(self, data_class: str, location: str, controlled_from: str) -> bool:
        """Return whether somebody there, employed so, may never reach data of a class."""
        return data_class in self.classes and (location in self.located or controlled_from in self.controlled_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverFile(FactFile):
    """never.yaml."""

    never: tuple[Never, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectorKey:
    """A key by which an inspector signs, from the first day to the last, both included; None: no end."""

    public: PublicKey
    begins: date | None = field(default=None, metadata=key("from"))
    ends: date | None = field(default=None, metadata=key("until"))


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectorAccounts:
    """The accounts from which an inspector reads."""

    aws: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspector:
    """Who may approve what runs, and watch it: where it is, who controls it in the end, its keys and accounts.

    ``stacks`` are its own: in them its accounts count as own ones, as its watch stands there.
    """

    country: CountryCode
    controlled_from: CountryCode
    keys: Annotated[Mapping[KeyId, InspectorKey], AtLeast(1)]
    accounts: InspectorAccounts = InspectorAccounts()
    stacks: tuple[StackName, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectorsFile(FactFile):
    """inspectors.yaml; an approval holds for so many days at most, and so many before its end it is a warning."""

    approval_days_at_most: Days
    approval_warning_days: Days
    inspectors: Mapping[InspectorName, Inspector]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandInInspector(Inspector):
    """The inspector of a local sandbox: it signs whatever it is shown, and counts for the sandbox's stacks only."""

    stand_in: Literal[True]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    """Measures that are enough for data of these classes, of whom the regimes protect, in these countries.

    ``where``: host, what approved.yaml lets host; adequate, what the regime finds adequate on the day, its home among
    them; anywhere. ``countries`` are further ones.
    """

    id: NeverId
    classes: Annotated[tuple[DataClass, ...], AtLeast(1)]
    measures: Annotated[tuple[Measure, ...], AtLeast(1)]
    regimes: Annotated[tuple[Regime, ...], AtLeast(1)] = REGIMES
    where: Where | None = None
    countries: tuple[CountryCode, ...] = ()
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuresFile(FactFile):
    """measures.yaml; a group that leaves has so many people at least, and a recipient's budget is so large at most.

    Of so many people at least, any may approve that tokens are turned back.
    """

    group_at_least: Annotated[int, AtLeast(10)]
    budget_at_most: Amount
    approvers_at_least: Annotated[int, AtLeast(2)]
    measures: tuple[MeasureRow, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """The law of access as rules see it; ``stand_ins`` are the inspectors of a sandbox, by name."""

    never: tuple[Never, ...] = ()
    inspectors: Mapping[str, Inspector] = field(default_factory=dict)
    stand_ins: Mapping[str, StandInInspector] = field(default_factory=dict)
    approval_days_at_most: int = 365
    approval_warning_days: int = 30
    measures: tuple[MeasureRow, ...] = ()
    group_at_least: int = 10
    budget_at_most: Amount = "0"
    approvers_at_least: int = 2

    def holder(self, key_id: str) -> tuple[str, Inspector] | None:
        """Return who signs by a key, with their name; None for a key that the law does not list."""
        everybody = (*self.inspectors.items(), *self.stand_ins.items())
        return next(((name, each) for name, each in everybody if key_id in each.keys), None)

    def is_stand_in(self, key_id: str) -> bool:
        """Return whether a key is one of a sandbox's."""
        return any(key_id in each.keys for each in self.stand_ins.values())
