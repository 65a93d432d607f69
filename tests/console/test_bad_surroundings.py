"""What a user names or what stands round the command is bad input (2) in a sentence, never a fault of `enclave` (4)."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from enclave_policies.law.folder import load_law

from console.day import day
from console.gate.state_home import refused_home, refused_homes
from console.main import ending, main
from located_yaml import ProblemsError
from tests.console.auditing import bucket, written

if TYPE_CHECKING:
    from pathlib import Path

LONG = "a" * 5_000


def ran(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["enclave", *words])
        patch.delenv("ENCLAVE_SANDBOX", raising=False)
        with pytest.raises(SystemExit) as ended:
            main()
    shown = capsys.readouterr()
    return int(ended.value.code or 0), shown.out, shown.err


@pytest.mark.parametrize(
    "words",
    [
        ["audit", LONG],
        ["audit", "/"],
        ["audit", "x.json", "--only-pack", LONG],
        ["explain", "urn:pulumi:a::b::c::d", "--export", LONG],
        ["explain", "urn:pulumi:a::b::c::d", "--stack", LONG],
        ["explain", LONG],
        ["catalog", "--only-pack", LONG],
        ["reach", LONG, "--from", "a", "--to", "b"],
        ["reach", "--export", LONG, "--from", "a", "--to", "b"],
        ["preview", LONG],
        ["preview", "../local"],
        ["preview", "/etc/passwd"],
        ["preview", ""],
        ["preview", "eu-prod", "--policy-pack", LONG],
        ["up", LONG],
        ["sandbox", "start", "--dir", LONG],
        ["sandbox", "stop", "--dir", LONG],
        ["sandbox", "down", "--dir", LONG],
    ],
    ids=lambda words: " ".join(words).replace(LONG, "LONG"),
)
def test_a_name_that_leads_nowhere_is_bad_input(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, _out, err = ran(words, capsys)
    assert code == 2
    assert err
    assert "fault" not in err
    assert max(map(len, err.splitlines())) < 2_100


def test_what_is_supposed_twice_is_supposed_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = str(written(tmp_path, bucket("store")))
    for option in (["--without", "adequacy:eu-us"], ["--deny-country", "IE"]):
        once, twice = (ran(["whatif", export, *option * times], capsys) for times in (1, 2))
        assert once == twice
        assert once[0] in (0, 1)


@pytest.mark.parametrize(
    "words",
    [
        ["audit", "nowhere"],
        ["audit"],
        ["audit", "--nope"],
        ["preview", "nowhere"],
        ["preview"],
        ["up", "nowhere"],
        ["catalog", "--nope"],
        ["catalog", "aws:nothing"],
    ],
    ids=" ".join,
)
def test_with_json_there_is_a_document_however_it_ends(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _err = ran([*words, "--json"], capsys)
    assert code
    assert json.loads(out)


def test_a_document_is_written_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _code, out, _err = ran(["audit", str(written(tmp_path, bucket("exit", "us-east-1"))), "--json"], capsys)
    assert json.loads(out)["verdict"] == "refused"
    features = tmp_path / "features.json"
    features.write_text(json.dumps({"version": 4, "features": 7, "deployment": {}}))
    code, out, err = ran(["audit", str(features), "--json"], capsys)
    assert (code, json.loads(out)["verdict"]) == (2, "undetermined")
    assert "features that are no list" in err


def project(folder: Path, own: str = "name: enclave\n", stack: str = "config: {}\n") -> Path:
    (folder / "stacks").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(own)
    (folder / "stacks" / "Pulumi.local.yaml").write_text(stack)
    return folder


@pytest.mark.parametrize("text", ["- a\n", "7\n", "words\n", "backend: [a]\n", "backend: https://x\n", "{", "a: \xff"])
def test_a_project_that_is_no_table_is_bad_input(text: str, tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"Pulumi\.yaml:\d+:\d+: "):
        refused_homes(project(tmp_path, text.replace("\xff", "\0")), "local", {"PULUMI_HOME": "/nowhere"}, load_law())


@pytest.mark.parametrize("text", ["- a\n", "7\n", "words\n", "{"])
def test_settings_of_a_stack_that_are_no_table_are_bad_input(text: str, tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"Pulumi\.local\.yaml:\d+:\d+: "):
        refused_homes(project(tmp_path, stack=text), "local", {"PULUMI_BACKEND_URL": "file://x"}, load_law())


@pytest.mark.parametrize(
    "url", ["http://[", "s3://[", "https://[::1", "http://a]b", "s3://x?region=%", "//[", "[", ":", "s3:"]
)
def test_an_address_that_is_none_is_refused_in_words(url: str) -> None:
    assert refused_home(url, load_law())


@pytest.mark.parametrize("content", ["[" * 100_000, '{"current": {}}', "[]", "7", "\0"])
def test_credentials_that_are_none_say_nothing(content: str, tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text(content)
    found = refused_homes(project(tmp_path / "p"), "local", {"PULUMI_HOME": str(tmp_path)}, load_law())
    assert found


def test_what_the_machine_lacks_is_no_fault_of_ours() -> None:
    assert ending(OSError(28, "No space left on device", "x")) == (2, ["No space left on device: x"])
    assert ending(PermissionError(13, "Permission denied", "/root/x"))[0] == 2
    code, (told,) = ending(KeyError("x"))
    assert (code, "fault in `enclave`" in told) == (4, True)


@pytest.mark.parametrize(
    "text",
    [
        "2026-W10-1",
        "20261122",
        "2026-1-5",
        "2026-02-30",
        "\uff12\uff10\uff12\uff16-11-22",
        " 2026-11-22",
        "2026-11-22T00",
        "",
    ],
)
def test_a_day_has_one_form(text: str) -> None:
    with pytest.raises(ValueError, match="day"):
        day(text)
    assert day("2026-11-22").isoformat() == "2026-11-22"


@pytest.mark.parametrize("when", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_can_be_judged_for(
    when: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _err = ran(["audit", str(written(tmp_path, bucket("store"))), "--as-of", when], capsys)
    assert code == 1
    assert when in out


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ModuleNotFoundError("No module named 'cedarpy'", name="cedarpy"), 2),
        (ImportError("cannot import name 'x' from 'cedarpy'", name="cedarpy._internal"), 2),
        (ModuleNotFoundError("No module named 'hosts.gone'", name="hosts.gone"), 4),  # a fault of ours
        (ImportError("nobody knows which"), 4),
    ],
    ids=str,
)
def test_a_package_that_is_missing_after_a_pull_is_named_with_the_next_step(error: ImportError, code: int) -> None:
    found, lines = ending(error)
    assert (found, "`cedarpy`" in lines[0] and "`make setup`" in lines[0]) == (code, code == 2)
