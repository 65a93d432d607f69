"""Asking that tokens be turned back, and approving it: what the commands write is what a de-identifier takes."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from components.declaration.leaving import schema
from console.main import main
from sandbox.gateways.approvers import write_key
from tests.components.declarations import local
from tests.console.test_documents import described
from tests.hosts.deidentify.token_desk import TokenDesk

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
ASKED = "--as kari --flow cases --epoch w48 --most 2 --purpose support --ticket INC-7 --minutes 60"


class Desk:
    """A folder of grants, and `enclave access` of the stack `local` that writes into it."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capsys: Captured) -> None:
        self.folder, self._patch, self._capsys = folder, patch, capsys
        for name in ("aoife", "magnus", "kari"):
            write_key(name, folder / f"{name}.pem")

    def run(self, line: str) -> tuple[int, str, str]:
        """Return exit code, standard output and standard error of a command line of `enclave access`."""
        code = self.start(line)
        shown = self._capsys.readouterr()
        assert "Traceback" not in shown.out + shown.err
        return code, shown.out, shown.err

    def start(self, line: str) -> int:
        """Run a command line of `enclave access`, and return its exit code."""
        what, _, rest = line.partition(" ")
        words = ["enclave", "access", what, "local", *rest.split(), "--dir", str(self.folder / "grants")]
        self._patch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as caught:
            main()
        return int(caught.value.code or 0)

    def asked(self, more: str = "") -> str:
        """Ask that tokens be turned back, and return the id of the request."""
        code, out, err = self.run(f"reversal {ASKED} {more}")
        assert (code, err) == (0, "")
        return out.partition(":")[0]

    def signed(self, what: str, name: str, who: str) -> tuple[int, str]:
        """Approve or revoke, and return the exit code and what was said."""
        code, out, err = self.run(f"{what} {name} --as {who} --key {self.folder}/{who}.pem")
        return code, out + err


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


def test_tokens_are_turned_back_by_what_the_commands_write(desk: Desk, tmp_path: Path, capsys: Captured) -> None:
    host = TokenDesk(tmp_path, capsys)
    host.set_up()
    host.schema.write_text(schema(local(tmp_path)), encoding="ascii")
    (record,) = host.run([{"user": "nora"}], flow="cases", epoch="w48").records
    name = desk.asked(f"--token {record['user']}")
    answer = host.reverse(record["user"], flow="cases", grant=name)
    assert (answer.code, "there is no grant of this id" in answer.wrong) == (2, True)
    code, told = desk.signed("approve", name, "aoife")
    assert code == 0
    assert "kari may turn back 2 tokens, of 1 that it names, of cases, epoch w48, for support (INC-7)" in told
    answer = host.reverse(record["user"], flow="cases", grant=name)
    assert json.loads(answer.said)["value"] == "nora"
    assert desk.signed("revoke", name, "magnus")[0] == 0
    answer = host.reverse(record["user"], flow="cases", grant=name)
    assert (answer.code, answer.said) == (2, "")
    assert desk.start("list --json") == 0
    (listed,) = described(capsys)["grants"]
    assert (listed["state"], listed["terms"]["most"]) == ("revoked", 2)


def test_nobody_approves_what_they_asked_for(desk: Desk) -> None:
    code, out, _ = desk.run(f"reversal {ASKED.replace('kari', 'Magnus')}")
    assert code == 0
    code, told = desk.signed("approve", out.partition(":")[0], "magnus")
    assert (code, "nobody approves their own request" in told) == (2, True)


def test_all_that_is_wrong_with_a_request_is_told_at_once(desk: Desk) -> None:
    line = "--as !! --flow visits --epoch W48 --most 0 --purpose fun --ticket ! --minutes 500 --token +4791122333"
    code, out, err = desk.run(f"reversal {line}")
    assert (code, out) == (2, "")
    for each in (
        "--flow: flow with tokens 'visits' is not declared; declared: cases",
        "--as: '!!' is not a person",
        "--epoch: 'W48' is not an epoch",
        "--most: 0 is not 1 to 1000",
        "--ticket: '!' is not a ticket",
        "--minutes: 500 is not 1 to 240",
        "--token: ",
    ):
        assert each in err
    assert not (desk.folder / "grants").exists()


def test_a_purpose_that_the_flow_does_not_name_is_refused(desk: Desk) -> None:
    code, _, err = desk.run(f"reversal {ASKED.replace('support', 'statistics')}")
    assert code == 2
    assert "--purpose: purpose of turning tokens back 'statistics' is not declared; declared: support" in err
