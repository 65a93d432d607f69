"""A site goes from stage to stage by the law's table, through gates, and one line of its declaration changes."""

from __future__ import annotations

import difflib
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from enclave_policies.law.access import InspectorKey
from enclave_policies.law.folder import load_law
from enclave_policies.law.lifecycle import Accepter

import located_yaml
from components.declaration import load_declaration
from console.exit_codes import GOOD, REFUSED
from console.gate.errors import EngineError
from console.inspect import subjects
from console.site import commands, editing
from console.site.accepting import accept
from console.site.commands import step
from console.site.signed import Signed
from console.site.steps import LEADS_TO, stage_after
from located_yaml import ProblemsError
from tests.console.test_documents import described
from tests.console.test_site_state import STATE

if TYPE_CHECKING:
    from enclave_policies.law import Law

    from console.declaration_edit import Edit

ROOT = Path(__file__).parents[3]
TODAY = datetime.now(UTC).date()
CHECKS = ("racks", "network", "keys", "inspection")
LIFECYCLE = load_law().lifecycle


@pytest.fixture(scope="module")
def keys() -> dict[str, Ed25519PrivateKey]:
    return {"accepter": Ed25519PrivateKey.generate(), "inspector": Ed25519PrivateKey.generate()}


@pytest.fixture
def law(keys: dict[str, Ed25519PrivateKey], monkeypatch: pytest.MonkeyPatch) -> Law:
    """The shipped law, with an accepter whose key somebody has; it signs for the inspector, too."""
    public = b64encode(keys["accepter"].public_key().public_bytes_raw()).decode()
    known = {"site-manager": Accepter(keys={"site-manager-1": InspectorKey(public=public)}, source="a test")}
    checks = {name: replace(check, by="accepter") for name, check in LIFECYCLE.acceptance.items()}
    made = replace(load_law(), lifecycle=replace(LIFECYCLE, accepters=known, acceptance=checks))
    monkeypatch.setattr(subjects, "load_law", lambda **_: made)
    return made


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The declaration of a project of its own."""
    (tmp_path / "stacks").mkdir()
    made = tmp_path / "stacks" / "local.yaml"
    made.write_text((ROOT / "stacks" / "local.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr("console.gate.stack.project", tmp_path)
    return made


def _changed(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def test_a_step_is_shown_and_nothing_is_written(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = file.read_text(encoding="utf-8")
    assert step("promote", "local", "dublin-2", write=False) == GOOD
    assert file.read_text(encoding="utf-8") == before
    shown = capsys.readouterr().out
    assert "site 'dublin-2': building -> testing" in shown
    assert "- lifecycle: building" in shown
    assert "+ lifecycle: testing" in shown


def test_a_step_changes_its_own_line_and_no_other(file: Path) -> None:
    before = file.read_text(encoding="utf-8")
    assert step("promote", "local", "dublin-2", write=True) == GOOD
    after = file.read_text(encoding="utf-8")
    assert _changed(before, after) == ["-    lifecycle: building", "+    lifecycle: testing"]
    assert {n: s.lifecycle for n, s in load_declaration(file).sites.items()} == {
        "dublin-1": "live",
        "dublin-2": "testing",
        "hamar": "testing",
    }


def test_a_step_that_would_change_the_first_stage_of_the_file_is_caught(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeded bug of this family."""
    honest = editing.with_stage
    before = file.read_text(encoding="utf-8")

    def first(where: Path, _: str, stage: str) -> Edit:
        return honest(where, "dublin-1", stage)

    monkeypatch.setattr(commands, "with_stage", first)
    step("promote", "local", "dublin-2", write=True)
    assert _changed(before, file.read_text(encoding="utf-8")) != ["-    lifecycle: building", "+    lifecycle: testing"]


