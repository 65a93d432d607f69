"""The forms of values in the law, and what every fact says: its source and the day it was checked."""
# Annotations are evaluated here (no __future__ import): they are the schema.

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from located_yaml.records import AtLeast, Matching

CountryCode = Annotated[str, Matching(r"[A-Z]{2}", "an ISO 3166-1 alpha-2 code such as IE")]
Sha256 = Annotated[str, Matching(r"[0-9a-f]{64}", "a SHA-256 in 64 lower-case hex digits")]
Pin = Annotated[str, Matching(r"[0-9a-f]{64}|unpinned", "a SHA-256 in 64 lower-case hex digits, nor 'unpinned'")]
Account = Annotated[str, Matching(r"[0-9]{12}", "an AWS account id of 12 digits")]
Organization = Annotated[str, Matching(r"o-[a-z0-9]{10,32}", "an AWS organization id such as o-a1b2c3d4e5")]
LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
Host = Annotated[str, Matching(rf"{LABEL}(\.{LABEL})+", "a DNS name of two or more labels in lower case")]
Registry = Annotated[
    str, Matching(rf"{LABEL}(\.{LABEL})+(:[0-9]+)?(/[a-z0-9._-]+)*", "a registry such as host.example")
]
Bucket = Annotated[str, Matching(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the name of an S3 bucket")]
RoleName = Annotated[str, Matching(r"[A-Za-z0-9+=,.@_-]{1,64}", "the name of a role")]
RegionCode = Annotated[str, Matching(r"[a-z]+(-[a-z]+)+-[0-9]+", "a region code such as eu-west-1")]
DataClass = Annotated[str, Matching(r"[a-z0-9][a-z0-9-]*", "the name of a data class such as restricted")]
DeclaredName = Annotated[str, Matching(r"[a-z0-9][a-z0-9-]*", "a name as declarations have it, such as us-exit")]
StageName = Literal["planned", "building", "testing", "live", "draining", "retired"]
NodePattern = Annotated[
    str,
    Matching(r"[A-Za-z0-9][-A-Za-z0-9_.]*\*?", "a whole value, or a prefix with one * at its end"),
]
Days = Annotated[int, AtLeast(1, most=3_660)]
"""Ten years: whoever means longer means for ever, which no fact and no exception is."""
Names = Annotated[tuple[str, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Where a fact comes from and when it was last checked; after ``expires`` it is no fact any more."""

    source: str
    as_of: date
    expires: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactFile(Fact):
    """A file of facts; its source and dates hold for each entry that has none of its own.

    ``stale_after_days``: how long ago a fact may have been checked.
    """

    stale_after_days: Days | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDates:
    """What an entry may say better than its file."""

    source: str | None = None
    as_of: date | None = None
    expires: date | None = None
