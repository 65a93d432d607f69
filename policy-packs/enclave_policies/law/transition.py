"""Where data may still rest abroad while it moves in: by a dated basis for site, wave and class, with its history."""
# Annotations are evaluated here (no __future__ import): they are the schema.

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from enclave_policies.law.forms import (
    Account,
    Bucket,
    CountryCode,
    DataClass,
    Days,
    DeclaredName,
    Host,
    RegionCode,
    RoleName,
)
from enclave_policies.law.instruments import REGIMES, Regime
from located_yaml.records import AtLeast, key


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionalSite:
    """The one place that a basis is about: a site of a stack, in one account and one region."""

    stack: DeclaredName
    name: DeclaredName
    account: Account
    region: RegionCode
    country: CountryCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A new approval for longer; the row and the extensions before it stay as they were."""

    until: date
    approved: date
    approver: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationBasis:
    """By which role of the site's account S3 may bring the wave in, and from which bucket into which."""

    role: RoleName
    source: Bucket = field(metadata=key("from"))
    target: Bucket = field(metadata=key("to"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionRow:
    """Permission for data of some classes to rest at one site abroad until one wave has brought it in.

    ``endpoint`` is the private endpoint at which workers of the wave read from the site that it fills, ``replication``
    how S3 brings it in by itself. ``stand_in``: it counts only where a sandbox's stand-in of AWS is asked, and nowhere
    in the world.
    """

    id: str
    site: TransitionalSite
    wave: DeclaredName
    classes: Annotated[tuple[DataClass, ...], AtLeast(1)]
    regimes: Annotated[tuple[Regime, ...], AtLeast(1)] = REGIMES
    basis: str
    source: str
    starts: date = field(metadata=key("from"))
    until: date
    owner: str
    approver: str
    extensions: tuple[Extension, ...] = ()
    endpoint: Host | None = None
    replication: ReplicationBasis | None = None
    stand_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionalFile:
    """transitional.yaml; an approval holds for so many days at most, and its end is told so many days before."""

    transition_days_at_most: Days
    warn_days_before: Annotated[tuple[Days, ...], AtLeast(1)]
    transitional: tuple[TransitionRow, ...]


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the law, with its FILE:LINE."""

    row: TransitionRow
    line: str

    def last_day(self, day: date) -> date:
        """Return the last day by the approvals that there were on ``day``."""
        return max((self.row.until, *(each.until for each in self.row.extensions if each.approved <= day)))

    def in_force(self, day: date) -> bool:
        """Return whether the basis holds on ``day``."""
        return self.row.starts <= day <= self.last_day(day)

    def covers(self, wave: str, data_class: str) -> bool:
        """Return whether it is a basis for a class of a wave."""
        return wave == self.row.wave and data_class in self.row.classes


@dataclass(frozen=True, slots=True)
class Transitions:
    """All rows, and how many days before its end a basis is told of."""

    rows: tuple[Transition, ...] = ()
    warn_days: tuple[int, ...] = ()

    def of_site(self, stack: str, site: str) -> tuple[Transition, ...]:
        """Return the rows about a site of a stack."""
        return tuple(each for each in self.rows if (each.row.site.stack, each.row.site.name) == (stack, site))

    def endpoints(self, stack: str, wave: str, day: date) -> tuple[Transition, ...]:
        """Return the rows in force on a day by which workers of a wave may read at an endpoint."""
        return tuple(each for each in self._of_wave(stack, wave, day) if each.row.endpoint)

    def replications(self, stack: str, wave: str, day: date) -> tuple[Transition, ...]:
        """Return the rows in force on a day by which S3 may bring a wave in by itself."""
        return tuple(each for each in self._of_wave(stack, wave, day) if each.row.replication)

    def _of_wave(self, stack: str, wave: str, day: date) -> tuple[Transition, ...]:
        about = (stack, wave)
        return tuple(each for each in self.rows if (each.row.site.stack, each.row.wave) == about and each.in_force(day))

    def stage(self, days: int) -> int | None:
        """Return within how many days of its end something is that has so many left; None: it is not told yet."""
        return min((each for each in self.warn_days if 0 <= days <= each), default=None)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A transitional site as a stack declares it, "" and None where it says nothing; ``waves``: name to classes."""

    stack: str
    site: str
    account: str
    region: str
    country: str
    exit_by: date | None
    waves: tuple[tuple[str, frozenset[str]], ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """A basis that ends soon: its last day, the days left, and within how many days that is."""

    found: Transition
    last: date
    days: int
    stage: int


def lacking(transitions: Transitions, site: Leaving, day: date) -> Iterator[str]:
    """Yield why a site abroad has no basis for what it holds, each as the end of a sentence about it."""
    named = transitions.of_site(site.stack, site.site)
    here = [each for each in named if _is_there(each.row.site, site)]
    for each in () if here else named:
        of = each.row.site
        said = f"{each.line} is about account {of.account}, {of.region}, {of.country}"
        declared = f"account {site.account or 'unknown'}, {site.region or 'no region'}, {site.country or 'no country'}"
        yield f"and {said}, and it is declared in {declared}"
    if not named:
        yield "and no row of law/transitional.yaml is about it"
    if here and not site.waves:
        yield f"and no wave leads out of it, so {here[0].line} is no basis for anything"
    for wave, classes in site.waves if here else ():
        for data_class in sorted(classes):
            yield from _lacking_for(here, wave, data_class, site, day)


def _lacking_for(rows: list[Transition], wave: str, data_class: str, site: Leaving, day: date) -> Iterator[str]:
    """Yield why one class of one wave has no basis on a day."""
    rows = [each for each in rows if each.covers(wave, data_class)]
    what = f"class {data_class} of wave '{wave}'"
    if not rows:
        yield f"and no row of law/transitional.yaml covers {what}"
        return
    (found,) = rows  # the reader takes no class of a wave twice
    last = found.last_day(day)
    if day < found.row.starts:
        yield f"and its basis for {what} begins on {found.row.starts} ({found.line})"
    elif day > last:
        yield f"and its basis for {what} ended on {last} ({found.line})"
    elif site.exit_by is None or site.exit_by > last:
        yield f"and is left by {site.exit_by or 'no day'}, after its basis for {what} ends on {last} ({found.line})"


def _is_there(row: TransitionalSite, site: Leaving) -> bool:
    return (row.account, row.region, row.country) == (site.account, site.region, site.country)


def ending(transitions: Transitions, site: Leaving, day: date) -> Iterator[Ending]:
    """Yield each basis of a site that ends soon, by its own last day or by the day on which the site is left."""
    for each in transitions.of_site(site.stack, site.site):
        if each.in_force(day) and _is_there(each.row.site, site):
            last = min(each.last_day(day), site.exit_by or each.last_day(day))
            days = (last - day).days
            stage = transitions.stage(days)
            if stage is not None:
                yield Ending(each, last, days, stage)
