"""The JUnit document has the shape that CI systems read, and its counts are those of what it lists."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

import pytest

from evidence.renderers import junit
from tests.evidence.bundles import small

CHILDREN: Final = {"testsuites": {"testsuite"}, "testsuite": {"testcase"}, "testcase": {"failure", "skipped"}}
NEEDED: Final = {"testsuites": set(), "testsuite": {"name", "tests"}, "testcase": {"name", "classname"}}
ALLOWED: Final = {
    "testsuites": {"name"},
    "testsuite": {"name", "tests", "failures", "skipped", "errors"},
    "testcase": {"name", "classname", "file", "line"},
    "failure": {"type", "message"},
    "skipped": {"message"},
}
"""Of the schema that Jenkins publishes for JUnit 10, what we use."""


def wrong(document: bytes) -> list[str]:
    """Return where a document leaves the shape, and which suite counts other cases than it lists."""
    root = ET.fromstring(document)  # noqa: S314 (our own document)
    found = [] if root.tag == "testsuites" else [root.tag]
    for each in root.iter():
        found += [f"{each.tag} in no place" for child in each if child.tag not in CHILDREN.get(each.tag, set())]
        found += [f"{each.tag}: {name}" for name in set(each.attrib) - ALLOWED.get(each.tag, set())]
        found += [f"{each.tag} without {name}" for name in NEEDED.get(each.tag, set()) - set(each.attrib)]
        if each.tag == "testcase" and len(each) > 1:
            found.append(f"{each.get('name')} has two outcomes")
    for suite in root:
        listed = [len(suite), len(suite.findall("*/failure")), len(suite.findall("*/skipped"))]
        if listed != [int(suite.get(name, "")) for name in ("tests", "failures", "skipped")]:
            found.append(f"{suite.get('name')} counts wrongly")
    return found


def test_the_shape_is_what_ci_systems_read() -> None:
    assert wrong(junit.render(small())) == []


def test_several_findings_of_one_rule_are_one_outcome_and_all_told() -> None:
    """A waived and a refused finding of one resource: readers take one outcome of a case."""
    record = small()
    also = record.findings[1].model_copy(update={"resource": 1, "message": "JUR-001 region: also waived"})
    document = junit.render(record.model_copy(update={"findings": (*record.findings, also)}))
    assert wrong(document) == []
    (case,) = ET.fromstring(document).findall("testsuite[1]/testcase/failure/..")  # noqa: S314
    (failure,) = case
    assert "abroad would be in eu-west-2" in str(failure.text)
    assert "also waived" in str(failure.text)


def test_no_name_leaves_its_attribute() -> None:
    record = small()
    hostile = '"/><testcase name="x"> ]]> \x00 \ud800 &amp;'
    resource = record.resources[1].model_copy(update={"urn": hostile})
    finding = record.findings[0].model_copy(update={"message": hostile})
    changed = {"resources": (record.resources[0], resource, *record.resources[2:]), "findings": (finding,)}
    assert wrong(junit.render(record.model_copy(update=changed))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'failures="1"', b'failures="0"'), (b"</failure>", b"</failure><skipped/>"), (b"classname", b"class")],
)
def test_another_shape_would_be_noticed(old: bytes, new: bytes) -> None:
    """The seeded bugs of this family."""
    assert wrong(junit.render(small()).replace(old, new))
