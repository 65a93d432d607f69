"""Workers of a wave on a site of our own: as they are declared they pass, and nothing else that bears a wave's name."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.rules.jurisdiction import JURISDICTION
from enclave_policies.rules.segmentation import SEGMENTATION

import located_yaml
from components.declaration import load_declaration
from sandbox.migration.declared import SOURCE
from tests.enclave_policies.law_editing import copy_of_the_law, extend, law_of, refusal
from tests.enclave_policies.network.aws.own_stack import registered
from tests.enclave_policies.shipped import CLOUDS, exported
from tests.enclave_policies.sites.changing import assert_refused, changed

if TYPE_CHECKING:
    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.resources.resource import Resource

STACK = Path(__file__).with_name("workers-stack.yaml")
DATA = located_yaml.load(Path(__file__).with_name("workers.yaml")).data
FAULTS, NEAR_MISSES = 28, 7
PLAN = f"4-{'a' * 64}"
AS_OF = date(2026, 11, 30)
RULES = (*JURISDICTION, *SEGMENTATION)
ROW = {
    "id": "moving",
    "site": {"stack": "test", "name": "us-exit", "account": "111122223333", "region": "us-east-1", "country": "US"},
    "wave": "w3",
    "classes": ["restricted"],
    "basis": "the move home",
    "source": "exit plan",
    "from": "2026-06-01",
    "until": "2027-06-30",
    "owner": "A <a@enclave.example>",
    "approver": "B <b@enclave.example>",
    "endpoint": SOURCE[0],
}
Raw = dict[str, Any]


@lru_cache(maxsize=16)
def stack(plan: str | None, changes: tuple[tuple[str, str], ...]) -> tuple[Resource, ...]:
    """Return what our components register on the cluster for a declaration with texts replaced."""
    text = STACK.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    if plan:
        text = text.replace("    job:\n", f"    job:\n      plan: {plan}\n")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "moving.yaml"
        file.write_text(text, encoding="utf-8")
        declaration = load_declaration(file)
    made = (exported(one) for one in registered(declaration, CLOUDS, whole=True))
    return tuple(one for one in made if one.type.startswith(("kubernetes:", "enclave:", "pulumi:providers:kubernetes")))


@lru_cache(maxsize=16)
def law(row: str, as_of: str) -> Law:
    """Return the shipped law with one row about the site that is left (as JSON)."""
    with TemporaryDirectory() as folder:
        pack = copy_of_the_law(Path(folder))
        extend(pack, "transitional.yaml", transitional=[json.loads(row)])
        return law_of(pack, date.fromisoformat(as_of))


def findings(raw: Raw) -> list[Finding]:
    made = stack(raw.get("plan", PLAN), tuple(raw.get("declare", {}).items()))
    row = {name: value for name, value in {**ROW, **raw.get("row", {})}.items() if value is not None}
    told = judge_stack(changed(made, raw), law(json.dumps(row), str(raw.get("as_of", AS_OF))), RULES)
    return [each for found in told.values() for each in found if each.refuses]


@pytest.mark.parametrize("raw", DATA["clean"], ids=lambda raw: raw["id"])
def test_declared_workers_pass(raw: Raw) -> None:
    assert [each.message for each in findings(raw)] == []


@pytest.mark.parametrize("raw", DATA["refused"], ids=lambda raw: raw["id"])
def test_all_else_under_a_waves_name_is_refused(raw: Raw) -> None:
    assert_refused(findings(raw), raw)


def test_there_are_as_many_faults_and_near_misses_as_promised() -> None:
    assert len(DATA["refused"]) >= FAULTS
    assert len(DATA["clean"]) >= NEAR_MISSES


def test_an_image_that_any_text_fixes_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    module = "enclave_policies.rules.jurisdiction.kubernetes.wave_workers"
    monkeypatch.setattr(f"{module}.BY_DIGEST", re.compile(".*"))
    raw = next(each for each in DATA["refused"] if each["id"] == "an image by a tag")
    assert not any("no digest fixes" in each.message for each in findings(raw))


@pytest.mark.parametrize("host", ["s3.us-east-1.amazonaws.com", "bucket.vpce-0a1b.s3.eu-west-1.vpce.amazonaws.com"])
def test_the_law_names_private_endpoints_of_the_region_alone(host: str, tmp_path: Path) -> None:
    pack = copy_of_the_law(tmp_path)
    extend(pack, "transitional.yaml", transitional=[{**ROW, "endpoint": host}])
    assert "is no private endpoint of S3 in us-east-1" in refusal(pack)
