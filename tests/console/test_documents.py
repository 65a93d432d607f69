"""Every JSON document that `enclave` prints is one that docs/output.schema.json describes, to the last field."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.catalog.stored import read_catalog
from enclave_policies.judging.side_channel import as_data, from_data
from enclave_policies.sdk.generate import FOLDER
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from console import catalog, doctor, document
from console.adopt.judging import Judged, Reason
from console.adopt.objects import Gap, Object, Part
from console.adopt.telling import Outcome, lines
from console.adopt.telling import as_json as adoption
from console.audit import commands as audit
from console.audit import explain
from console.gate import exporting, stacks
from console.gate.record import record as run_record
from console.gate.recover import commands as recover
from console.gate.recover import recovery
from console.gate.report import as_json
from console.gate.verdict import decide
from console.main import main
from console.reach import commands as reach
from console.reach.asking import Asking
from console.retire import commands as retire
from console.site_state import protected, retained
from console.verify_log.commands import verify_log
from located_yaml import ProblemsError
from sandbox.services.status import RUNNING, ServiceStatus
from sandbox.toolchain.doctor import Row
from tests.console.auditing import BUCKET, URN, bucket, exception, pack, written
from tests.console.test_site_state import STATE
from tests.console.test_verdict import answer, clean, promised, step, summary, violation
from tests.hosts.gateway.records import kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Captured = pytest.CaptureFixture[str]
SCHEMA = Path(__file__).parents[2] / "docs" / "output.schema.json"


@cache
def schema() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return content


@cache
def strict() -> Draft202012Validator:
    """The schema without room for a field that it does not describe."""
    closed = deepcopy(schema())
    for each in _objects(closed):
        if "properties" in each:
            each["additionalProperties"] = False
    Draft202012Validator.check_schema(closed)
    return Draft202012Validator(closed)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from _objects(item)


def described(capsys: Captured) -> dict[str, Any]:
    """Return the one document on standard output, which the schema describes."""
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    strict().validate(found)
    return found


def audited(export: Path, *, only_pack: Path | None = None) -> int:
    return audit.audit(export, as_of=None, json=True, strict=False, only_pack=only_pack)


def explained(what: str, export: Path | None = None) -> int:
    return explain.explain(what, export=export, stack=None, as_of=None, only_pack=None, json=True)


def test_an_audit_is_described_and_each_resource_carries_its_place(tmp_path: Path, capsys: Captured) -> None:
    law = pack(tmp_path, exceptions={"exceptions": [exception()]})
    hidden = bucket("unknown", "[secret]")
    export = written(tmp_path, bucket("store"), bucket("exit", "us-east-1"), bucket("far", "us-east-1"), hidden)
    assert audited(export, only_pack=law) == 1
    found = described(capsys)
    places = {each["urn"].rpartition("::")[2]: each["place"] for each in found["resources"]}
    assert places["store"] == {
        "selector": "region",
        "code": "eu-west-1",
        "country": "IE",
        "words": "eu-west-1 (Dublin, Ireland, IE)",
    }
    assert (places["far"]["country"], places["unknown"]["code"], places["enclave-local"]) == ("US", None, None)
    assert {each["verdict"] for each in found["resources"]} == {"pass", "waived", "fail", "undetermined"}


def test_an_audit_names_tool_law_state_stack_and_engine(tmp_path: Path, capsys: Captured) -> None:
    manifest = {"time": "2026-11-20T10:00:00Z", "version": "v3.259.0"}
    audited(written(tmp_path, bucket("store"), manifest=manifest))
    found = described(capsys)
    assert found["tool"] == document.TOOL
    assert found["tool"].startswith("enclave ")
    assert found["packs"][0]["name"] == "jurisdiction"
    assert len(found["law"]["sha256"]) == len(found["state"]["sha256"]) == 64
    state = {key: found["state"][key] for key in ("stack", "project", "engine", "written", "older_than_law")}
    assert state == {
        "stack": "local",
        "project": "enclave",
        "engine": "v3.259.0",
        "written": "2026-11-20T10:00:00+00:00",
        "older_than_law": True,
    }


@pytest.mark.parametrize("manifest", [{}, {"time": 7, "version": []}, {"time": "2026-11-20", "version": "a secret"}])
def test_a_state_that_does_not_say_where_it_comes_from_is_described(
    manifest: dict[str, Any], tmp_path: Path, capsys: Captured
) -> None:
    audited(written(tmp_path, bucket("store"), manifest=manifest))
    found = described(capsys)
    assert (found["state"]["engine"], found["state"]["written"], found["state"]["older_than_law"]) == (
        None,
        None,
        False,
    )


def test_what_cannot_be_judged_is_described(tmp_path: Path, capsys: Captured) -> None:
    with pytest.raises(ProblemsError):
        audited(tmp_path / "nowhere.json")
    assert described(capsys)["command"] == "audit"
    assert explained("nothing") == 2
    assert described(capsys)["command"] == "explain"


def test_explanations_are_described(tmp_path: Path, capsys: Captured) -> None:
    export = written(tmp_path, bucket("store"), bucket("far", "us-east-1"))
    assert explained(f"{URN}{BUCKET}::far", export) == 0
    found = described(capsys)
    assert (found["about"], found["place"]["country"], found["findings"][0]["rule"]) == ("resource", "US", "JUR-001")
    assert explained("store", export) == 0
    assert described(capsys)["place"]["country"] == "IE"
    assert explained(BUCKET) == 0
    assert described(capsys)["about"] == "type"
    assert explained("JUR-001") == 0
    found = described(capsys)
    assert (found["rule"], found["about"]) == ("JUR-001", "rule")
    assert "eu-west-2" in found["examples"]["refused"]


def test_what_the_catalog_knows_is_described(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    assert catalog.catalog(coverage=False, json=True, type_=BUCKET) == 0
    assert described(capsys)["verdict"] == "known"
    assert catalog.catalog(coverage=False, json=True, type_="acme:a/b:C") == 1
    assert described(capsys)["problems"]
    assert catalog.catalog(coverage=True, json=True) == 0
    assert described(capsys)["about"] == "coverage"
    known = read_catalog(FOLDER)
    monkeypatch.setattr(catalog, "compile_catalog", lambda _folder: known)
    assert catalog.compiled(json=True) == 0
    assert described(capsys)["types"] == len(known.kinds)


def test_how_packets_get_somewhere_is_described(tmp_path: Path, capsys: Captured) -> None:
    export = written(tmp_path, bucket("store"))
    assert reach.reach(Asking("internet", "person"), stack=None, export=export, json=True) == 2
    assert described(capsys)["verdict"] == "undetermined"
    assert reach.reach(Asking("internet", "nowhere"), stack=None, export=export, json=True) == 2
    assert described(capsys)["problems"]


def test_what_a_gateway_s_record_shows_is_described(tmp_path: Path, capsys: Captured) -> None:
    case = kept(tmp_path, 3, (2, 3))
    signed = list(case.checkpoints.values())
    assert verify_log(case.record, case.key, signed, None, json=True) == 0
    found = described(capsys)
    assert (found["verdict"], found["signed_lines"], len(found["proves"])) == ("whole", 3, 1)
    case.record.write_bytes(b"")
    assert verify_log(case.record, case.key, signed, None, json=True) == 1
    found = described(capsys)
    assert (found["verdict"], len(found["problems"]), found["proves"]) == ("damaged", 2, [])
    assert verify_log(case.record, case.record, signed, None, json=True) == 2
    assert described(capsys)["problems"]


def test_what_the_doctor_finds_is_described(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (Row("pulumi", "3.259.0", "built", "/x"), Row("opa", "1", "built", "/y", "not built yet", "build it"))
    services = (ServiceStatus("moto", RUNNING, 7, 80, tmp_path), ServiceStatus("etcd", "dead", None, None, tmp_path))
    monkeypatch.setattr(doctor, "report", lambda: rows)
    monkeypatch.setattr(doctor, "status", lambda _folder: services)
    assert doctor.examine(tmp_path, json=True) == 1
    assert described(capsys)["problems"] == [
        "opa: not built yet; to do: build it",
        "etcd is dead; to do: run `make up`: it starts what is missing",
    ]


@pytest.mark.parametrize(("broken", "verdict"), [(None, "well"), ("x", "to_mend")])
def test_what_there_is_to_mend_is_described(
    broken: str | None, verdict: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = (tmp_path,) if broken else ()
    monkeypatch.setattr(recover, "engine_for", lambda *_: None)
    monkeypatch.setattr(recovery, "traces_of", lambda _engine: recovery.Traces((), (), half, None))
    monkeypatch.setattr(exporting, "exported", lambda _engine: {})
    assert recover.recover("local", json=True) == 0
    assert described(capsys)["verdict"] == verdict


@pytest.mark.parametrize(("held", "verdict"), [({"local": 439}, "well"), ({"local": 1, "gone": 7}, "orphaned")])
def test_the_stacks_of_a_backend_are_described(
    held: dict[str, int], verdict: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stacks, "stacks_of", lambda _engine: held)
    assert stacks.stacks(json=True) == (1 if verdict == "orphaned" else 0)
    told = described(capsys)
    assert told["verdict"] == verdict
    assert [each["stack"] for each in told["stacks"] if not each["declared"]] == [
        name for name in held if name == "gone"
    ]


@pytest.mark.parametrize(
    ("contents", "refused", "verdict"),
    [
        (["empty"], None, "let_go"),
        (["empty"], "still protected: add --yes", "still_protected"),
        ([], None, "nothing_protected"),
    ],
)
def test_what_a_site_s_retirement_says_is_described(contents: list[str], refused: str | None, verdict: str) -> None:
    held = [retire.Held(each, said) for each, said in zip(protected(STATE), contents, strict=False)]
    stays = [retire.Held(each, "holds 2 versions of objects; it stays") for each in retained(STATE)]
    site = retire.Site("dublin-1", held, stays)
    found = json.loads(retire.as_json("local", site, ["stacks/local.yaml:71"], refused))
    strict().validate(found)
    assert (found["verdict"], len(found["resources"]), len(found["problems"]), len(found["stays"])) == (
        verdict,
        len(contents),
        int(refused is not None),
        1,
    )


@pytest.mark.parametrize(
    ("verdict", "more", "ends"),
    [
        (None, (), "clean"),
        ("fail", (), "refused"),
        ("undetermined", (), "refused"),
        (None, (Gap("hamar", "cluster", "x"),), "undetermined"),
    ],
)
def test_what_may_be_adopted_is_described(verdict: Any, more: tuple[Gap, ...], ends: str) -> None:
    one = Object("dublin-1", "bucket", Part("aws:s3/bucket:Bucket", "old"))
    reasons = (Reason("KEY-010", "set-apart-encryption", verdict, "old", "no key"),) if verdict else ()
    judged = [
        Judged(one, reasons, ({"type": "aws:s3/bucket:Bucket", "id": "old"},)),
        Judged(replace(one, managed=True)),
    ]
    outcome = Outcome("local", date(2026, 11, 30), judged, more, ["adopted/import.json"])
    found = json.loads(adoption(outcome))
    strict().validate(found)
    assert (found["verdict"], outcome.verdict) == (ends, ends)
    assert list(lines(outcome))[-1].startswith(f"local: {ends} as of 2026-11-30: ")


def test_a_plan_s_verdict_is_described() -> None:
    events: list[dict[str, Any]] = [step, answer, violation("mandatory", "no"), summary]
    for run in (clean, run_record(events, 1)):
        strict().validate(json.loads(as_json("local", "plan", run, decide(run, promised))))


def test_a_refusal_with_its_finding_is_described(tmp_path: Path, capsys: Captured) -> None:
    """What a pack hands over stands in the verdict as it is."""
    audited(written(tmp_path, bucket("far", "us-east-1")))
    of_audit = described(capsys)["resources"][-1]["findings"][0]
    kept = {key: of_audit[key] for key in schema()["$defs"]["engine_finding"]["required"] if key in of_audit}
    handed = {**kept, "subject": {"urn": "u", "type": "t", "name": "n"}, "approved": None, "waiver": None}
    Draft202012Validator({**strict().schema, "oneOf": [{"$ref": "#/$defs/engine_finding"}]}).validate(
        json.loads(json.dumps(as_data(from_data(handed))))
    )


def test_a_mistyped_line_is_described(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["enclave", "explain", "--json", "a", "b"])
    with pytest.raises(SystemExit):
        main()
    assert described(capsys)["verdict"] == "undetermined"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda found: found.pop("tool"),
        lambda found: found.update(more=1),
        lambda found: found["state"].update(sealed_secrets=-1),
        lambda found: found["resources"][0].pop("place"),
        lambda found: found.update(schema_version=2),
    ],
)
def test_a_document_that_differs_in_a_field_is_noticed(
    spoil: Callable[[dict[str, Any]], object], tmp_path: Path, capsys: Captured
) -> None:
    """The seeded bugs of this family."""
    audited(written(tmp_path, bucket("store")))
    found = described(capsys)
    spoil(found)
    with pytest.raises(ValidationError):
        strict().validate(found)


def test_the_schema_leaves_room_for_fields_that_come_later(tmp_path: Path, capsys: Captured) -> None:
    audited(written(tmp_path, bucket("store")))
    Draft202012Validator(schema()).validate(described(capsys) | {"more": 1})
