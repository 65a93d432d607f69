"""A transitional site abroad: exactly what its basis is about passes, until its day, and is told of before it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.places import transition
from enclave_policies.rules.jurisdiction import JURISDICTION

import located_yaml
from tests.corpus_cases import Case, as_resources
from tests.enclave_policies.law_editing import copy_of_the_law, extend, law_of, refusal

if TYPE_CHECKING:
    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding

DATA = located_yaml.load(Path(__file__).with_name("transitional.yaml")).data
BASE = DATA["base"]
NEWEST = date(2026, 12, 1)
Raw = dict[str, Any]


def merged(old: Any, new: Any) -> Any:
    """Return ``old`` with what ``new`` says; null takes a key away."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    both = {**old, **{key: merged(old.get(key), value) for key, value in new.items()}}
    return {key: value for key, value in both.items() if value is not None}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return copy_of_the_law(tmp_path)


def write(pack: Path, raw: Raw) -> None:
    """Write the rows of a case into a law."""
    rows = [] if raw.get("row", {}) is None else [merged(BASE["row"], raw.get("row", {}))]
    extend(
        pack, "transitional.yaml", transitional=[*rows, *(merged(BASE["row"], more) for more in raw.get("rows", ()))]
    )


def law_for_case(pack: Path, raw: Raw) -> Law:
    write(pack, raw)
    return law_of(pack, date.fromisoformat(raw.get("as_of", BASE["as_of"])))


def case(raw: Raw) -> Case:
    """Return the stack of a case."""
    provider = {
        "type": "pulumi:providers:aws",
        "name": "us-exit-aws",
        "inputs": merged(BASE["provider"], raw.get("provider", {})),
    }
    root = {
        "name": "enclave",
        "type": "enclave:index:Enclave",
        "custom": False,
        "inputs": {
            "subjects": raw.get("subjects", BASE["subjects"]),
            "sites": {
                "dublin-1": {"country": "IE", "role": "enclave", "stage": "live"},
                "us-exit": merged(BASE["site"], raw.get("site", {})),
            },
            "waves": merged(BASE["waves"], raw.get("waves", {})),
        },
    }
    store = {
        "name": "left",
        "type": "aws:s3/bucket:Bucket",
        "provider": provider,
        "inputs": {"bucket": "left", "tags": merged(BASE["tags"], raw.get("tags", {}))},
    }
    more = [merged({"provider": provider}, each) for each in raw.get("resources", ())]
    stack: list[Raw] = [*([root] if raw.get("root", True) else []), *([store] if raw.get("store", True) else []), *more]
    return Case(raw["id"], raw["id"], "clean", tuple(stack))


def findings(raw: Raw, law: Law) -> list[Finding]:
    return [each for found in judge_stack(as_resources(case(raw)), law, JURISDICTION).values() for each in found]


@pytest.mark.parametrize("raw", DATA["clean"], ids=lambda raw: raw["id"])
def test_what_a_basis_is_about_passes_and_its_end_is_told_in_time(raw: Raw, pack: Path) -> None:
    found = findings(raw, law_for_case(pack, raw))
    assert [each.message for each in found if each.refuses] == []
    warnings = [each.message for each in found if each.verdict == "warned"]
    assert len(warnings) == len(found) == ("told" in raw), warnings
    assert all(raw["told"] in each for each in warnings)


@pytest.mark.parametrize("raw", DATA["refused"], ids=lambda raw: raw["id"])
def test_all_else_abroad_is_refused(raw: Raw, pack: Path) -> None:
    found = [each for each in findings(raw, law_for_case(pack, raw)) if each.refuses]
    assert {each.rule for each in found} >= set(raw["refused"]), [each.message for each in found]
    assert any(raw.get("told", "") in each.message for each in found), [each.message for each in found]


@pytest.mark.parametrize("raw", DATA["badly written"], ids=lambda raw: raw["id"])
def test_a_row_that_nobody_else_approved_or_whose_history_is_wrong_is_no_law(raw: Raw, pack: Path) -> None:
    write(pack, raw)
    said = refusal(pack, day=NEWEST)
    assert "transitional.yaml:" in said
    assert raw["told"] in said


@pytest.mark.parametrize("raw", DATA["well written"], ids=lambda raw: raw["id"])
def test_what_is_rightly_approved_is_law(raw: Raw, pack: Path) -> None:
    assert law_for_case(pack, raw).transitions.rows


def test_a_basis_for_every_account_would_be_noticed(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(transition, "_acts_there", lambda *_: True)
    missed = []
    for raw in DATA["refused"]:
        found = [each for each in findings(raw, law_for_case(pack, raw)) if each.refuses]
        if not {each.rule for each in found} >= set(raw["refused"]):
            missed.append(raw["id"])
    assert "a provider that says no account" in missed


def test_an_extension_belongs_to_the_law_and_the_line_of_a_row_does_not(pack: Path) -> None:
    write(pack, {"row": {}})
    before = law_of(pack)
    write(pack, {"row": {}, "rows": []})
    file = pack / "law" / "transitional.yaml"
    file.write_text(f"# a comment above\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    assert law_of(pack).digest == before.digest
    write(pack, next(raw for raw in DATA["well written"] if "extended by another" in raw["id"]))
    assert law_of(pack).digest != before.digest


def test_the_law_of_a_stack_without_transitional_sites_is_asked_as_it_is(pack: Path) -> None:
    law = law_for_case(pack, {"row": {}})
    dublin = as_resources(
        Case("x", "x", "clean", ({"name": "b", "type": "aws:s3/bucket:Bucket", "provider": "dublin-1"},))
    )
    assert all(transition.law_for(each, law) is law for each in dublin)
