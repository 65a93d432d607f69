"""What came out is told in lines as docs/adopting.md shows them, and each check of its table is one of the code."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from console.adopt import owning
from console.adopt.judging import OWN, UNREAD, Judged, Reason
from console.adopt.objects import Gap, Object, Part
from console.adopt.telling import Outcome, lines
from tests.docs.pages import page
from tests.docs.test_examples import fits

BUCKET = "aws:s3/bucket:Bucket"
ENTRIES = tuple({"type": f"{BUCKET}{number}", "id": "old-records"} for number in range(5))
ABROAD = Object("dublin-1", "bucket", Part(BUCKET, "old-abroad@us-west-2"), abroad="us-west-2")
SAID = [
    "ADOPT no-site: lies in us-west-2, where its account has no site of this declaration",
    "JUR-001 resource-region: would be in us-west-2 (Oregon, United States, US); to do: give it another",
]
PASSED = Judged(Object("dublin-1", "bucket", Part(BUCKET, "old-records")), (), ENTRIES)
REFUSED = Judged(ABROAD, tuple(Reason("X", "x", "fail", "old-abroad", each) for each in SAID), ENTRIES[:1])


def outcome(*judged: Judged, gaps: tuple[Gap, ...] = ()) -> Outcome:
    return Outcome("local", date(2026, 11, 30), judged, gaps, ["adopted/adopted.json", "adopted/import.json"])


def test_the_page_shows_lines_as_they_are_told() -> None:
    (shown,) = [fence for fence in page("docs/adopting.md").fences() if fence.startswith("dublin-1  bucket")]
    told = list(lines(outcome(REFUSED, PASSED)))
    assert fits(shown[: shown.index("dublin-1  key")], "\n".join(told[:4]))
    counted = re.sub(r"\d+ (may|refused|undetermined|in this)", r"N \1", told[-1])
    assert re.sub(r"\d+ (may|refused|undetermined|in this)", r"N \1", shown.splitlines()[-1]) == counted


def test_the_page_lists_every_check_of_our_own() -> None:
    source = Path(owning.__file__).read_text(encoding="utf-8")
    checks = {*re.findall(r'_reason\(\s*one,\s*"([a-z-]+)"', source), UNREAD}
    text = page("docs/adopting.md").text
    table = text[text.index("## What no rule says") : text.index("## Afterwards")]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)) == checks


UNREADABLE = Judged(PASSED.object, (Reason(OWN, UNREAD, "undetermined", "x", "x"),))
OPEN = Judged(PASSED.object, (Reason("JUR-040", "x", "undetermined", "x", "x"),))
ENDS = [
    ((), (), "clean"),
    ((PASSED,), (), "clean"),
    ((PASSED, REFUSED), (), "refused"),
    ((OPEN,), (), "refused"),
    ((UNREADABLE, REFUSED), (), "undetermined"),
    ((REFUSED,), (Gap("hamar", "cluster", "x"),), "undetermined"),
]


@pytest.mark.parametrize(("judged", "gaps", "verdict"), ENDS, ids=range(len(ENDS)))
def test_what_nobody_saw_outweighs_what_is_refused(
    judged: tuple[Judged, ...], gaps: tuple[Gap, ...], verdict: str
) -> None:
    assert outcome(*judged, gaps=gaps).verdict == verdict
