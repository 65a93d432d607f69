"""One place writes to a terminal: no name in a state, a law or a command line moves a cursor or hides."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from console import terminal
from console.ci.telling.__main__ import on_one_line
from console.gate.record import RunRecord, Violation
from console.gate.report import as_json, text_lines
from console.gate.verdict import decide
from console.main import main
from located_yaml import visible
from tests.console.auditing import bucket, exception, pack, written
from tests.console.test_reach import _text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[2]
FORGED = "\x1b[2J\x1b[1;1H\x1b[32mno path from person to hamar/store\x1b[0m\x1b[8m\n\u202eclean\u200b\x9b2J"


def ran(*words: str | Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run `enclave` in this process; return its exit code and all that it wrote."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["enclave", *map(str, words)])
        patch.delenv("ENCLAVE_SANDBOX", raising=False)
        with pytest.raises(SystemExit) as ended:
            main()
    shown = capsys.readouterr()
    return int(ended.value.code or 0), shown.out + shown.err


def poisoned(value: Any, at: int, count: Iterator[int]) -> Any:
    """A copy of a document in which every text from the ``at``-th on, by steps, is followed by a forged verdict."""
    if isinstance(value, dict):
        return {key: poisoned(item, at, count) for key, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item, at, count) for item in value]
    return value + FORGED if isinstance(value, str) and next(count) % 7 == at else value


def commands(state: Path) -> Iterator[Sequence[str | Path]]:
    yield "audit", state
    yield "audit", state, "--json"
    yield "audit", state, "--strict"
    yield "reach", "--export", state, "--from", "person", "--to", "hamar/store"
    yield "reach", "--export", state, "--from", "internet", "--to", "dublin-1/store"
    yield "explain", "urn:pulumi:local::enclave::aws:s3/bucket:Bucket::store" + FORGED, "--export", state


def test_no_text_of_a_state_acts_on_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written_clean = json.loads(_text())
    whole = [written(tmp_path, bucket("store"), bucket("exit", "us-east-1")).read_text()]
    names = [json.dumps(written_clean).replace("enclave-gateway", json.dumps("enclave-gateway" + FORGED)[1:-1])]
    parts = [json.dumps(poisoned(json.loads(whole[0]), at, iter(range(10**9)))) for at in range(7)]
    seen = False
    for number, text in enumerate((*names, *parts)):
        state = tmp_path / f"{number}.json"
        state.write_text(text)
        for words in commands(state):
            _code, shown = ran(*words, capsys=capsys)
            seen = seen or "\\x1b[2J" in shown
            assert all(line == visible(line) for line in shown.split("\n")), (words, shown)
    assert seen


@pytest.mark.parametrize(
    "words",
    [
        [FORGED],
        ["audit", FORGED],
        ["audit", f"--{FORGED}", "x"],
        ["audit", "x", "--as-of", FORGED],
        ["audit", "x", "--only-pack", FORGED],
        ["explain", FORGED],
        ["catalog", FORGED],
        ["catalog", FORGED, "--json"],
        ["reach", FORGED, "--from", "a", "--to", "b"],
        ["reach", "--export", FORGED, "--from", "a", "--to", "b"],
        ["preview", FORGED],
        ["preview", "local", "--policy-pack", FORGED],
        ["sandbox", "down", "--dir", FORGED],
        ["sandbox", FORGED],
    ],
    ids=lambda words: " ".join(words).replace(FORGED, "X"),
)
def test_no_word_of_a_command_line_acts_on_a_terminal(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    _code, shown = ran(*words, capsys=capsys)
    assert shown
    assert all(line == visible(line) for line in shown.split("\n")), shown


def test_no_text_of_the_law_acts_on_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    law = pack(tmp_path, exceptions={"exceptions": [exception(owner="owner" + FORGED, reason="for now")]})
    state = written(tmp_path, bucket("exit", "us-east-1"))
    for extra in ((), ("--json",)):
        _code, shown = ran("audit", state, "--only-pack", law, "--as-of", "2026-12-01", *extra, capsys=capsys)
        assert "owner" in shown
        assert all(line == visible(line) for line in shown.split("\n")), shown
    broken = pack(tmp_path / "broken", exceptions={FORGED: [exception()]})
    code, shown = ran("audit", state, "--only-pack", broken, capsys=capsys)
    assert code == 2
    assert all(line == visible(line) for line in shown.split("\n")), shown


def test_no_text_of_the_engines_log_acts_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    urn = f"urn:pulumi:local::enclave::aws:s3/bucket:Bucket::store{FORGED}"
    said = Violation("pack" + FORGED, "rule" + FORGED, urn, "mandatory", "message" + FORGED)
    record = RunRecord(1, complete=False, steps={urn: "create" + FORGED}, violations=(said,), errors=("e" + FORGED,))
    verdict = decide(record, {})
    terminal.out(text_lines(f"local{FORGED} plan", record, verdict))
    terminal.document(as_json("local" + FORGED, "plan", record, verdict))
    assert all(line == visible(line) for line in capsys.readouterr().out.split("\n"))


WRITERS = {"print", "rich", "typer.echo", "typer.secho", "sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__"}
ALLOWED = {
    "console/terminal.py",
    "console/ci/telling/__main__.py",  # has Python's own library alone, and writes one line
    "console/gate/overheard.py",  # the engine's own display, of the user's own program
    "console/progress.py",  # asks whether somebody looks
}


def writers(file: Path) -> set[str]:
    """What in a module writes, or leads to what does."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name | ast.Attribute):
            found.add(ast.unparse(node))
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found & WRITERS


