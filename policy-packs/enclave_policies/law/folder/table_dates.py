"""When the tables of the catalog were last checked: a day in the future is refused, one too long ago is a warning."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from enclave_policies.law.facts import StaleFact
from enclave_policies.law.folder.document import STALE_AFTER_DAYS
from located_yaml import Position, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from enclave_policies.catalog.whole import Catalog


def in_the_future(catalog: Catalog, folder: Path, day: date) -> Iterator[Problem]:
    """Yield a problem for each check of a table that lies in the future."""
    today = max(day, datetime.now(UTC).date())  # an earlier day may be judged by what is known now
    for each in catalog.checked:
        if each.as_of > today:
            message = f"as_of {each.as_of} lies in the future (today is {today}); give the day of the check"
            yield Problem(Position(str(folder / each.file), each.line, 1), message)


def stale_tables(catalog: Catalog, folder: Path, day: date) -> Iterator[StaleFact]:
    """Yield the tables, and the groups with a day of their own, that nobody has checked for too long."""
    for each in catalog.checked:
        age, limit = (day - each.as_of).days, each.days or STALE_AFTER_DAYS
        if age > limit:
            yield StaleFact(str(folder / each.file), each.line, 1, f"the content of {each.file}", age, limit)
