"""Tokens tell nothing, join nothing beyond their run, and each is in the vault before it can leave."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import pytest

from hosts.deidentify import vault
from hosts.deidentify.schema import read_schema
from hosts.deidentify.seals import StandInSeal
from hosts.deidentify.token_form import TOKEN
from hosts.deidentify.vault_reading import found as found_in
from hosts.writing import write_all
from tests.hosts.deidentify.leaks import leaks
from tests.hosts.deidentify.shapes import generated
from tests.hosts.deidentify.token_desk import CLAIMS, FIELDS, REVERSAL

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hosts.deidentify.token_desk import TokenDesk

MADE = generated(10_000)
NORA = {"user": "nora", "phone": "nora"}


def test_ten_thousand_records_leave_no_trace_of_a_value_neither_outside_nor_in_the_files_that_stay(
    token_desk: TokenDesk,
) -> None:
    answer = token_desk.run(MADE.lines, epoch="w48")
    assert answer.code == 1
    (kept,) = token_desk.vaults.iterdir()
    stays = kept.read_bytes().decode("latin-1") + token_desk.ledger.read_text()
    assert leaks(MADE.secrets, answer.output + answer.said + answer.wrong + stays) == []
    tokens = [record[name] for record in answer.records for name in ("user", "phone") if name in record]
    assert len(tokens) > 9_000
    assert all(TOKEN.fullmatch(token) for token in tokens)
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_token_that_is_made_of_its_value_alone_would_be_noticed(
    token_desk: TokenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr("hosts.deidentify.tokens.hmac.digest", lambda _, value, __: sha256(value[1:]).digest())
    some = generated(60)
    assert leaks(some.secrets, token_desk.run(some.lines, epoch="w48").output) != []


def test_tokens_differ_by_purpose_recipient_epoch_and_field_and_are_equal_within_one(token_desk: TokenDesk) -> None:
    seen = []
    for number, change in enumerate(({}, {"purpose": "research"}, {"recipient": "another"})):
        token_desk.write(token_desk.schema, [{**CLAIMS, **change}, *FIELDS])
        for epoch in ("first", "second"):
            one, same = token_desk.run([NORA, NORA], epoch=f"{epoch}-{number}").records
            assert one == same
            seen += [one["user"], one["phone"]]
    assert len({token.rpartition("-")[2] for token in seen}) == len(seen) == 12


def test_nobody_makes_a_token_again_even_with_the_same_words_and_keys(token_desk: TokenDesk) -> None:
    """Who forgets the ledger and moves the vault away gets other tokens."""
    (first,) = token_desk.run([NORA], epoch="w48").records
    token_desk.ledger.write_bytes(b"")
    answer = token_desk.run([NORA], epoch="w48")
    assert (answer.code, answer.output) == (2, "")
    assert "is there already, and no vault is made twice" in answer.wrong
    token_desk.ledger.write_bytes(b"")
    token_desk.vaults.rename(token_desk.folder / "away")
    token_desk.vaults.mkdir()
    (second,) = token_desk.run([NORA], epoch="w48").records
    assert {first["user"], first["phone"]} & {second["user"], second["phone"]} == set()


EXACT: Final = [
    "nora", "Åse", "A\u030ase", "4711", 4711, -(2**63), 2**64 - 1, "a\nb", "\x00", "🧭" * 1024, "\u202enora", '"',
]  # fmt: skip


def test_what_is_turned_back_is_exactly_what_came_in(token_desk: TokenDesk) -> None:
    records = token_desk.run([{"user": one} for one in EXACT], epoch="w48").records
    tokens = [record["user"] for record in records]
    assert len(set(tokens)) == len(EXACT)
    token_desk.grant(most=len(EXACT))
    answer = token_desk.reverse(*tokens)
    assert answer.code == 0
    back = [json.loads(line) for line in answer.said.splitlines()]
    assert [(one["token"], one["field"], one["value"]) for one in back] == [
        (token, "user", value) for token, value in zip(tokens, EXACT, strict=True)
    ]


@pytest.mark.parametrize("wrong", [1.5, True, ["a"], {"a": 1}, "", "x" * 1025, "\ud800"])
def test_what_is_no_identifier_gets_no_token(token_desk: TokenDesk, wrong: Any) -> None:
    answer = token_desk.run([{"user": wrong}], epoch="w48")
    assert (answer.code, answer.output) == (1, "")


PATCHED: Final = """
import sys
from hosts.deidentify import files, vault
from hosts.deidentify.main import main
files._BATCH = 16
{patch}
sys.exit(main(sys.argv[1:]))
"""
LATE: Final = "vault.Vault.settle = lambda *_: None\nvault._BLOCK = 10**9"


def killed(desk: TokenDesk, patch: str) -> tuple[set[str], set[str]]:
    """Kill a run that has written much; return the tokens in what it left outside, and those of them in its vault."""
    target = desk.folder / "out.jsonl"
    words = [sys.executable, "-c", PATCHED.format(patch=patch), *map(str, desk.words(epoch="w48")), "-", str(target)]
    partial = desk.folder / "out.jsonl.partial"
    with subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
        assert run.stdin is not None
        begin, until = 0, time.monotonic() + 60
        while not (partial.exists() and partial.stat().st_size > 50_000) and time.monotonic() < until:
            for number in range(begin, begin + 500):
                run.stdin.write(b'{"user":"user-%09d","phone":"+47%09d"}\n' % (number, number))
            begin += 500
            run.stdin.flush()
        os.kill(run.pid, signal.SIGKILL)
    assert run.returncode == -signal.SIGKILL
    assert not target.exists()
    outside = set(re.findall(r"tok-[\w-]{6}-[\w-]{22}", partial.read_text()))
    assert len(outside) > 1000
    flow = read_schema(desk.schema)["claims"]
    found = found_in(desk.vaults, flow, "w48", outside, StandInSeal())
    assert not found.whole
    return outside, set(found.values)


def test_a_run_that_is_killed_leaves_no_token_without_its_entry(token_desk: TokenDesk) -> None:
    outside, known = killed(token_desk, "")
    assert outside == known


def test_a_vault_that_is_written_later_than_what_leaves_would_be_noticed(token_desk: TokenDesk) -> None:
    """A seeded bug: entries wait while their tokens leave."""
    outside, known = killed(token_desk, LATE)
    assert outside - known


def test_what_a_killed_run_let_go_can_be_turned_back(token_desk: TokenDesk) -> None:
    outside, _ = killed(token_desk, "")
    token_desk.grant()
    answer = token_desk.reverse(*sorted(outside)[:5])
    assert answer.code == 0
    assert answer.said.count('"value": ') == 5


@pytest.mark.parametrize("when", ["head", "block", "sync"])
def test_where_the_vault_cannot_be_written_nothing_leaves(
    token_desk: TokenDesk, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    write, sync, turn = write_all, os.fsync, {"head": 0, "block": 1}.get(when, 99)
    counted: list[int] = []

    def failing(file: int, data: bytes) -> None:
        counted.append(file)
        if len(counted) > turn:
            raise OSError(28, "No space left on device")
        write(file, data)

    def broken(file: int) -> None:
        if when == "sync" and counted and file == counted[0]:
            raise OSError(5, "Input/output error")
        sync(file)

    monkeypatch.setattr("hosts.deidentify.vault.write_all", failing)
    monkeypatch.setattr("hosts.deidentify.vault.os.fsync", broken)
    answer = token_desk.run([NORA], epoch="w48")
    assert (answer.code, answer.output) == (3, "")
    assert "cannot be written" in answer.wrong
    assert list(token_desk.folder.glob("out-*")) == []


def _changed(kept: Path, harm: str) -> None:
    data = bytearray(kept.read_bytes())
    begin = data.index(b"\n") + 1
    size = 4 + int.from_bytes(data[begin : begin + 4], "big")
    if harm == "a byte of a block":
        data[begin + 30] ^= 1
    if harm == "the first line":
        data[: begin - 1] = data[: begin - 1].replace(b'"w48"', b'"w49"')
    if harm == "a block less":
        del data[begin : begin + size]
    if harm == "a size":
        data[begin] ^= 0xFF
    if harm == "no first line":
        del data[:begin]
    kept.write_bytes(data)


@pytest.mark.parametrize("harm", ["a byte of a block", "the first line", "a block less", "a size", "no first line"])
def test_a_vault_that_was_changed_tells_nothing(token_desk: TokenDesk, harm: str) -> None:
    (record,) = token_desk.run([NORA], epoch="w48").records
    (kept,) = token_desk.vaults.iterdir()
    _changed(kept, harm)
    token_desk.grant()
    answer = token_desk.reverse(record["user"])
    assert answer.code in (2, 3)
    assert answer.said == ""
    assert "Traceback" not in answer.wrong


def test_a_token_whose_entry_was_cut_off_is_told_apart_from_one_that_nobody_let_go(token_desk: TokenDesk) -> None:
    (record,) = token_desk.run([NORA], epoch="w48").records
    (kept,) = token_desk.vaults.iterdir()
    token_desk.grant()
    nobody = record["user"][:-22] + "A" * 22
    assert "token 1 is not in its vault: no run let it leave" in token_desk.reverse(nobody).wrong
    kept.write_bytes(kept.read_bytes()[:-60])
    answer = token_desk.reverse(record["user"])
    assert (answer.code, answer.said) == (2, "")
    assert "or the vault was cut; restore the vault" in answer.wrong


def test_several_files_of_a_run_share_tokens_and_one_vault(token_desk: TokenDesk) -> None:
    for name in ("a", "b"):
        token_desk.write(token_desk.folder / f"{name}.jsonl", [NORA])
    pairs = [token_desk.folder / name for name in ("a.jsonl", "a-out.jsonl", "b.jsonl", "b-out.jsonl")]
    assert token_desk.ask(*token_desk.words(epoch="w48"), *pairs).code == 0
    assert pairs[1].read_bytes() == pairs[3].read_bytes() != b""
    assert len(list(token_desk.vaults.iterdir())) == 1


def test_a_record_that_is_refused_after_its_token_fills_no_memory(token_desk: TokenDesk) -> None:
    """Such tokens leave with nobody, and their entries do not wait for rows that never come."""
    made = vault.made(token_desk.vaults, read_schema(token_desk.schema)["claims"], "w48", StandInSeal())
    with made as filled:
        for number in range(5000):
            filled.add("user", f"tok-{number}", "x")
            assert len(filled._waiting) < 512


MISTAKES: Final[dict[str, tuple[list[Any], str]]] = {
    "no reversal": ([{key: one for key, one in CLAIMS.items() if key != "reversal"}, *FIELDS], "2: 'token' needs"),
    "no token": ([{**CLAIMS, "measure": "pseudonymised"}, *FIELDS[2:]], "1: 'reversal' turns tokens back"),
    "no key": ([{**CLAIMS, "reversal": {**REVERSAL, "key": ""}}, *FIELDS], "1: 'reversal.key' is \"\""),
    "nobody approves": ([{**CLAIMS, "reversal": {**REVERSAL, "approvers": {}}}, *FIELDS], "1: 'reversal.approvers'"),
    "a key that is none": (
        [{**CLAIMS, "reversal": {**REVERSAL, "approvers": {"aoife": "AAAA"}}}, *FIELDS],
        "1: 'reversal.approvers'",
    ),
    "no purpose": ([{**CLAIMS, "reversal": {**REVERSAL, "purposes": []}}, *FIELDS], "1: 'reversal.purposes'"),
    "a key that means nothing": ([{**CLAIMS, "reversal": {**REVERSAL, "most": 9}}, *FIELDS], "1: 'reversal.most'"),
    "a reversal that is a word": ([{**CLAIMS, "reversal": "yes"}, *FIELDS], "1: 'reversal' needs"),
    "under the name of pseudonyms": (
        [{**CLAIMS, "measure": "pseudonymised"}, *FIELDS],
        "1: 'measure' is \"pseudonymised\", and what the flow does is 'tokenised'",
    ),
    "a token in a table": (
        [
            {**CLAIMS, "measure": "aggregated", "groups": {"person": "user", "by": ["plan"], "minimum": 10}},
            {**FIELDS[0], "do": "person"},
            *FIELDS[1:],
        ],
        "3: a flow that counts groups gives out no token",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_schema_is_refused_with_its_line(token_desk: TokenDesk, mistake: str) -> None:
    rows, words = MISTAKES[mistake]
    token_desk.write(token_desk.schema, rows)
    answer = token_desk.run([NORA], epoch="w48")
    assert answer.code == 2
    assert f"{token_desk.schema}:{words}" in answer.wrong
    assert list(token_desk.vaults.iterdir()) == []


@pytest.mark.parametrize(("left_out", "words"), [("--vault", "name the folder"), ("--stand-in", "name one key")])
def test_what_tokens_need_is_asked_for(token_desk: TokenDesk, left_out: str, words: str) -> None:
    given = token_desk.words(epoch="w48")
    at = given.index(left_out)
    del given[at : at + (1 if left_out == "--stand-in" else 2)]
    answer = token_desk.ask(*given, token_desk.folder / "a.jsonl", token_desk.folder / "b.jsonl")
    assert answer.code == 2
    assert words in answer.wrong
    assert token_desk.ledger.read_bytes() == b""
