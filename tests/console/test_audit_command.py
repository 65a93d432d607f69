"""`enclave audit` as a command: its exit codes, its manners, and how little it loads to be quick."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console.audit import arguments, commands
from console.command_line import app
from tests.console.auditing import bucket, written
from tests.corpus_cases import PACK

repository = Path(__file__).parents[2]
heavy = ("pulumi", "pulumi_policy", "pulumi_aws", "pulumi_kubernetes", "grpc", "google", "pydantic", "typer", "rich")


def enclave(*words: str | Path, cwd: Path = repository) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("enclave")), *map(str, words)]
    kept = {name: value for name, value in os.environ.items() if name != "ENCLAVE_SANDBOX"}
    return subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True, check=False)


def test_clean_is_0_refused_is_1_bad_input_is_2(tmp_path: Path) -> None:
    alone = ("--only-pack", PACK)
    assert enclave("audit", written(tmp_path, bucket("store")), *alone, cwd=tmp_path).returncode == 0
    assert enclave("audit", written(tmp_path, bucket("store")), cwd=tmp_path).returncode == 1  # it names no key
    assert enclave("audit", written(tmp_path, bucket("store", "us-east-1")), cwd=tmp_path).returncode == 1
    cut = tmp_path / "cut.json"
    cut.write_text('{"version": 3, "deploy')
    done = enclave("audit", cut)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{cut}:1:16: is not JSON, or only a part of it")
    assert "Traceback" not in done.stderr


def test_bad_input_with_json_is_a_document_and_a_message(tmp_path: Path) -> None:
    done = enclave("audit", tmp_path / "nowhere.json", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["verdict"] == "undetermined"
    assert "nowhere.json:1:1: cannot be read" in done.stderr


def test_a_law_that_cannot_be_read_is_bad_input(tmp_path: Path) -> None:
    done = enclave("audit", written(tmp_path, bucket("store")), "--only-pack", tmp_path)
    assert done.returncode == 2
    assert "rules.yaml:1:1" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["a", "b"],
        ["a", "--loud"],
        ["a", "--as-of"],
        ["a", "--as-of", "2026-13-01"],
        ["a", "--as-of", "20261122"],
        ["a", "--as-of", "2026-W10-1"],
        ["a", "--as-of", "2026-1-5"],
    ],
    ids=" ".join,
)
def test_a_mistyped_line_is_bad_input_and_says_so(words: list[str]) -> None:
    done = enclave("audit", *words)
    assert done.returncode == 2
    assert "--help` says what there is" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_the_outputs_encoding_lacks_is_escaped(tmp_path: Path) -> None:
    export = written(tmp_path, bucket("Gjøvik", "us-east-1"))
    command = [str(Path(sys.executable).with_name("enclave")), "audit", str(export)]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Gj\\xf8vik" in done.stdout


def test_a_reader_that_has_seen_enough_is_no_fault(tmp_path: Path) -> None:
    export = written(tmp_path, *(bucket(f"b{number}", "us-east-1") for number in range(2000)))
    command = [str(Path(sys.executable).with_name("enclave")), "audit", str(export)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_an_audit_loads_no_engine_no_provider_and_no_command_line_library(tmp_path: Path) -> None:
    """The whole command should take about a second for 10,000 resources, of which these would be a third."""
    program = (
        "import sys; from console.main import run\n"
        "try: run(sys.argv[1:])\n"
        "except SystemExit as end: assert end.code == 0, end\n"
        f"print(sorted(set({heavy!r}) & set(sys.modules)))"
    )
    command = [
        sys.executable,
        "-c",
        program,
        "audit",
        str(written(tmp_path, bucket("store"))),
        "--strict",
        "--only-pack",
        str(PACK),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_one_pack_alone_may_still_be_asked_for_by_the_old_name_which_says_the_new_one(tmp_path: Path) -> None:
    export = written(tmp_path, bucket("store"))
    new, old = (enclave("audit", export, option, PACK) for option in ("--only-pack", "--policy-pack"))
    assert (old.returncode, old.stdout) == (new.returncode, new.stdout) == (0, new.stdout)
    assert new.stderr == ""
    assert "here it is taken for --only-pack" in old.stderr


@pytest.mark.parametrize("command", ["preview", "up"])
def test_one_pack_more_is_what_the_engines_own_word_means(command: str) -> None:
    assert "one more policy pack" in " ".join(enclave(command, "--help").stdout.replace("│", " ").split())


@pytest.mark.parametrize("command", ["audit", "explain", "catalog"])
def test_no_other_command_offers_that_word_for_something_else(command: str) -> None:
    shown = enclave(command, "--help").stdout
    assert "--only-pack" in shown
    assert "--policy-pack" not in shown


lines: list[list[str]] = [
    ["x.json"],
    ["x.json", "--json"],
    ["--strict", "x.json"],
    ["x.json", "--as-of", "2027-01-31"],
    ["x.json", "--as-of=2027-01-31", "--json", "--strict"],
    ["--only-pack", "other", "x.json"],
    ["x.json", "--only-pack=other"],
    ["x.json", "--as-of", "2026-01-01", "--as-of", "2027-01-31"],
]


@pytest.mark.parametrize("words", lines, ids=" ".join)
def test_the_quick_reader_reads_a_line_as_typer_does(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def audit(export: Path, **options: Any) -> int:
        asked.append({"export": export, **options})
        return 0

    monkeypatch.setattr(commands, "audit", audit)
    assert CliRunner().invoke(app, ["audit", *words]).exit_code == 0
    assert asked == [arguments.quick(words)]


@pytest.mark.parametrize(
    "words",
    [
        [],
        [""],
        ["--help"],
        ["--", "a"],
        ["a", "b"],
        ["a", "-x"],
        ["a", "--as-of"],
        ["a", "--as-of="],
        ["a", "--as-of", "--json"],
        ["a", "--as-of", "tomorrow"],
        ["a", "--only-pack"],
        ["a", "--policy-pack", "b"],
        ["a", "--json=x"],
    ],
    ids=" ".join,
)
def test_the_quick_reader_leaves_every_other_line_to_typer(words: list[str]) -> None:
    assert arguments.quick(words) is None


def test_the_quick_reader_understands_a_day() -> None:
    options = arguments.quick(["x.json", "--as-of", "2027-01-31"])
    assert options is not None
    assert options["as_of"] == date(2027, 1, 31)
