"""Under another law the same judges find what rests on what is gone, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.law.basis import transfer_basis
from enclave_policies.law.folder import load_law
from enclave_policies.law.folder.access import with_access
from enclave_policies.law.instruments import ExceptionGrant, TransferRule
from enclave_policies.law.suppositions import denying, ended, instruments, without

from console.audit.judges import judges as shipped
from console.whatif.commands import whatif
from console.whatif.supposing import Asked
from located_yaml import ProblemsError
from tests.console.auditing import bucket, written
from tests.console.test_documents import described

if TYPE_CHECKING:
    from enclave_policies.law import Law

    from console.audit.judges import Judges

ROOT = Path(__file__).parents[3]
TOUR = ROOT / "docs" / "tour" / "state.json"
TODAY = datetime.now(UTC).date()
SOON = TODAY + timedelta(30)
Captured = pytest.CaptureFixture[str]

TO_AMERICA = TransferRule(
    id="to-america",
    basis="adequacy",
    sources=frozenset({"IE"}),
    targets=frozenset({"US"}),
    movements=frozenset({"copy", "link", "import", "remote_access"}),
    regimes=frozenset({"eu", "uk", "ch"}),
    meets=frozenset({"eu-us", "uk-us", "ch-us"}),
    last_day=SOON,
)
GRANT = ExceptionGrant(
    id="EX-1",
    rules=frozenset({"JUR-001", "JUR-010", "JUR-024"}),
    owner="storage team",
    approver="data protection officer",
    reason="emptied",
    ticket="T-1",
    granted=TODAY,
    expires=SOON,
    position="exceptions.yaml:1:1",
    type="aws:s3/bucket:Bucket",
    name="exit",
)


@pytest.fixture
def law(monkeypatch: pytest.MonkeyPatch) -> Law:
    """The shipped law with a transfer rule that rests on adequacy, and an exception."""

    def judges(only_pack: Path | None, as_of: date | None) -> Judges:
        found = shipped(only_pack, as_of)
        more = replace(found.law, transfers=(*found.law.transfers, TO_AMERICA), exceptions=(GRANT,))
        return replace(found, law=more)

    monkeypatch.setattr("console.whatif.commands.judges", judges)
    monkeypatch.setattr("console.whatif.supposing.judges", judges)
    return judges(None, None).law


def found(export: Path, asked: Asked, capsys: Captured) -> dict[str, Any]:
    code = whatif(export, asked, json=True)
    told = described(capsys)
    assert code == (1 if told["verdict"] == "worse" else 0)
    return told


def names(told: dict[str, Any], because: int = 0) -> set[str]:
    return {one["what"].rpartition("::")[2] for one in told["groups"][because]["changes"]}


@pytest.mark.parametrize("decision", ["eu-us", "uk-us", "ch-us"])
def test_without_a_decision_a_movement_that_rests_on_it_has_no_basis(law: Law, decision: str) -> None:
    assert transfer_basis(law, "IE", "US", "copy")
    assert transfer_basis(without(law, f"adequacy:{decision}"), "IE", "US", "copy") is None
    assert transfer_basis(without(law, "adequacy:eu-jp"), "IE", "US", "copy")


def test_a_law_without_something_is_the_same_law_otherwise(law: Law) -> None:
    for name in ("adequacy:eu-us", "transfer:to-america", "exception:EX-1"):
        left = without(law, name)
        assert instruments(law).keys() - instruments(left).keys() == {name}
        assert (
            replace(left, adequacy=law.adequacy, transfers=law.transfers, exceptions=law.exceptions).digest
            == law.digest
        )
    with pytest.raises(KeyError):
        without(law, "adequacy:nothing")


def test_a_denied_country_holds_gets_and_sends_nothing() -> None:
    law = with_access(load_law())
    denied = denying(law, "NO", ["restricted"])
    assert (law.approves("NO"), denied.approves("NO"), denied.approves("IE")) == (True, False, True)
    for ends in (("IE", "NO"), ("NO", "IE")):
        assert transfer_basis(law, *ends, "link")
        assert transfer_basis(denied, *ends, "link") is None
    assert denied.access
    assert denied.access.never[-1].forbids("restricted", "NO", "IE")
    assert denied.access.never[-1].forbids("restricted", "IE", "NO")
    assert not denied.access.never[-1].forbids("restricted", "IE", "IE")


def test_what_ends_until_a_day_is_named(law: Law) -> None:
    assert list(ended(law, SOON)) == []
    assert list(ended(law, SOON + timedelta(1))) == ["transfer:to-america", "exception:EX-1"]


def test_a_denied_country_turns_its_resources_red_with_rule_and_words(capsys: Captured, tmp_path: Path) -> None:
    export = written(tmp_path, bucket("store"), bucket("far", "us-east-1"))
    told = found(export, Asked(denied=("IE",)), capsys)
    assert told["groups"][0]["because"] == "with Ireland (IE) denied"
    assert "store" in names(told)
    assert "far" not in names(told), "it is refused already"
    rules = {one["aspect"]: one for one in told["groups"][0]["changes"] if one["what"].endswith("::store")}
    assert rules["JUR-001"]["before"] == "pass"
    assert rules["JUR-001"]["after"].startswith("fail: JUR-001 ")


def test_flows_that_the_stack_declares_lose_their_basis(capsys: Captured, tmp_path: Path) -> None:
    told = found(written(tmp_path, bucket("store")), Asked(without=("transfer:inside",)), capsys)
    lost = {one["what"] for one in told["groups"][0]["changes"]}
    assert told["counts"]["flows"] == len(lost)
    assert "link dublin-1-hamar: dublin-1/store -> hamar/store" in lost
    assert any(one.startswith("harbour, row 1 of the gateway employees: ") for one in lost)
    assert {one["kind"] for one in told["groups"][0]["changes"]} == {"basis"}


@pytest.mark.usefixtures("law")
def test_several_suppositions_are_told_apart(capsys: Captured, tmp_path: Path) -> None:
    export = written(tmp_path, bucket("store"), bucket("exit", "us-east-1"))
    told = found(export, Asked(without=("exception:EX-1", "transfer:inside")), capsys)
    assert [one["because"] for one in told["groups"]] == ["without exception:EX-1", "without transfer:inside"]
    assert "exit" in names(told, 0)
    assert "exit" not in names(told, 1)


@pytest.mark.usefixtures("law")
def test_another_day_is_told_by_what_ends_until_then(capsys: Captured, tmp_path: Path) -> None:
    export = written(tmp_path, bucket("store"), bucket("exit", "us-east-1"))
    assert found(export, Asked(day=TODAY), capsys)["groups"] == []
    told = found(export, Asked(day=SOON + timedelta(1)), capsys)
    assert told["groups"][0]["because"] == f"as exception:EX-1 ends before {SOON + timedelta(1)}"
    assert names(told, 0) >= {"exit"}
    assert told["as_of"] == str(SOON + timedelta(1))


def test_nothing_turns_red_where_nothing_rests_on_it(capsys: Captured) -> None:
    told = found(TOUR, Asked(without=("adequacy:eu-us",)), capsys)
    assert (told["verdict"], told["groups"], told["counts"]["resources"]) == ("same", [], 0)
    assert any("declared nowhere" in note for note in told["notes"])


def test_what_the_law_does_not_have_is_bad_input_that_names_what_there_is() -> None:
    with pytest.raises(ProblemsError) as caught:
        whatif(TOUR, Asked(without=("adequacy:us-dpf", "inside"), denied=("XX",)), json=False)
    told = [one.message for one in caught.value.problems]
    assert sum("adequacy:eu-us, " in one and "transfer:inside" in one for one in told) == 2
    assert sum("knows no country 'XX'" in one for one in told) == 1
    with pytest.raises(ProblemsError, match="nothing is supposed"):
        whatif(TOUR, Asked(), json=False)


def test_a_supposition_that_changes_no_law_is_noticed(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr("console.whatif.supposing.denying", lambda law, _country, _classes: law)
    export = written(tmp_path, bucket("store"))
    assert json.dumps(found(export, Asked(denied=("IE",)), capsys)["groups"]) == "[]"
