"""What is refused on a day that is near is told by every rendering, and refuses nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evidence.record.agreement import contradictions
from evidence.renderers import comment, findings_csv, junit, matrix, sarif, workflow_commands
from evidence.renderers.ordered import ordered
from evidence.renderers.page import document as page
from tests.evidence.bundles import settled, small

if TYPE_CHECKING:
    from collections.abc import Callable

    from evidence.record.model import Record

RENDERED = {"csv": findings_csv.render, "matrix": matrix.render, "junit": junit.render, "page": page.render}


def warned() -> Record:
    """Return the small record with a warning on its first resource, which passes."""
    one = small()
    told = {
        "verdict": "warned",
        "resource": 0,
        "fingerprint": "a" * 64,
        "message": "JUR-001 region: red in 29 days",
        "problem": "red in 29 days",
        "remedy": "extend it",
        "waiver": None,
    }
    return settled(one.model_copy(update={"findings": (*one.findings, one.findings[0].model_copy(update=told))}))


def test_a_resource_is_warned_of_and_counted_by_itself() -> None:
    record = warned()
    assert record.resources[0].verdict == "warned"
    assert (record.summary.warned, small().summary.warned) == (1, 0)
    assert contradictions(record) == []


def test_a_clean_run_may_warn_but_not_refuse() -> None:
    record = warned()
    only = [one for one in record.findings if one.verdict in ("warned", "waived")]
    clean = record.model_copy(
        update={"findings": tuple(only), "run": record.run.model_copy(update={"outcome": "clean"})}
    )
    assert not [each for each in contradictions(clean) if each.startswith("run.outcome")]
    refusing = clean.model_copy(update={"findings": record.findings})
    assert "run.outcome: it is 'clean', and something was refused" in contradictions(refusing)


def test_it_stands_behind_what_is_refused_and_before_what_is_waived() -> None:
    verdicts = [one.verdict for one in ordered(warned())]
    assert verdicts.index("warned") > max(verdicts.index("fail"), verdicts.index("undetermined"))
    assert verdicts.index("warned") < verdicts.index("waived")


@pytest.mark.parametrize("name", RENDERED)
def test_files_tell_it(name: str) -> None:
    render: Callable[[Record], bytes] = RENDERED[name]
    text = render(warned()).decode()
    assert "warned" in text or name == "junit"
    assert "red in 29 days" in text


def test_reviewers_and_workflows_see_a_warning_and_no_error() -> None:
    record = warned()
    told = comment.render(record).decode()
    assert "### Soon refused (1)" in told
    assert "1 warned" in told
    (line,) = [each for each in workflow_commands.render(record).decode().splitlines() if "red in 29 days" in each]
    assert line.startswith("::warning ")
    results = json.loads(sarif.render(record))["runs"][0]["results"]
    (found,) = [each for each in results if "red in 29 days" in each["message"]["text"]]
    assert (found["level"], "suppressions" in found) == ("warning", False)
