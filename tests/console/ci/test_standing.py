"""People are told of what differs and of what will end, the most urgent first; of nothing where there is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.ci.drift import Drift
from console.ci.ends import soon, stage
from console.ci.since import since
from console.ci.standing import Seen, changes, title
from console.inspect.keys import Held
from console.public_key import public
from evidence.record.files import written
from evidence.record.model import Line
from evidence.renderers.ending import Ending
from tests.evidence.bundles import bundle_in, small

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.record.model import Record

DRIFT = Drift("urn:pulumi:eu-prod::enclave::aws:s3/bucket:Bucket::store", ("policy", "tags"))
GONE = Drift("urn:pulumi:eu-prod::enclave::aws:s3/bucket:Bucket::logs", None)


def lasting(days: int, *, approved: str | None = None) -> Record:
    """Return the small record, whose permissions end in so many days."""
    record = small()
    enclave = record.enclave
    flows = tuple(one.model_copy(update={"days": days}) for one in enclave.flows)
    approvals = tuple(one.model_copy(update={"last_day": approved}) for one in enclave.approvals)
    changed = enclave.model_copy(update={"flows": flows, "approvals": approvals})
    exceptions = tuple(one.model_copy(update={"days": days}) for one in record.exceptions)
    return record.model_copy(update={"enclave": changed, "exceptions": exceptions})


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (90, "within 90 days"),
        (31, "within 90 days"),
        (30, "within 30 days"),
        (8, "within 30 days"),
        (7, "within 7 days"),
        (0, "within 7 days"),
    ],
)
def test_an_end_is_told_by_stages(days: int, told: str) -> None:
    found = soon(lasting(days))
    assert [stage(end.days) for end in found] == [told] * 2
    assert found[0].what == "exception ex-1 of kari"


@pytest.mark.parametrize("days", [91, -1])
def test_what_lasts_and_what_a_rule_refuses_already_is_not_told(days: int) -> None:
    assert soon(lasting(days)) == ()


def test_an_approval_ends_too_and_the_soonest_comes_first() -> None:
    found = soon(lasting(40, approved="2026-12-04"))
    assert (found[0].days, found[0].last) == (5, "2026-12-04")
    assert found[0].what == "approval of the gateway employees on dublin-1"


def test_the_headline_says_what_there_is_to_do() -> None:
    ending = (Ending("x", "2026-12-04", 5),)
    seen = [Seen("a", 0), Seen("b", 1, (DRIFT,), ending), Seen("c", 1), Seen("d", 3)]
    assert title(seen, ["e"]) == (
        "Enclave: b: refused, otherwise than its state says: 1 and ending soon: 1 (the first in 5 days); "
        "c: refused; d: not judged; e: not looked at"
    )
    assert title([Seen("a", 0)], []) == ""


def test_drift_is_told_by_name_and_never_by_value() -> None:
    text = "\n".join(changes("eu-prod", [DRIFT, GONE], [], []))
    assert "**2 resources stand otherwise than the state says:**" in text
    assert "- store (aws:s3/bucket:Bucket) differs in policy and tags" in text
    assert "- logs (aws:s3/bucket:Bucket) is gone" in text
    many = "\n".join(changes("eu-prod", [DRIFT] * 103, [], []))
    assert many.count("differs in") == 100
    assert "- and 3 more" in many


def test_ends_and_the_comparison_follow() -> None:
    end = Ending("approval of x | y", "2026-12-04", 5, Line(file="stacks/a.yaml", line=3))
    text = "\n".join(changes("eu-prod", [], [end], ["Compared with …"]))
    assert "All that stands is as the state says." in text
    assert "| within 7 days | approval of x &#124; y (stacks/a.yaml:3:1) | 2026-12-04 |" in text
    assert text.endswith("\n\nCompared with …")


def test_the_last_bundle_is_compared_as_far_as_it_was_signed(tmp_path: Path) -> None:
    bundle = bundle_in(tmp_path / "old")
    key = Held(public(bundle.public), lambda _: pytest.fail("nothing is signed here"))
    record = small()
    now = record.model_copy(update={"findings": record.findings[1:]})
    told = "\n".join(since(bundle.folder, now, key))
    assert told.startswith("Compared with the run of 2026-11-29T12:00:00Z, ")
    assert "abroad" in told
    assert "0 things are otherwise" in "\n".join(since(bundle.folder, record, key))
    forged = record.model_copy(update={"findings": ()})
    (bundle.folder / "record.json").write_bytes(written(forged))
    told = "\n".join(since(bundle.folder, record, key))
    assert told.startswith("**The last bundle is not as it was signed:**")
    assert told.endswith("Nothing is compared.")


def test_without_a_key_it_says_that_nobody_signed(tmp_path: Path) -> None:
    bundle = bundle_in(tmp_path / "old")
    assert "whose bundle nobody signed, 0 things" in "\n".join(since(bundle.folder, small(), None))
    assert list(since(tmp_path / "none", small(), None)) == [
        "There is no bundle of an earlier run here to compare with."
    ]
    (bundle.folder / "record.json").write_text("{", encoding="utf-8")
    assert "cannot be read, so nothing is compared" in "\n".join(since(bundle.folder, small(), None))