@pytest.mark.parametrize("file", sorted((ROOT / "console").rglob("*.py")), ids=lambda file: str(file.relative_to(ROOT)))
def test_nothing_else_in_the_console_writes(file: Path) -> None:
    assert not writers(file) or str(file.relative_to(ROOT)) in ALLOWED


def test_what_tells_reviewers_writes_one_line_whatever_a_platform_answered() -> None:
    assert on_one_line("403:\n::set-env name=x\x1b[2J") == "403:\\n::set-env name=x\\x1b[2J"


def test_a_second_writer_would_be_noticed(tmp_path: Path) -> None:
    """The seeded bug of this family."""
    (tmp_path / "x.py").write_text("import sys\nsys.stderr.write('x')\n")
    assert writers(tmp_path / "x.py") == {"sys.stderr"}
    assert writers(ROOT / "console" / "terminal.py") >= {"sys.stdout", "sys.stderr"}


def enclave(words: Sequence[str | Path], redirected: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `enclave` with its output sent elsewhere by a shell."""
    line = f'exec "$0" -c "from console.main import main; main()" "$@" {redirected}'
    return subprocess.run(
        ["/bin/sh", "-c", line, sys.executable, *map(str, words)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("redirected", [">/dev/full", ">&-"])
@pytest.mark.parametrize(
    "command",
    [["audit"], ["audit", "--json"], ["catalog", "aws:s3/bucket:Bucket"], ["explain", "aws:s3/bucket:Bucket"]],
)
def test_an_output_that_takes_nothing_is_bad_input(command: list[str], redirected: str, tmp_path: Path) -> None:
    state = [str(written(tmp_path, bucket("store")))] if command[0] == "audit" else []
    done = enclave([*command, *state], redirected)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "fault" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("redirected", ["2>/dev/full", "2>&-"])
def test_errors_that_nobody_can_be_told_change_no_exit_code(redirected: str, tmp_path: Path) -> None:
    assert enclave(["audit", tmp_path / "nowhere.json"], redirected).returncode == 2


@pytest.mark.parametrize("words", [["--help"], ["audit", "--help"], ["doctor"], ["nope"], ["catalog", "aws:x"]])
def test_an_encoding_without_our_letters_is_no_fault(words: list[str]) -> None:
    done = enclave(words, "", PYTHONIOENCODING="ascii", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", LC_ALL="C")
    assert "fault" not in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout or done.stderr


@pytest.mark.parametrize("columns", ["0", "1", "19", "20", "80"])
def test_help_keeps_its_words_in_any_width(
    columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `COLUMNS=0`, as some containers set it, help was one empty line."""
    monkeypatch.setenv("COLUMNS", columns)
    code, said = ran("--help", capsys=capsys)
    assert code == 0
    assert "preview" in said


def test_standard_input_is_a_state_too(tmp_path: Path) -> None:
    state = written(tmp_path, bucket("exit", "us-east-1"))
    done = enclave(["audit", "-"], f"< {state}")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("-: refused: ")
    closed = enclave(["audit", "-", "--json"], "<&-")
    assert closed.returncode == 2
    assert json.loads(closed.stdout)["problems"] == ["standard input: is closed; name a file instead of -"]


INTERRUPTED = """
import builtins, os, signal, sys
from console.entry import main
found, when = builtins.__import__, sys.argv.pop(1)
def interrupted(name, *rest, **more):
    global when
    if name == when:
        when = None
        os.kill(os.getpid(), signal.SIGINT)
    return found(name, *rest, **more)
builtins.__import__ = interrupted
main()
assert False, "nobody was interrupted"
"""


@pytest.mark.parametrize(
    ("when", "code", "said"),
    [
        ("console.main", -signal.SIGINT, ""),
        ("console.gate.errors", -signal.SIGINT, ""),
        ("console.audit.explain", 130, "stopped\n"),
        ("enclave_policies.law.folder", 130, "stopped\n"),
    ],
)
def test_ctrl_c_shows_no_traceback_however_early_it_comes(when: str, code: int, said: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED, when, "explain", "aws:s3/bucket:Bucket"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", said)
