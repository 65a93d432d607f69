"""`enclave audit`: 0 only when something was judged and all of it is clean; people and programs are told why not."""

from __future__ import annotations

import gc
import json
import re
import shutil
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_readings
from enclave_policies.judging.packs import PACKS
from enclave_policies.reading.finding import Finding, Subject, Verdict
from enclave_policies.reading.stack import Stack
from enclave_policies.resources.resource import Resource

from console.audit import judges
from console.audit.outcome import Judged
from console.listed import listed
from located_yaml import ProblemsError
from tests.console.auditing import BUCKET, URN, bucket, exception, pack, run, written
from tests.corpus_cases import PACK
from tests.enclave_policies.exports import AMBIGUOUS, EMPTY, MALFORMED

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
judged_for = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def no_overlay(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law of a sandbox that happens to run would change the digest."""
    monkeypatch.delenv("ENCLAVE_SANDBOX", raising=False)


def document_of(capsys: Captured) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_clean_state_is_clean(tmp_path: Path, capsys: Captured) -> None:
    export = written(tmp_path, bucket("store"), bucket("logs"))
    assert run(export, as_of=judged_for) == 0
    asked, state, verdict = capsys.readouterr().out.splitlines()
    told = r"asked: jurisdiction 0\.1\.0 \(\d+ rules\), by enclave 0\.1\.0, under the law [0-9a-f]{64}"
    assert re.fullmatch(told, asked)
    origin = "stack local of enclave, written by engine v3.259.0 on 2026-11-29 00:00 UTC"
    assert re.fullmatch(rf"state: {re.escape(origin)}, sha256 [0-9a-f]{{64}}", state)
    assert verdict == (
        f"{export}: partial audit, without key-custody, segmentation and access: clean: "
        "4 resources judged as of 2026-11-22: 4 passed, 0 failed, 0 undetermined, 0 waived, 0 warned; 0 unfinished"
    )


def test_an_audit_of_every_pack_names_them_with_versions_rules_and_law(tmp_path: Path, capsys: Captured) -> None:
    export = written(tmp_path, bucket("store"))
    run(export, only_pack=None)
    *_, asked, _state, verdict = capsys.readouterr().out.splitlines()
    for name, known in PACKS.items():
        assert re.search(rf"\b{name} 0\.1\.0 \({len(known.rules)} rules\)", asked)
    assert "partial" not in verdict
    run(export, only_pack=None, json=True)
    document = document_of(capsys)
    assert [(pack["name"], pack["rules"]) for pack in document["packs"]] == [
        (n, len(p.rules)) for n, p in PACKS.items()
    ]
    assert document["rules_asked"] == sum(pack["rules"] for pack in document["packs"])
    assert (document["partial"], document["packs_left_out"]) == (False, [])
    assert document["law"]["sha256"] in asked


@pytest.mark.parametrize("name", PACKS)
def test_an_audit_of_one_pack_says_so_in_its_verdict(name: str, tmp_path: Path, capsys: Captured) -> None:
    export = written(tmp_path, bucket("exit", "us-east-1"))
    run(export, only_pack=PACK.parent / name)
    assert (
        f": partial audit, without {listed([other for other in PACKS if other != name])}: "
        in (capsys.readouterr().out.splitlines()[-1])
    )
    run(export, only_pack=PACK.parent / name, json=True)
    document = document_of(capsys)
    assert document["partial"]
    assert [pack["name"] for pack in document["packs"]] == [name]
    assert document["rules_asked"] == len(PACKS[name].rules)


@pytest.mark.parametrize(("text", "said"), [("version: 7.7", "version"), ("[]", None), ("version: [1]", "version")])
def test_a_version_that_is_none_is_refused(text: str, said: str | None, tmp_path: Path, capsys: Captured) -> None:
    folder = shutil.copytree(PACK, tmp_path / "pack")
    (folder / "PulumiPolicy.yaml").write_text(text)
    export = written(tmp_path, bucket("store"))
    if said is None:
        run(export, only_pack=folder)
        assert "jurisdiction without a version" in capsys.readouterr().out
    else:
        with pytest.raises(ProblemsError, match="is no version"):
            run(export, only_pack=folder)


def test_a_refused_resource_is_shown_with_rule_place_and_remedy(tmp_path: Path, capsys: Captured) -> None:
    assert run(written(tmp_path, bucket("store"), bucket("exit", "us-east-1"))) == 1
    first, approved, _asked, _state, verdict = capsys.readouterr().out.splitlines()
    assert first.startswith(
        f"{URN}{BUCKET}::exit: refused: "
        "JUR-001 resource-region: would be in us-east-1 (Northern Virginia, United States, US); "
    )
    assert "to do: " in first
    assert "approved: " not in first  # it stands once, below all
    assert approved.startswith("approved: eu-west-1 (Dublin, Ireland, IE)")
    assert ": refused: 4 resources judged" in verdict


def test_the_counts_add_up_and_name_each_outcome(tmp_path: Path, capsys: Captured) -> None:
    export = written(
        tmp_path,
        bucket("store"),
        bucket("exit", "us-east-1"),
        bucket("other", "us-east-1"),
        bucket("unknown", "[secret]"),
    )
    assert run(export, json=True, only_pack=pack(tmp_path, exceptions={"exceptions": [exception()]})) == 1
    document = document_of(capsys)
    counts = {"judged": 6, "passed": 3, "failed": 1, "undetermined": 1, "waived": 1, "warned": 0, "unfinished": 0}
    assert document["summary"] == counts
    verdicts = {resource["urn"].rsplit("::")[-1]: resource["verdict"] for resource in document["resources"]}
    assert verdicts == {
        "enclave-local": "pass",
        "dublin-1": "pass",
        "store": "pass",
        "exit": "waived",
        "other": "fail",
        "unknown": "undetermined",
    }


def test_a_waived_resource_is_shown_as_waived_and_passes(tmp_path: Path, capsys: Captured) -> None:
    export = written(tmp_path, bucket("exit", "us-east-1"))
    law = pack(tmp_path, exceptions={"exceptions": [exception()]})
    assert run(export, only_pack=law, as_of=judged_for) == 0
    shown = capsys.readouterr().out
    assert f"{URN}{BUCKET}::exit: waived" in shown
    assert "waived until 2027-03-31 by exception EX-1 (owner storage team, approver data protection officer)" in shown
    assert "1 waived" in shown


def test_the_same_a_day_after_the_exception_ran_out_is_refused(tmp_path: Path, capsys: Captured) -> None:
    export = written(tmp_path, bucket("exit", "us-east-1"))
    law = pack(tmp_path, exceptions={"exceptions": [exception()]})
    assert run(export, only_pack=law, as_of=date(2027, 3, 31)) == 0
    assert run(export, only_pack=law, as_of=date(2027, 4, 1)) == 1
    assert "removable: exception EX-1" in capsys.readouterr().out


def test_an_exception_that_matches_nothing_is_removable(tmp_path: Path, capsys: Captured) -> None:
    law = pack(tmp_path, exceptions={"exceptions": [exception()]})
    assert run(written(tmp_path, bucket("store")), only_pack=law, as_of=judged_for) == 0
    assert "removable: exception EX-1" in (shown := capsys.readouterr().out)
    assert "matches nothing in this export" in shown
    assert run(written(tmp_path, bucket("store")), only_pack=law, as_of=judged_for, json=True) == 0
    assert document_of(capsys)["removable_exceptions"] == ["EX-1"]


def test_a_stale_fact_is_a_warning_and_a_refusal_when_strict(tmp_path: Path, capsys: Captured) -> None:
    export, far = written(tmp_path, bucket("store")), date(2032, 1, 1)
    assert run(export, as_of=far) == 0
    assert "warning: " in (shown := capsys.readouterr().out)
    assert "renew as_of" in shown
    assert run(export, as_of=far, strict=True) == 1
    assert "refused: " in (shown := capsys.readouterr().out)
    assert "warning: " not in shown
    assert run(export, as_of=judged_for, strict=True) == 0


def unfinished(folder: Path, *, region: str, **changed: Any) -> Path:
    """Write a state with one bucket that awaits deletion, or as changed."""
    document = json.loads(written(folder, bucket("store"), bucket("gone", region)).read_text())
    document["deployment"]["resources"][-1].update(changed or {"delete": True})
    (folder / "export.json").write_text(json.dumps(document))
    return folder / "export.json"


def test_what_awaits_deletion_is_still_there_and_is_judged(tmp_path: Path, capsys: Captured) -> None:
    assert run(unfinished(tmp_path, region="us-east-1")) == 1
    assert f"{URN}{BUCKET}::gone: refused" in (shown := capsys.readouterr().out)
    assert "; 1 unfinished" in shown
    assert run(unfinished(tmp_path, region="eu-west-1")) == 0
    assert f"unfinished, and judged all the same: {URN}{BUCKET}::gone awaits deletion" in capsys.readouterr().out


def test_what_is_unfinished_is_refused_when_strict(tmp_path: Path, capsys: Captured) -> None:
    export = unfinished(tmp_path, region="eu-west-1")
    assert run(export, strict=True) == 1
    assert "refused, as it is unfinished: " in capsys.readouterr().out
    assert run(export, strict=True, json=True) == 1
    document = document_of(capsys)
    assert document["unfinished"] == [{"urn": f"{URN}{BUCKET}::gone", "what": "awaits deletion"}]
    assert (document["verdict"], document["summary"]["unfinished"]) == ("refused", 1)


@pytest.mark.parametrize("kind", ["creating", "updating", "deleting"])
def test_what_was_broken_off_is_judged_by_its_inputs(kind: str, tmp_path: Path, capsys: Captured) -> None:
    document = json.loads(written(tmp_path, bucket("store"), bucket("far", "us-east-1")).read_text())
    deployment = document["deployment"]
    deployment["pending_operations"] = [{"resource": deployment["resources"].pop(), "type": kind}]
    (tmp_path / "export.json").write_text(json.dumps(document))
    assert run(tmp_path / "export.json") == 1
    assert f"{URN}{BUCKET}::far: refused" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["reading", "importing", "something-new"])
def test_what_only_an_id_is_known_of_is_undetermined(kind: str, tmp_path: Path, capsys: Captured) -> None:
    document = json.loads(written(tmp_path, bucket("store"), bucket("far")).read_text())
    deployment = document["deployment"]
    deployment["pending_operations"] = [{"resource": deployment["resources"].pop(), "type": kind}]
    (tmp_path / "export.json").write_text(json.dumps(document))
    assert run(tmp_path / "export.json") == 1
    assert f"{URN}{BUCKET}::far: undetermined" in (shown := capsys.readouterr().out)
    assert "its id alone is known" in shown


def test_a_provider_that_the_state_does_not_hold_is_undetermined_for_any_type(tmp_path: Path, capsys: Captured) -> None:
    document = json.loads(written(tmp_path, bucket("store"), bucket("lost")).read_text())
    document["deployment"]["resources"][-1]["provider"] += "-of-before"
    (tmp_path / "export.json").write_text(json.dumps(document))
    assert run(tmp_path / "export.json") == 1
    assert "names a provider that this state does not hold" in capsys.readouterr().out


def test_an_exception_for_a_resource_holds_for_its_old_copy_too(tmp_path: Path) -> None:
    named = {key: value for key, value in exception(urn=f"{URN}{BUCKET}::exit").items() if key != "select"}
    law = pack(tmp_path, exceptions={"exceptions": [named]})
    document = json.loads(written(tmp_path, bucket("exit", "us-east-1")).read_text())
    resources = document["deployment"]["resources"]
    resources.append({**resources[-1], "delete": True})
    (tmp_path / "export.json").write_text(json.dumps(document))
    assert run(tmp_path / "export.json", only_pack=law, as_of=judged_for) == 0


def test_encrypted_secrets_are_said(tmp_path: Path, capsys: Captured) -> None:
    encrypted = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x:y"}
    secrets = {"type": "passphrase", "state": {"salt": "v1:x"}}
    store = bucket("store", outputs={}) | {"inputs": {"region": encrypted}}
    export = written(tmp_path, store, secrets_providers=secrets)
    assert run(export) == 1
    assert "undetermined" in (shown := capsys.readouterr().out)
    assert "note: 1 secrets are sealed; a place among them is undetermined" in shown
    assert "has a region that is sealed" in shown
    assert "--show-secrets" in shown
    assert "v1:x:y" not in shown


@pytest.mark.parametrize("name", EMPTY)
def test_a_state_without_resources_is_undetermined(name: str, tmp_path: Path, capsys: Captured) -> None:
    export = tmp_path / "export.json"
    export.write_text(EMPTY[name])
    assert run(export) == 1
    assert "undetermined, as it holds no resources to judge" in capsys.readouterr().out
    assert run(export, json=True) == 1
    assert document_of(capsys)["verdict"] == "undetermined"


@pytest.mark.parametrize("name", [*MALFORMED, *AMBIGUOUS])
def test_a_file_that_cannot_be_read_is_undetermined_for_programs_too(
    name: str, tmp_path: Path, capsys: Captured
) -> None:
    export = tmp_path / "export.json"
    export.write_text((MALFORMED | AMBIGUOUS)[name], encoding="utf-8")
    with pytest.raises(ProblemsError):
        run(export, json=True)
    document = document_of(capsys)
    assert document["verdict"] == "undetermined"
    assert document["problems"]


def test_the_document_is_the_same_for_the_same_file_law_and_day(tmp_path: Path, capsys: Captured) -> None:
    export = written(tmp_path, bucket("exit", "us-east-1"))
    run(export, json=True, as_of=judged_for)
    first = capsys.readouterr().out
    other = tmp_path / "elsewhere.json"
    other.write_bytes(export.read_bytes())
    run(other, json=True, as_of=judged_for)
    assert capsys.readouterr().out == first
    document = json.loads(first)
    assert document["as_of"] == "2026-11-22"
    assert len(document["law"]["sha256"]) == len(document["state"]["sha256"]) == 64
    run(export, json=True, as_of=date(2026, 11, 23))
    assert document_of(capsys)["as_of"] == "2026-11-23"


def test_every_finding_is_in_the_document_with_rule_place_and_country(tmp_path: Path, capsys: Captured) -> None:
    run(written(tmp_path, bucket("exit", "us-east-1")), json=True)
    (finding, *_) = document_of(capsys)["resources"][-1]["findings"]
    assert (finding["rule"], finding["name"], finding["verdict"]) == ("JUR-001", "resource-region", "fail")
    assert (finding["where"], finding["country"], finding["exception"]) == ("us-east-1", "US", None)


def test_a_pack_with_other_rules_is_refused(tmp_path: Path) -> None:
    other = pack(tmp_path, exceptions={"exceptions": []})
    rules = other / "rules.yaml"
    text = "".join(line for line in rules.read_text().splitlines(keepends=True) if "resource-region" not in line)
    rules.write_text(text)
    with pytest.raises(ProblemsError, match=r"rules.yaml:1:1: the rules of this pack .* differ in resource-region"):
        run(written(tmp_path, bucket("store")), only_pack=other)


def test_a_folder_that_is_no_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"rules.yaml:1:1: "):
        run(written(tmp_path, bucket("store")), only_pack=tmp_path)


def test_a_name_cannot_move_the_cursor_of_whoever_reads_it(tmp_path: Path, capsys: Captured) -> None:
    run(written(tmp_path, bucket("exit\x1b[2K\r", "us-east-1")))
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "exit\\x1b[2K\\r" in shown


def test_long_audits_say_how_far_they_are_on_a_terminal(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = written(tmp_path, *(bucket(f"b{number}") for number in range(600)))
    monkeypatch.setattr("console.progress.quick", 1000)
    assert run(export) == 0
    assert capsys.readouterr().err == ""  # nobody looks
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert run(export) == 0
    shown = capsys.readouterr().err
    assert "judging 500 of 602" in shown
    assert shown.endswith("\r\033[K")


def test_the_cycle_collector_is_back_afterwards(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError):
        run(tmp_path / "nowhere.json")
    assert gc.isenabled()


def test_a_resource_that_was_not_judged_is_an_error_and_never_a_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeded bug of this family: a judge that loses a resource."""

    def loses_one(stack: Stack, *rest: Any) -> Any:
        return judge_readings(Stack(list(stack.readings.values())[:-1], stack.name), *rest)

    monkeypatch.setattr(judges, "judge_readings", loses_one)
    with pytest.raises(KeyError):
        run(written(tmp_path, bucket("store"), bucket("exit", "us-east-1")))


@pytest.mark.parametrize(
    ("verdicts", "gravest"),
    [
        ([], "pass"),
        (["waived"], "waived"),
        (["waived", "undetermined"], "undetermined"),
        (["undetermined", "fail", "waived"], "fail"),
    ],
)
def test_a_resource_is_as_bad_as_its_gravest_finding(verdicts: list[Verdict], gravest: str) -> None:
    subject = Subject("urn", "type", "store")
    findings = tuple(
        Finding(rule="JUR-001", name="r", subject=subject, verdict=verdict, problem="is lost", remedy="look for it")
        for verdict in verdicts
    )
    assert Judged("urn", "type", findings, Resource("urn", "type", "name")).verdict == gravest
