"""How far a copy is behind: what is late, what may wait, and what differs for another reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hosts.wave import behind
from hosts.wave.behind import Behind, compared
from hosts.wave.copier import Missing
from hosts.wave.versions import History, Version

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW, HOUR = 1_000_000.0, 3600.0
NEW, OLD = Behind("new", 0, 1, NOW - 60), Behind("old", 1, 2, NOW - HOUR - 1)
CASES: dict[str, tuple[Sequence[Behind], Sequence[tuple[str, str]], tuple[int, int, int], bool]] = {
    "equal": ([], [], (0, 0, 0), True),
    "written a minute ago": ([NEW], [("new", "'new' is missing at the target")], (0, 1, 0), True),
    "older than is allowed": ([OLD], [("old", "'old' has 2 versions")], (1, 0, 0), False),
    "exactly as old as is allowed": ([Behind("k", 0, 1, NOW - HOUR)], [], (0, 1, 0), True),
    "both": ([NEW, OLD], [], (1, 1, 0), False),
    "another content": ([], [("k", "version 1 of 'k' has another content")], (0, 0, 1), False),
    "a new one, and another content elsewhere": ([NEW], [("k", "'k' is at the target alone")], (0, 1, 1), False),
    "a store whose clock is ahead": ([Behind("k", 0, 1, NOW + 5)], [], (0, 1, 0), True),
}


def _counts(found: Any) -> tuple[int, int, int]:
    return len(found.late), len(found.waiting), len(found.wrong)


@pytest.mark.parametrize("case", CASES)
def test_each_copy_is_judged_by_what_it_lacks_and_since_when(case: str) -> None:
    missing, differences, counts, good = CASES[case]
    found = compared(missing, differences, HOUR, NOW)
    assert (_counts(found), found.good) == (counts, good)
    assert found.lag == max([0.0, *(NOW - each.since for each in missing)])


def test_the_age_is_that_of_the_oldest_version_that_the_copy_lacks() -> None:
    versions = tuple(Version("k", f"v{n}", 1, "e", modified=float(n)) for n in range(4))
    found = Behind.of(Missing(History("k", versions), 1))
    assert (found.have, found.versions, found.since) == (1, 4, 1.0)
    assert found.words(61.0) == "'k' is older: 1 of 4 versions, the next one written 60 s ago"


def test_a_lag_that_is_taken_from_the_newest_version_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: a copy that never catches up would look young for ever."""

    def newest(missing: Missing) -> Behind:
        return Behind(
            missing.history.key, missing.done, len(missing.history.versions), missing.history.versions[-1].modified
        )

    versions = (Version("k", "v0", 1, "e", modified=NOW - 2 * HOUR), Version("k", "v1", 1, "e", modified=NOW))
    lacking = Missing(History("k", versions), 0)
    assert not compared([Behind.of(lacking)], [], HOUR, NOW).good
    monkeypatch.setattr(behind.Behind, "of", newest)
    assert compared([behind.Behind.of(lacking)], [], HOUR, NOW).good
