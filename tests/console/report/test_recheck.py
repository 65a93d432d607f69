"""`enclave recheck` finds the same again in the same state, and names what an edit of it changes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from console.report.commands import report
from console.report.diffing import diff
from console.report.rechecking import recheck
from evidence.record.files import read, written
from located_yaml import ProblemsError
from tests.console.test_documents import described
from tests.console.tour import of_local
from tests.evidence.bundles import bundle_in, settled, small

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
TOUR = of_local()
Captured = pytest.CaptureFixture[str]
STAND_INS = """\
clusters:
  other:
    ca_sha256: c18bb91b1ca0c9dc174df3a599c16a3fdce4ad38b5e07d56509bb913e9d55b41
    country: 'NO'
    site: hamar
    server: https://127.0.0.1:25357
    nodes: {regions: [hamar], zones: [hamar-building-1], names: [hamar-building-1]}
    stand_in: true
    source: the law of a sandbox
    as_of: '2026-11-30'
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The bundle of the tour's state, and its public key."""
    folder = tmp_path_factory.mktemp("tour")
    keys = bundle_in(folder / "keys")
    report("local", export=TOUR, to=folder / "bundle", key=str(keys.private), as_of=None, json=True)
    return folder / "bundle", keys.public


def edited(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Return a copy of the tour's state with a change in it."""
    plain = json.loads(TOUR.read_text(encoding="utf-8"))
    change({one["urn"].rpartition("::")[2]: one for one in plain["deployment"]["resources"]})
    file = folder / "state.json"
    file.write_text(json.dumps(plain), encoding="utf-8")
    return file


def test_the_same_state_gives_the_same_record_to_the_last_answer(made: tuple[Path, Path], capsys: Captured) -> None:
    bundle, key = made
    assert recheck(bundle, TOUR, key, json=True) == 0
    found = described(capsys)
    assert (found["verdict"], found["signed"], found["same_state"]) == ("equal", True, True)
    assert found["causes"] == found["differences"] == found["not_compared"] == []
    assert found["answers"] == read((bundle / "record.json").read_bytes(), "it").summary.pairs > 100
    assert recheck(bundle, TOUR, key, json=False) == 0
    assert "equal to the audit of local" in capsys.readouterr().out


def test_a_sandbox_that_is_at_hand_is_judged_by_in_both(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "law.yaml").write_text(STAND_INS, encoding="utf-8")
    monkeypatch.setattr("console.report.around.sandbox_folder", lambda: tmp_path)
    keys = bundle_in(tmp_path / "keys")
    report("local", export=TOUR, to=tmp_path / "bundle", key=str(keys.private), as_of=None, json=False)
    assert "no sandbox" not in capsys.readouterr().out
    record = (tmp_path / "bundle" / "record.json").read_text(encoding="utf-8")
    assert "stand-in" in record, "the law that the sandbox adds"
    assert recheck(tmp_path / "bundle", TOUR, keys.public, json=False) == 0, capsys.readouterr().out


def abroad(resources: dict[str, Any]) -> None:
    resources["records"]["inputs"]["region"] = "us-east-1"


def test_an_edit_of_the_state_is_named_with_resource_rule_before_and_after(
    made: tuple[Path, Path], tmp_path: Path, capsys: Captured
) -> None:
    assert recheck(made[0], edited(tmp_path, abroad), None, json=True) == 1
    found = described(capsys)
    assert (found["verdict"], found["same_state"]) == ("different", False)
    told = {(one["what"].rpartition("::")[2], one["aspect"]): one for one in found["differences"]}
    rule = told["records", "JUR-001"]
    assert (rule["kind"], rule["before"]) == ("red", "pass")
    assert rule["after"].startswith("fail: JUR-001 resource-region: records ")
    place = told["records", "place"]
    assert ("eu-west-1" in place["before"], "us-east-1" in place["after"]) == (True, True)


def test_a_resource_that_somebody_took_out_is_named(made: tuple[Path, Path], tmp_path: Path, capsys: Captured) -> None:
    plain = json.loads(TOUR.read_text(encoding="utf-8"))
    gone = plain["deployment"]["resources"].pop()
    state = tmp_path / "state.json"
    state.write_text(json.dumps(plain), encoding="utf-8")
    assert recheck(made[0], state, None, json=True) == 1
    assert ("removed", gone["urn"]) in [(one["kind"], one["what"]) for one in described(capsys)["differences"]]


def test_another_law_is_named_first_as_the_cause(made: tuple[Path, Path], tmp_path: Path, capsys: Captured) -> None:
    plain = json.loads((made[0] / "record.json").read_bytes())
    law = next(one for one in plain["inputs"] if one["role"] == "law")
    law["sha256"] = "0" * 64
    file = tmp_path / "record.json"
    file.write_text(json.dumps(plain), encoding="utf-8")
    assert recheck(file, TOUR, None, json=False) == 0, "another law that says the same changes no answer"
    lines = capsys.readouterr().out.splitlines()
    assert lines[-4].startswith("judged by something else than then")
    assert f"law: {'0' * 64} => " in lines[-2]


def test_the_day_of_the_record_is_judged_and_not_today(tmp_path: Path, capsys: Captured) -> None:
    record = json.loads(written(small()))
    record["run"]["as_of"] = "2000-01-01"
    file = tmp_path / "record.json"
    file.write_text(json.dumps(record), encoding="utf-8")
    assert recheck(file, TOUR, None, json=True) == 1
    assert described(capsys)["as_of"] == "2000-01-01"


def test_a_bundle_that_was_changed_is_not_equal(made: tuple[Path, Path], tmp_path: Path, capsys: Captured) -> None:
    copy = tmp_path / "bundle"
    shutil.copytree(made[0], copy)
    (copy / "more.txt").touch()
    assert recheck(copy, TOUR, made[1], json=True) == 1
    found = described(capsys)
    assert (found["signed"], found["problems"]) == (False, ["more.txt was added: nobody has signed it"])
    with pytest.raises(ProblemsError, match="not as it was signed"):
        diff(made[0], copy, made[1], json=False)


def test_what_cannot_be_rechecked_is_bad_input(made: tuple[Path, Path], tmp_path: Path) -> None:
    empty = tmp_path / "record.json"
    empty.write_bytes(written(settled(small().model_copy(update={"resources": (), "findings": ()}))))
    for bundle, state, key, told in (
        (empty, TOUR, None, "without resources"),
        (tmp_path / "nothing", TOUR, None, "no such file"),
        (made[0], tmp_path / "none.json", None, "none.json"),
        (made[0] / "record.json", TOUR, made[1], "signed by nobody"),
    ):
        with pytest.raises(ProblemsError, match=told):
            recheck(bundle, state, key, json=False)


def test_two_audits_are_compared_by_what_got_worse(made: tuple[Path, Path], tmp_path: Path, capsys: Captured) -> None:
    key = bundle_in(tmp_path / "keys").private

    later = tmp_path / "later"
    report("local", export=edited(tmp_path, abroad), to=later, key=str(key), as_of=None, json=True)
    capsys.readouterr()
    assert diff(made[0], made[0], made[1], json=True) == 0
    assert described(capsys)["verdict"] == "equal"
    assert diff(made[0], later, None, json=True) == 1
    found = described(capsys)
    assert (found["verdict"], found["changes"][0]["kind"]) == ("worse", "red")
    assert diff(later, made[0], None, json=False) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("0 worse, ")


def test_records_of_two_stacks_are_not_compared(made: tuple[Path, Path], tmp_path: Path) -> None:
    other = bundle_in(tmp_path / "other").folder
    with pytest.raises(ProblemsError, match="compare two of one stack"):
        diff(made[0], other, None, json=False)


def test_a_recheck_that_judges_nothing_again_is_noticed(
    made: tuple[Path, Path], tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeded bug of this family: the record is compared with itself."""
    record = read((made[0] / "record.json").read_bytes(), "it")
    monkeypatch.setattr("console.recording.of_state.state_record", lambda *_: record)
    assert recheck(made[0], edited(tmp_path, abroad), None, json=True) == 0
    assert described(capsys)["verdict"] == "equal", "which the test of an edit above does not take"
