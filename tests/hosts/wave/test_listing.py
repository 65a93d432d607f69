"""What a listing asks of a store: no more than a part holds, all the same everything that is there; its times."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from botocore.utils import parse_timestamp

from hosts.wave.reached import moment
from hosts.wave.store import LISTED, Store

WHEN = datetime(2026, 11, 30, tzinfo=UTC)


class Pages:
    """A stand-in for a client: it lists ``names``, so many at a time as it is asked."""

    def __init__(self, names: list[str]) -> None:
        """Nothing was asked yet."""
        self.names = names
        self.asked: list[int] = []

    def list_object_versions(self, MaxKeys: int, KeyMarker: str = "", **_: Any) -> dict[str, Any]:  # noqa: N803
        """Return a page."""
        self.asked.append(MaxKeys)
        rest = [name for name in self.names if name > KeyMarker]
        page = rest[:MaxKeys]
        entries = [{"Key": name, "VersionId": "1", "IsLatest": True, "LastModified": WHEN} for name in page]
        more = {"IsTruncated": True, "NextKeyMarker": page[-1]} if len(page) < len(rest) else {}
        return {"Versions": entries, "Order": ["Version"] * len(page), **more}


def _listed(count: int, expected: int, last: str | None = None) -> tuple[list[str], list[int]]:
    pages = Pages([f"{number:06}" for number in range(count)])
    found = [each.key for each in Store("site", "bucket", pages, {}).versions(last=last, expected=expected)]
    return found, pages.asked


@pytest.mark.parametrize(
    ("count", "expected", "asked"),
    [
        (5_000, 332, [333]),  # one more than the part holds, and the listing has shown its end
        (332, 332, [333]),
        (0, 0, [1]),
        (2_500, 2_500, [LISTED, LISTED, LISTED]),
    ],
)
def test_a_part_is_listed_with_as_little_as_shows_its_end(count: int, expected: int, asked: list[int]) -> None:
    found, told = _listed(count, expected, last=f"{expected - 1:06}" if expected < count else None)
    assert (len(found), told) == (min(count, expected), asked)


def test_what_came_after_the_plan_is_listed_in_whole_pages() -> None:
    found, told = _listed(2_500, 1)
    assert len(found) == 2_500
    assert all(one < other for one, other in pairwise(found))
    assert told == [2, LISTED, LISTED, LISTED]


@pytest.mark.parametrize(
    "told",
    [
        "2026-11-30T13:08:09.123Z",
        "2026-11-30T13:08:09Z",
        "2026-11-30T13:08:09.123456Z",
        "2026-11-30T13:08:09+02:00",
        "Mon, 30 Nov 2026 13:08:09 GMT",
        "1700000000",
        1700000000,
    ],
)
def test_a_time_is_read_as_the_sdk_reads_it(told: Any) -> None:
    assert moment(told) == parse_timestamp(told)
    assert moment(told).tzinfo is not None