@pytest.mark.parametrize(
    "written",
    [
        "sites:\n  a: {country: IE, lifecycle: building, role: enclave}  # 'lifecycle: building' is our first\n",
        'sites:\n  a:\n    lifecycle: "building"  # since May\n',
        "sites: {b: {lifecycle: building}, a: {lifecycle: building}}\n",
        "# lifecycle: building\nsites:\n  b:\n    lifecycle: building\n  a:\n    lifecycle:   building\n",
    ],
)
def test_a_stage_is_found_however_it_is_written(written: str, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(written, encoding="utf-8")
    edit = editing.with_stage(file, "a", "testing")
    file.write_text(edit.text, encoding="utf-8")
    data = located_yaml.load(file).data["sites"]
    assert data["a"]["lifecycle"] == "testing"
    assert data.get("b", {"lifecycle": "building"})["lifecycle"] == "building"
    assert len(edit.text) - len(written) <= len("testing") - len("building") + 2


@pytest.mark.parametrize(
    ("command", "site", "words"),
    [
        ("drain", "dublin-2", "'dublin-2' is building, and may become testing"),
        ("promote", "dublin-1", "'dublin-1' is live, and may become draining"),
        ("retire", "dublin-1", "`enclave site retire` takes sites that are draining"),
        ("promote", "cork", "'cork' is not declared"),
    ],
)
def test_a_step_that_the_law_does_not_have_is_bad_input(command: str, site: str, words: str, file: Path) -> None:
    with pytest.raises(ProblemsError) as raised:
        step(command, "local", site, write=True)
    assert words in str(raised.value)
    assert file.read_text(encoding="utf-8") == (ROOT / "stacks" / "local.yaml").read_text(encoding="utf-8")


def test_every_step_of_a_commands_is_one_of_the_law_and_live_is_reached_from_planned() -> None:
    for command in LEADS_TO:
        for stage, known in LIFECYCLE.stages.items():
            assert stage_after(LIFECYCLE, command, stage) in (None, *known.next)
    stage = "planned"
    way = [stage]
    while (after := stage_after(LIFECYCLE, "promote", stage)) is not None:
        stage = after
        way.append(stage)
    assert way == ["planned", "building", "testing", "live"]


def test_no_site_goes_live_before_every_check_is_accepted(
    file: Path, law: Law, keys: dict[str, Ed25519PrivateKey], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set(law.lifecycle.acceptance) == set(CHECKS)
    pem = tmp_path / "key.pem"
    pem.write_bytes(keys["accepter"].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    pem.chmod(0o600)
    for number, check in enumerate(CHECKS):
        assert step("promote", "local", "hamar", write=True) == REFUSED
        told = capsys.readouterr().err
        assert f"{len(CHECKS) - number} open" in told
        assert f"{check} (" in told
        accept("local", "hamar", Signed(check, "site-manager", str(pem), "all well; file 12"), TODAY)
    assert "lifecycle: testing" in file.read_text(encoding="utf-8")
    assert step("promote", "local", "hamar", write=True) == GOOD
    assert load_declaration(file).sites["hamar"].lifecycle == "live"


def test_steps_and_acceptances_are_told_as_documents(
    file: Path, law: Law, keys: dict[str, Ed25519PrivateKey], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = file.read_text(encoding="utf-8")
    assert step("promote", "local", "hamar", write=True, json=True) == REFUSED
    told = described(capsys)
    assert (told["command"], told["verdict"], told["from"], told["to"]) == ("site promote", "open", "testing", "live")
    assert [gate.partition(" ")[0] for gate in told["open"]] == list(law.lifecycle.acceptance)
    assert file.read_text(encoding="utf-8") == before
    assert step("drain", "local", "dublin-1", write=False, json=True) == GOOD
    told = described(capsys)
    assert (told["verdict"], told["open"], told["changes"]) == ("ready", [], ["no user data may go there any more"])
    assert told["edit"]["after"].strip() == "lifecycle: draining"
    assert step("promote", "local", "dublin-2", write=True, json=True) == GOOD
    assert described(capsys)["verdict"] == "written"
    pem = tmp_path / "key.pem"
    pem.write_bytes(keys["accepter"].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    pem.chmod(0o600)
    accept("local", "hamar", Signed("keys", "site-manager", str(pem), "all well"), TODAY, json=True)
    told = described(capsys)
    assert (told["command"], told["check"], told["by"]) == ("site accept", "keys", "site-manager")
    assert Path(told["file"]).is_file()


@pytest.mark.parametrize(
    ("site", "stage", "code"), [("dublin-1", "live", REFUSED), ("dublin-2", "building", GOOD)], ids=["held", "empty"]
)
def test_a_site_is_not_retired_while_something_of_it_is_protected(
    site: str, stage: str, code: int, file: Path, *, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The state holds a protected bucket of dublin-1, and nothing of dublin-2."""
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f"lifecycle: {stage}", "lifecycle: draining", 1), encoding="utf-8")
    monkeypatch.setattr("console.site.commands.stacks.engine_for", lambda *_: None)
    monkeypatch.setattr("console.site.commands.exporting.exported", lambda _: STATE)
    assert step("retire", "local", site, write=True) == code
    told = "1 resources of it are protected, as they hold data or keys (dublin-1-store)"
    assert (told in capsys.readouterr().err) is (code == REFUSED)
    assert ("lifecycle: retired" in file.read_text(encoding="utf-8")) is (code == GOOD)


def test_a_state_that_nobody_can_read_retires_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("lifecycle: building", "lifecycle: draining"), encoding="utf-8")

    def fails(*_: object) -> None:
        raise EngineError("the backend does not answer")

    monkeypatch.setattr("console.site.commands.stacks.engine_for", fails)
    with pytest.raises(EngineError):
        step("retire", "local", "dublin-2", write=True)
    assert "draining" in file.read_text(encoding="utf-8")
