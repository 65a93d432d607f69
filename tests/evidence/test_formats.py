"""Every format tells what went wrong, what nobody judged and what is permitted for a while."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest
from enclave_policies.law.folder import load_law

from components.declaration import load_declaration
from console.gate.foretold import foretold
from console.recording.making import PROJECT
from console.recording.of_gate import foretold_record
from evidence.renderers import RENDERERS
from tests.evidence.bundles import small
from tests.evidence.hostile import WORDS, record_of
from tests.evidence.reading import words

if TYPE_CHECKING:
    from evidence.record.model import Record

TOLD: Final = {
    "the failed resource": ("abroad", "fail|refused", "would be in eu-west-2", "stacks/small.yaml"),
    "the refused declaration": ("has no basis",),
    "the waived one": ("waived", "2027-01-09"),
    "the undetermined one": ("network cannot be determined", "undetermined"),
    "the one that was not checked": ("Bucket::read", "the engine asked no pack about it", "not-checked"),
    "the step that nobody was asked about": ("Bucket::gone", "it is deleted, and the engine asks no pack about that"),
    "the stale fact": ("adequacy decision us-dpf", "nobody has checked it for 200 days"),
    "the exception": ("ex-1", "2027-01-09"),
}
"""What the small record holds, and the words by which a format tells it, | between words of which one is enough."""


ABOUT_RULES: Final = frozenset({"oscal-component-definition.json"})
"""What tells of the rules and not of a run; test_oscal.py holds it to that."""
RUNS: Final = [name for name in RENDERERS if name not in ABOUT_RULES]


DIGESTS: Final = """
import hashlib
from evidence.bundle.contents import contents
from tests.evidence.bundles import small
for name, content in contents(small()).items():
    print(name, hashlib.sha256(content).hexdigest())
"""


def untold(name: str, record: Record) -> dict[str, list[str]]:
    """Return what a format does not tell of the small record."""
    text = words(name, RENDERERS[name](record)).replace("not checked", "not-checked")
    missing = {
        what: [each for each in parts if not any(word in text for word in each.split("|"))]
        for what, parts in TOLD.items()
    }
    return {what: parts for what, parts in missing.items() if parts}


@pytest.mark.parametrize("name", RUNS)
def test_every_format_tells_every_verdict_and_what_nobody_judged(name: str) -> None:
    assert untold(name, small()) == {}


@pytest.mark.parametrize("name", RUNS)
def test_a_rule_that_did_not_answer_is_told_of_a_resource_that_failed_another(name: str) -> None:
    record = small()
    silent = record.resources[4].unchecked[0].model_copy(update={"rule": "SEG-003", "reason": "the rule broke off"})
    failed = record.resources[1].model_copy(update={"asked": 1, "unchecked": (silent,)})
    resources = (record.resources[0], failed, *record.resources[2:])
    text = words(name, RENDERERS[name](record.model_copy(update={"resources": resources})))
    assert "the rule broke off" in text


@pytest.mark.parametrize("name", RUNS)
def test_every_format_shows_london_at_the_line_of_its_site(name: str) -> None:
    file = PROJECT / "stacks" / "rejected.yaml"
    law = load_law()
    record = foretold_record("preview", "rejected", foretold(load_declaration(file), file, law), law)
    (line,) = {each.declared.line for each in record.findings if each.declared}
    assert file.read_text(encoding="utf-8").splitlines()[line - 1].strip() == "region: eu-west-2"
    text = words(name, RENDERERS[name](record))
    for told in ("London", "JUR-002", "stacks/rejected.yaml", str(line), "the engine was not started"):
        assert told in text


@pytest.mark.parametrize("name", RUNS)
def test_hostile_words_leave_a_format_whole_and_are_told(name: str) -> None:
    text = words(name, RENDERERS[name](record_of(WORDS)))
    assert "GH-3" in text
    assert "alert(1)" in text


def test_the_same_record_gives_the_same_bytes_in_every_process() -> None:
    """The order of a set differs from process to process, and may be nowhere in a file."""
    told = set()
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", DIGESTS],
            cwd=PROJECT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        told.add(done.stdout)
    assert len(told) == 1
    assert len(told.pop().splitlines()) > len(RENDERERS)


@pytest.mark.parametrize("name", RUNS)
def test_a_format_that_passes_over_a_verdict_would_be_noticed(name: str) -> None:
    """The seeded bug of this family: each kind of thing is taken away, and is missed."""
    record = small()
    taken: dict[str, dict[str, Any]] = {
        "the failed resource": {"findings": record.findings[1:]},
        "the refused declaration": {"findings": record.findings[:-1]},
        "the undetermined one": {"findings": (*record.findings[:2], record.findings[3])},
        "the step that nobody was asked about": {"not_checked": record.not_checked[1:]},
        "the stale fact": {"not_checked": record.not_checked[:1]},
    }
    for what, less in taken.items():
        assert what in untold(name, record.model_copy(update=less))
