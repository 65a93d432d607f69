"""Read one file of the law; tell which of its facts have expired, and which nobody has checked for too long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import located_yaml
from enclave_policies.law.facts import StaleFact
from located_yaml import Document, ProblemsError
from located_yaml.records import Report, name_of, read_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Content = TypeVar("Content")
Where = tuple[str | int, ...]

STALE_AFTER_DAYS = 365  # of a file that says nothing itself
WITH_OWN_VALIDITY = ("decisions", "transfers", "exceptions")  # instruments run out without the law becoming wrong
DATED: Final = ("as_of", "expires")


@dataclass(frozen=True)
class LawFile(Generic[Content]):
    """One file that was read: its content, the document for messages, its stale facts, the day of its newest check."""

    content: Content
    document: Document
    stale: tuple[StaleFact, ...]
    newest: date | None = None


def read_file(path: Path, model: type[Content], day: date) -> LawFile[Content]:
    """Return a file's content as ``model``, its facts judged on ``day``.

    Raises ProblemsError with everything that is wrong: bad YAML, unknown or missing keys, a check that lies in the
    future, a fact that has expired.
    """
    document = located_yaml.load(path)
    content = read_record(document, model)
    dates = {path: date.fromisoformat(value) for path, value in _days(document)}
    _refuse_wrong_dates(document, dates, day)
    newest = max((value for path, value in dates.items() if path[-1] == "as_of"), default=None)
    return LawFile(content, document, tuple(_stale(document, dates, day)), newest)


def _days(document: Document) -> Iterator[tuple[Where, str]]:
    pending: list[tuple[Where, Any]] = [((), document.data)]
    while pending:
        path, found = pending.pop()
        if isinstance(found, dict):
            yield from (((*path, name), found[name]) for name in DATED if found.get(name) is not None)
            pending += [((*path, name), item) for name, item in found.items() if isinstance(item, dict | list)]
        else:
            pending += [((*path, index), item) for index, item in enumerate(found) if isinstance(item, dict | list)]


def _refuse_wrong_dates(document: Document, dates: dict[Where, date], day: date) -> None:
    report = Report(document)
    today = max(day, datetime.now(UTC).date())  # an earlier day may be judged by what is known now
    for path, value in dates.items():
        if path[-1] == "as_of" and value > today:
            report.refuse(path, f"as_of {value} lies in the future (today is {today}); give the day of the check")
        if path[-1] == "expires" and value < day and path[0] not in WITH_OWN_VALIDITY:
            report.refuse(path, f"expired on {value} (judged for {day}); check the fact again or remove it")
    if report.problems:
        raise ProblemsError(report.problems)


def _stale(document: Document, dates: dict[Where, date], day: date) -> Iterator[StaleFact]:
    limit = document.data.get("stale_after_days") or STALE_AFTER_DAYS
    for path, value in dates.items():
        age = (day - value).days
        if path[-1] == "as_of" and age > limit:
            at = document.position(path)
            what = _entry_name(document, path[:-1]) if len(path) > 1 else f"the content of {PurePath(at.file).name}"
            yield StaleFact(at.file, at.line, at.column, what, age, limit)


def _entry_name(document: Document, path: Where) -> str:
    entry = _value(document.data, path)
    return str(entry["id"]) if "id" in entry else name_of(path)


def _value(data: Any, path: Where) -> Any:
    for part in path:
        data = data[part]
    return data
