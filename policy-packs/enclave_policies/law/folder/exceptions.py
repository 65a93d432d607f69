"""The exceptions, checked when the law is read: two people, a reason, a narrow subject, an end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from enclave_policies.law.folder.manifest import promised_ids
from enclave_policies.law.folder.people import problem_with
from enclave_policies.law.instruments import ExceptionGrant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law.folder.document import Where
    from enclave_policies.law.folder.files import ExceptionRow, SelectRow
    from enclave_policies.law.folder.parts import Row
    from enclave_policies.law.folder.sources import Sources

FILE: Final = "exceptions.yaml"
URN: Final = re.compile(r"urn:pulumi:[^:*]+::[^:*]+::[^*]+::[^*]+")
TYPE: Final = re.compile(r"[^:*\s]+:[^:*\s]+:[^:*\s]+")
NAME: Final = re.compile(r"[^*]+\*?")


def read_exceptions(sources: Sources) -> tuple[ExceptionGrant, ...]:
    """Return the exceptions of all files."""
    if FILE not in sources.shipped:
        return ()
    longest: int = sources.shipped[FILE].content.exception_days_at_most
    entries: dict[str, Row[ExceptionRow]] = sources.table("exception", FILE, "exceptions")
    known = promised_ids() if entries else frozenset()
    for entry in entries.values():
        wrong = (*_wrong_people_and_days(entry.value, longest), *_wrong_rules(entry.value, known), *_wide(entry.value))
        sources.problems += (entry.problem(message, *path) for path, message in wrong)
    return tuple(_grant(entry) for entry in entries.values())


def _wrong_people_and_days(value: ExceptionRow, longest: int) -> Iterator[tuple[Where, str]]:
    same = problem_with(value.owner, value.approver)
    if same:
        yield ("approver",), same
    days = (value.expires - value.granted).days
    if days < 0:
        yield ("expires",), f"expires {value.expires} before it is granted on {value.granted}; correct one"
    if days > longest:
        yield ("expires",), f"holds for {days} days, {longest} are the limit (exception_days_at_most); end it earlier"


def _wrong_rules(value: ExceptionRow, known: frozenset[str]) -> Iterator[tuple[Where, str]]:
    for index, rule in enumerate(value.rules):
        if rule not in known:
            yield ("rules", index), f"'{rule}' is no rule of any pack; rules: {', '.join(sorted(known))}"


def _wide(value: ExceptionRow) -> Iterator[tuple[Where, str]]:
    if (value.urn is None) == (value.select is None):
        yield (), f"exception '{value.id}' needs a urn or a select, one of the two; correct it"
    if value.urn is not None and not URN.fullmatch(value.urn):
        yield ("urn",), f"'{value.urn}' is no whole URN (urn:pulumi:STACK::PROJECT::TYPE::NAME, no *); copy it"
    if value.select is not None:
        yield from _wide_selector(value.select)


def _wide_selector(select: SelectRow) -> Iterator[tuple[Where, str]]:
    if not TYPE.fullmatch(select.type):
        yield ("select", "type"), f"'{select.type}' is no whole type token such as aws:s3/bucket:Bucket; name one type"
    if not NAME.fullmatch(select.name):
        yield (
            ("select", "name"),
            f"'{select.name}' is too wide: a name, or the beginning of one with a single * at its end",
        )
    if select.stack is not None and "*" in select.stack:
        yield ("select", "stack"), f"'{select.stack}' is no stack's name; name one stack or leave it out"


def _grant(entry: Row[ExceptionRow]) -> ExceptionGrant:
    value, select = entry.value, entry.value.select
    return ExceptionGrant(
        value.id,
        frozenset(value.rules),
        value.owner,
        value.approver,
        value.reason,
        value.ticket,
        value.granted,
        value.expires,
        str(entry.document.position(entry.path)),
        value.urn,
        select.type if select else None,
        select.name if select else None,
        select.stack if select else None,
    )
