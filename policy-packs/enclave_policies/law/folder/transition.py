"""The bases of transitional sites, checked when the law is read: two people, dates in their order, one place abroad."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.law.folder.atlas import HOST
from enclave_policies.law.folder.people import problem_with
from enclave_policies.law.transition import Transition, Transitions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from enclave_policies.law.folder.atlas import Atlas
    from enclave_policies.law.folder.document import Where
    from enclave_policies.law.folder.parts import Row
    from enclave_policies.law.folder.sources import Sources
    from enclave_policies.law.transition import TransitionRow

    Found = tuple[Where, str]

FILE: Final = "transitional.yaml"
WHAT: Final = "transition"


def read_transitions(
    sources: Sources, atlas: Atlas, places: Mapping[str, Any], accounts: frozenset[str] | None, day: date
) -> Transitions:
    """Return the rows of all files; problems are noted.

    ``places`` are the fields of Law that say where things are; ``accounts`` are the enclave's own, None where the file
    that lists them could not be read: what it does not say is no problem of another file.
    """
    if FILE not in sources.shipped:
        return Transitions()
    file = sources.shipped[FILE].content
    longest: int = file.transition_days_at_most
    today = max(day, datetime.now(UTC).date())  # an earlier day may be judged by what is known now
    taken: dict[tuple[str, str, str, str], str] = {}
    found = []
    entries: dict[str, Row[TransitionRow]] = sources.table(WHAT, FILE, "transitional")
    for entry in entries.values():
        value = entry.value
        wrong = (
            *_wrong_place(value, atlas, places, accounts),
            *_wrong_endpoint(value),
            *_wrong_replication(value),
            *_wrong_days(value, longest),
            *_wrong_people(value),
            *_wrong_history(value, longest, today),
            *_given_twice(value, taken),
        )
        sources.problems += (entry.problem(message, *where) for where, message in wrong)
        at = entry.document.position(entry.path)
        found.append(Transition(value, f"law/{Path(at.file).name}:{at.line}"))
    return Transitions(tuple(found), tuple(sorted(file.warn_days_before)))


def _wrong_place(
    value: TransitionRow, atlas: Atlas, places: Mapping[str, Any], accounts: frozenset[str] | None
) -> Iterator[Found]:
    site, regions = value.site, places["regions"]
    region = regions.get(site.region)
    if region is None:
        if regions:
            yield ("site", "region"), f"'{site.region}' is no region of aws-regions.yaml; correct it"
    elif region.country != site.country:
        yield ("site", "country"), f"{site.region} is in {region.country}, not in '{site.country}'; correct one"
    elif site.country in atlas.sets[HOST]:
        message = f"{site.country} may host (approved.yaml), so its sites need no such basis; remove the row"
        yield ("site", "country"), message
    if accounts is not None and site.account not in accounts:
        yield ("site", "account"), f"'{site.account}' is no account of approved.yaml; a basis is about an own one"


def _wrong_endpoint(value: TransitionRow) -> Iterator[Found]:
    """Yield that an endpoint is no private one of S3 in the region of the row (AWS PrivateLink for Amazon S3)."""
    ending = f".s3.{value.site.region}.vpce.amazonaws.com"
    if value.endpoint is not None and not value.endpoint.endswith(ending):
        message = (
            f"'{value.endpoint}' is no private endpoint of S3 in {value.site.region}; name one that ends with {ending}"
        )
        yield ("endpoint",), message


def _wrong_replication(value: TransitionRow) -> Iterator[Found]:
    if value.replication is not None and value.replication.source == value.replication.target:
        message = f"'{value.replication.target}' is where it comes from; name the bucket that the wave fills"
        yield ("replication", "to"), message


def _wrong_days(value: TransitionRow, longest: int) -> Iterator[Found]:
    days = (value.until - value.starts).days
    if days < 0:
        yield ("until",), f"ends on {value.until} before it begins on {value.starts}; correct one"
    if days > longest:
        yield ("until",), f"holds for {days} days, {longest} are the limit (transition_days_at_most); end it earlier"


def _wrong_people(value: TransitionRow) -> Iterator[Found]:
    if same := problem_with(value.owner, value.approver, WHAT):
        yield ("approver",), same
    for index, each in enumerate(value.extensions):
        if same := problem_with(value.owner, each.approver, WHAT):
            yield ("extensions", index, "approver"), same


def _wrong_history(value: TransitionRow, longest: int, today: date) -> Iterator[Found]:
    """Yield what is wrong with extensions: each is approved in time, after the one before it, and for longer."""
    before, last = value.starts, value.until
    for index, each in enumerate(value.extensions):
        at: Where = ("extensions", index)
        if each.approved > today:
            yield (*at, "approved"), f"approved {each.approved} lies in the future (today is {today}); give its day"
        if each.approved > last:
            message = f"approved on {each.approved}, when it had ended on {last}; what is over needs a row of its own"
            yield (*at, "approved"), message
        if each.approved < before:
            message = f"approved on {each.approved}, before {before}, the day of what it extends; add each at the end"
            yield (*at, "approved"), message
        if each.until <= last:
            yield (*at, "until"), f"ends on {each.until}, no later than {last}, which it extends; give a later day"
        if (days := (each.until - each.approved).days) > longest:
            message = f"holds for {days} days, {longest} are the limit (transition_days_at_most); end it earlier"
            yield (*at, "until"), message
        before, last = each.approved, max(last, each.until)


def _given_twice(value: TransitionRow, taken: dict[tuple[str, str, str, str], str]) -> Iterator[Found]:
    """Yield a class of a wave that another row covers: a second row would hide the history of the first."""
    for index, data_class in enumerate(value.classes):
        what = (value.site.stack, value.site.name, value.wave, data_class)
        if (first := taken.setdefault(what, value.id)) != value.id:
            message = f"'{first}' is about class {data_class} of wave '{value.wave}' already; extend that one"
            yield ("classes", index), message
