"""`enclave verify-log`: each kind of damage is found with a public key alone, and a whole record is no damage."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from console.verify_log import checking
from console.verify_log.commands import Watched, verify_log
from hosts.gateway.chain import Head, body_of, heads, line_of
from hosts.watch.heartbeat import Run, written
from tests.hosts.gateway.records import Kept, checkpoint, kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINES = 12
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def case(tmp_path: Path) -> Kept:
    return kept(tmp_path / "kept", LINES, (0, 5, LINES))


def verified(case: Kept, *sizes: int, origin: str | None = None) -> int:
    return verify_log(case.record, case.key, [case.checkpoints[size] for size in sizes], origin, json=False)


def rewritten(lines: list[bytes], at: int) -> list[bytes]:
    """Return the lines with one changed and all behind it chained anew, as who has the file could do."""
    made, head = [], Head()
    for number, line in enumerate(lines):
        body = b'"person":"nobody"}' if number == at else line[line.index(b'"person"') :].removesuffix(b"\n")
        new, head = line_of(head, body)
        made.append(new)
    return made


DAMAGE: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "changed": (
        lambda all_: [*all_[:3], all_[3].replace(b"person-3", b"person-4"), *all_[4:]],
        "the line before it was changed",
    ),
    "the last one changed": (lambda all_: [*all_[:-1], all_[-1].replace(b"allow", b"denys")], "another line 12"),
    "dropped": (lambda all_: [*all_[:3], *all_[4:]], "line 4: its number is 4, and 3 comes next"),
    "the first one dropped": (lambda all_: all_[1:], "line 1: its number is 1"),
    "swapped": (lambda all_: [*all_[:3], all_[4], all_[3], *all_[5:]], "line 4: its number is 4"),
    "replayed": (lambda all_: [*all_[:4], all_[3], *all_[4:]], "line 5: its number is 3"),
    "replayed at the end": (lambda all_: [*all_, all_[-1]], "line 13: its number is 11"),
    "cut": (lambda all_: all_[:-1], "signs 12 lines, and the record holds for 11"),
    "cut within a line": (lambda all_: [*all_[:-1], all_[-1][:-9]], "line 12: the line is cut"),
    "cut by its line feed": (lambda all_: [*all_[:-1], all_[-1][:-1]], "line 12: the line is cut"),
    "emptied": (lambda _: [], "signs 12 lines, and the record holds for 0"),
    "chained anew": (lambda all_: rewritten(all_, 3), "another line 12"),
    "chained anew at the end": (lambda all_: rewritten(all_, LINES - 1), "another line 12"),
    "an empty line": (lambda all_: [*all_[:3], b"\n", *all_[3:]], "line 4: the line is damaged"),
    "a line of its own": (lambda all_: [*all_, b"[]\n"], "line 13: the line is damaged"),
    "a number that is none": (
        lambda all_: [all_[0].replace(b'"seq":0', b'"seq":false'), *all_[1:]],
        "line 1: its number is False",
    ),
    "nested without end": (lambda all_: [*all_, b"[" * 100_000 + b"\n"], "line 13: the line is damaged"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_each_kind_of_damage_is_found_and_named(case: Kept, name: str, capsys: Captured) -> None:
    damage, word = DAMAGE[name]
    lines = case.record.read_bytes().splitlines(keepends=True)
    assert verified(case, LINES) == 0
    case.record.write_bytes(b"".join(damage(lines)))
    assert verified(case, LINES) == 1
    assert word in capsys.readouterr().err


def test_300_random_single_bytes_are_found(case: Kept) -> None:
    chance, whole = random.Random(13), case.record.read_bytes()  # noqa: S311
    for _ in range(300):
        at, byte = chance.randrange(len(whole)), chance.randrange(1, 256)
        case.record.write_bytes(whole[:at] + bytes((whole[at] ^ byte,)) + whole[at + 1 :])
        assert verified(case, LINES) == 1, (at, byte)
    case.record.write_bytes(whole)
    assert verified(case, LINES) == 0


def test_a_check_that_trusts_the_chain_alone_is_noticed(case: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: without the signed heads, a record that was chained anew would pass."""
    lines = case.record.read_bytes().splitlines(keepends=True)
    case.record.write_bytes(b"".join(rewritten(lines, 3)))
    assert verified(case, LINES) == 1
    monkeypatch.setattr("console.verify_log.commands.checked", lambda found, _: checking.checked(found, []))
    assert verified(case, LINES) == 0


def test_a_tail_that_no_checkpoint_covers_is_told(case: Kept, capsys: Captured) -> None:
    assert verified(case, 5) == 0
    said = capsys.readouterr().out
    assert "12 lines, 5 of them signed" in said
    assert "the last 7 lines, which no checkpoint covers yet" in said
    assert verified(case, 0) == 0
    assert "0 of them signed" in capsys.readouterr().out


def test_a_tail_that_was_cut_is_found_by_a_later_checkpoint_and_not_by_an_earlier_one(case: Kept) -> None:
    case.record.write_bytes(b"".join(case.record.read_bytes().splitlines(keepends=True)[:7]))
    assert verified(case, 5) == 0
    assert verified(case, 5, LINES) == 1


