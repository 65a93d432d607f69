"""The SARIF document is one, says where and how grave, and cuts honestly where a code host takes no more."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from evidence.renderers import sarif
from tests.evidence import multitool
from tests.evidence.bundles import small
from tests.evidence.hostile import WORDS, record_of

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.record.model import Record


def run_of(record: Record) -> dict[str, Any]:
    plain = json.loads(sarif.render(record))
    assert (plain["version"], len(plain["runs"])) == ("2.1.0", 1)
    found: dict[str, Any] = plain["runs"][0]
    return found


def crowded(count: int, words: str = "is abroad") -> Record:
    """A record of many refusals, each of a resource of its own, with the same words in each."""
    record = small()
    findings = tuple(
        record.findings[0].model_copy(update={"fingerprint": f"{number:064x}", "message": f"{number} {words}"})
        for number in range(count)
    )
    return record.model_copy(update={"findings": (*record.findings, *findings)})


@pytest.mark.parametrize("record", [small(), record_of(WORDS)], ids=["small", "hostile"])
def test_the_multitool_and_the_schema_find_no_error(record: Record, tmp_path: Path) -> None:
    document = sarif.render(record)
    found = multitool.judged(document, tmp_path)
    assert found.errors == []
    assert [each.partition(" ")[0] for each in found.warnings] == ["SARIF2005"]  # we name no host as our home
    Draft202012Validator(multitool.schema()).validate(json.loads(document))


def test_a_document_that_is_no_sarif_would_be_noticed(tmp_path: Path) -> None:
    """The seeded bugs: a result that says nothing, and a level that SARIF has not."""
    document = sarif.render(small())
    assert multitool.judged(document.replace(b'"message"', b'"massage"', 1), tmp_path).errors
    loud = json.loads(document.replace(b'"level":"note"', b'"level":"loud"'))
    assert not Draft202012Validator(multitool.schema()).is_valid(loud)


def test_results_are_the_gravest_first_and_what_is_waived_is_suppressed() -> None:
    found = [
        (each["ruleId"], each["level"], each["properties"]["verdict"], "suppressions" in each)
        for each in run_of(small())["results"]
    ]
    assert found == [
        ("JUR-001", "error", "fail", False),
        ("DECLARED", "error", "fail", False),
        ("SEG-003", "error", "undetermined", False),
        ("NOT-CHECKED", "warning", "not-checked", False),
        ("NOT-CHECKED", "warning", "not-checked", False),
        ("NOT-CHECKED", "warning", "not-checked", False),
        ("JUR-001", "note", "waived", True),
    ]


def test_a_result_stands_at_the_declared_line_with_the_laws_beside_it() -> None:
    refused = run_of(small())["results"][1]
    place = refused["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "stacks/small.yaml", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 20, "startColumn": 3}
    law = refused["relatedLocations"][0]["physicalLocation"]
    assert law["artifactLocation"]["uri"] == "policy-packs/jurisdiction/law/transfers.yaml"


def test_who_waived_until_when_and_the_way_of_packets_are_told() -> None:
    results = run_of(small())["results"]
    (suppressed,) = results[-1]["suppressions"]
    for told in ("ex-1", "owner kari", "approver magnus", "2027-01-09"):
        assert told in suppressed["justification"]
    (step,) = results[2]["codeFlows"][0]["threadFlows"][0]["locations"]
    assert step["location"]["message"]["text"] == "internet reaches dublin-1/store on tcp 443 by sg-1 rule 2"


def test_the_commit_and_where_it_comes_from_are_told_where_they_are_known() -> None:
    (origin,) = run_of(small())["versionControlProvenance"]
    assert origin["repositoryUri"] == "https://code.example/enclave"
    assert origin["revisionId"] == small().run.commit
    nowhere = small().run.model_copy(update={"repository": ""})
    assert "versionControlProvenance" not in run_of(small().model_copy(update={"run": nowhere}))


def test_fingerprints_stay_when_words_and_lines_change_and_differ_for_each_result() -> None:
    def marks(record: Record) -> list[str]:
        return [each["partialFingerprints"]["primaryLocationLineHash"] for each in run_of(record)["results"]]

    record = small()
    findings = tuple(one.model_copy(update={"message": "other", "declared": None}) for one in record.findings)
    assert marks(record) == marks(record.model_copy(update={"findings": findings}))
    twice = {"findings": record.findings * 2, "not_checked": record.not_checked * 2}
    doubled = marks(record.model_copy(update=twice))
    assert len(set(doubled)) == len(doubled)


@pytest.mark.parametrize(("count", "words"), [(26_000, "x"), (6_000, "é" * 3_000)], ids=["many", "long"])
def test_what_no_code_host_takes_is_cut_with_a_count_of_the_rest(count: int, words: str) -> None:
    record = crowded(count, words)
    document = sarif.render(record)
    run = run_of(record)
    kept = len(run["results"])
    assert kept <= 25_000
    assert len(gzip.compress(document)) <= len(document) <= 10_000_000
    left_out = len(record.findings) + 3 - kept
    first = run["invocations"][0]["toolExecutionNotifications"][0]
    assert (first["level"], f"{left_out:,} more results are left out" in first["message"]["text"]) == ("error", True)
    verdicts = [each["properties"]["verdict"] for each in run["results"]]
    assert verdicts == ["fail"] * kept


def test_nothing_in_a_message_is_a_link_or_a_placeholder() -> None:
    texts = [each["message"]["text"] for each in run_of(crowded(1, "[a](http://b) {0}"))["results"]]
    assert not any("](" in each or "{0}" in each for each in texts)


def test_a_plan_and_what_stands_of_one_stack_are_two_categories() -> None:
    plan = small()
    state = plan.model_copy(update={"run": plan.run.model_copy(update={"phase": "state"})})
    told = [run_of(record)["automationDetails"]["id"] for record in (plan, state)]
    assert told == ["enclave/enclave/small/", "enclave/enclave/small/state/"]
