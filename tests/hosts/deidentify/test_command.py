"""The command: pairs of files, exit codes, and a target that is there whole or not at all."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.hosts.deidentify.desk import FIELDS, VISITS

if TYPE_CHECKING:
    from tests.hosts.deidentify.desk import Desk


def test_several_files_of_one_run_share_their_pseudonyms(desk: Desk) -> None:
    for name in ("a", "b"):
        desk.write(desk.folder / f"{name}.jsonl", [{"user": "nora"}])
    pairs = [desk.folder / name for name in ("a.jsonl", "a-out.jsonl", "b.jsonl", "b-out.jsonl")]
    answer = desk.ask(*desk.words(), *pairs)
    assert (answer.code, answer.said.count("\n")) == (0, 1)
    assert pairs[1].read_bytes() == pairs[3].read_bytes() != b""


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (["a.jsonl"], "files come in pairs"),
        (["a.csv", "b.jsonl"], "its name tells no form"),
        (["a.jsonl", "leaving.jsonl"], "is there already"),
        (["a.jsonl", "c.jsonl", "b.jsonl", "c.jsonl"], "the same OUT"),
        (["missing.jsonl", "c.jsonl"], "cannot be read"),
        (["a.jsonl", "nowhere/c.jsonl"], "cannot be made"),
    ],
)
def test_files_that_cannot_be_meant_end_with_2(desk: Desk, files: list[str], words: str) -> None:
    desk.write(desk.folder / "a.jsonl", [{"user": "nora"}])
    answer = desk.ask(*desk.words(), *(desk.folder / file for file in files))
    assert answer.code == 2
    assert words in answer.wrong
    assert "Traceback" not in answer.wrong


@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        ("--ledger", "name this host's ledger"),
        ("--epoch", "name their epoch"),
        ("--networks", "name the table of networks"),
        ("--stand-in", "name one key"),
    ],
)
def test_what_a_flow_needs_is_asked_for(desk: Desk, left_out: str, words: str) -> None:
    given = desk.words()
    at = given.index(left_out)
    del given[at : at + (1 if left_out == "--stand-in" else 2)]
    answer = desk.ask(*given, desk.folder / "a.jsonl", desk.folder / "b.jsonl")
    assert answer.code == 2
    assert words in answer.wrong


def test_a_stand_in_makes_no_pseudonym_for_a_real_enclave(desk: Desk) -> None:
    desk.write(desk.schema, [{key: value for key, value in VISITS.items() if key != "sandbox"}, *FIELDS])
    answer = desk.run([{"user": "nora"}])
    assert answer.code == 2
    assert "--stand-in hides nobody" in answer.wrong


def test_an_unknown_flow_is_named_with_those_that_there_are(desk: Desk) -> None:
    answer = desk.run([], flow="visitz")
    assert answer.code == 2
    assert "it has: table, visits" in answer.wrong


def test_a_run_that_fails_leaves_neither_a_target_nor_a_part_of_one(desk: Desk) -> None:
    desk.write(desk.schema, [VISITS, {"of": "visits", "field": "x", "do": "keep", "values": [1, "a"]}])
    desk.folder.joinpath("in.jsonl").write_bytes(b'{"x":1}\n')
    answer = desk.ask(*desk.words(), desk.folder / "in.jsonl", desk.folder / "dir.jsonl" / "out.jsonl")
    assert answer.code == 2
    assert [file.name for file in desk.folder.iterdir() if "out" in file.name or "partial" in file.name] == []


def test_a_table_of_networks_tells_all_its_problems_with_their_lines(desk: Desk) -> None:
    table = desk.folder / "networks.csv"
    table.write_text("10.8.0.0/16,NO\n10.8.1.0/24,IE\n10.9.0.1/16,IE\n10.10.0.0/16,Norway\n")
    answer = desk.run([{"user": "nora"}])
    assert answer.code == 2
    found = [line.split(str(table))[1] for line in answer.wrong.splitlines()]
    assert [line[:3] for line in sorted(found)] == [":2:", ":3:", ":4:"]


def test_the_command_reads_standard_input_as_a_program_of_its_own(desk: Desk) -> None:
    target = desk.folder / "out.jsonl"
    words = [sys.executable, "-m", "hosts.deidentify", *map(str, desk.words()), "-", str(target)]
    done = subprocess.run(words, input=b'{"user":"nora","x":1}\n[]\n', capture_output=True, timeout=60, check=False)
    assert done.returncode == 1, done.stderr
    assert (
        done.stdout
        == b"visits: 2 records read; 1 written; 1 refused (no-object 1); 1 values of unlisted fields dropped\n"
    )
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_schema_that_was_not_judged_is_not_taken_where_its_digest_is_insisted_on(desk: Desk) -> None:
    judged = hashlib.sha256(desk.schema.read_bytes()).hexdigest()
    assert desk.run([{"user": "nora"}], "--digest", judged).code == 0
    with desk.schema.open("a") as file:
        file.write('{"of":"visits","field":"note","do":"pseudonym"}\n')
    answer = desk.run([{"user": "nora", "note": "nora"}], "--digest", judged)
    assert answer.code == 2
    assert "another is insisted on" in answer.wrong
    assert answer.output == ""