def test_two_checkpoints_of_one_length_and_two_lines_contradict_each_other(case: Kept, tmp_path: Path) -> None:
    lines = rewritten(case.record.read_bytes().splitlines(keepends=True), 3)
    *_, (head, _) = heads(lines)
    other = checkpoint(tmp_path / "other", head, case.secret)
    assert verify_log(case.record, case.key, [case.checkpoints[LINES], other], None, json=False) == 1


def test_the_checkpoint_beside_the_record_is_asked_where_none_is_named(case: Kept, capsys: Captured) -> None:
    assert verified(case) == 2
    assert "give those that you kept" in capsys.readouterr().err
    case.checkpoints[LINES].rename(case.record.parent / "checkpoint")
    assert verified(case) == 0


def test_what_another_key_has_signed_is_refused(case: Kept, tmp_path: Path, capsys: Captured) -> None:
    other = kept(tmp_path / "other", 3, (3,), Ed25519PrivateKey.generate())
    assert verify_log(case.record, other.key, [case.checkpoints[LINES]], None, json=False) == 1
    assert "no known key has signed it" in capsys.readouterr().err


def test_a_record_of_somebody_else_is_refused(case: Kept, tmp_path: Path, capsys: Captured) -> None:
    assert verified(case, LINES, origin="employees.dublin-1.gateway") == 1
    assert "is a checkpoint of employees.hamar.gateway" in capsys.readouterr().err
    assert verified(case, LINES, origin="employees.hamar.gateway") == 0
    *_, (head, _) = heads(case.record.read_bytes().splitlines(keepends=True))
    other = checkpoint(tmp_path / "other", head, case.secret, "employees.dublin-1.gateway")
    assert verify_log(case.record, case.key, [case.checkpoints[LINES], other], None, json=False) == 1
    assert "of several records" in capsys.readouterr().err


@pytest.mark.parametrize("at", range(0, 200, 7))
def test_a_checkpoint_with_another_byte_is_never_good(case: Kept, at: int) -> None:
    file = case.checkpoints[LINES]
    text = file.read_bytes()
    at %= len(text)
    file.write_bytes(text[:at] + bytes((text[at] ^ 2,)) + text[at + 1 :])
    assert verified(case, LINES) in (1, 2)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PUBLIC KEY-----\n", b"\xff\xfe", b"x" * 2_000_000])
def test_bad_input_is_told_all_at_once(case: Kept, content: bytes, capsys: Captured) -> None:
    case.key.write_bytes(content)
    assert verify_log(case.record, case.key, [], None, json=False) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 2, said


@pytest.mark.parametrize("content", [b"", b"\xff", b"employees\n1\nAAAA\n", b"x" * 2_000_000])
def test_a_checkpoint_that_is_none_is_bad_input(case: Kept, content: bytes) -> None:
    case.checkpoints[LINES].write_bytes(content)
    assert verified(case, LINES) == 2


def test_entries_may_say_anything(tmp_path: Path) -> None:
    head, lines = Head(), []
    for said in ("\u2028", "\r\n", "\0", "å", '"', "\\", "x" * 100_000):
        line, head = line_of(head, body_of({"person": said}))
        lines.append(line)
    (tmp_path / "record").write_bytes(b"".join(lines))
    with (tmp_path / "record").open("rb") as file:
        assert checking.checked(file, [checking.Checkpoint("x", head)]).problems == ()


RUN_KEY = Ed25519PrivateKey.generate()
NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def seen(folder: Path, *ages: int, key: Ed25519PrivateKey = RUN_KEY) -> Watched:
    """Return runs that ended so many seconds ago, of a watch that looks each minute."""
    files = []
    for age in ages:
        at = (NOW - timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%SZ")
        files.append(folder / f"run-{age}.json")
        files[-1].write_bytes(written(Run("europe", "hamar", f"watch-{age}", at, at, 60, "", (), 0, 0), key))
    public = folder / "watch.pub.pem"
    pem = RUN_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    public.write_bytes(pem)
    return Watched(files, public, NOW)


@pytest.mark.parametrize(("ages", "code"), [((180, 9000), 0), ((9000, 40), 0), ((181,), 1), ((90000, 500), 1)])
def test_the_newest_run_says_whether_the_watch_is_late(
    case: Kept, tmp_path: Path, ages: tuple[int, ...], code: int
) -> None:
    """The seeded bug: the last run that was given counts, and not the newest."""
    runs = seen(tmp_path, *ages)
    assert verify_log(case.record, case.key, [case.checkpoints[LINES]], None, json=False, watched=runs) == code


@pytest.mark.parametrize("wrong", ["another key", "no key", "no run"])
def test_a_run_that_nobody_can_believe_is_bad_input(case: Kept, tmp_path: Path, wrong: str) -> None:
    runs = seen(tmp_path, 10, key=Ed25519PrivateKey.generate() if wrong == "another key" else RUN_KEY)
    if wrong == "no key":
        runs = replace(runs, key=None)
    if wrong == "no run":
        (tmp_path / "run-10.json").write_text("{}", encoding="ascii")
    assert verify_log(case.record, case.key, [case.checkpoints[LINES]], None, json=False, watched=runs) == 2
