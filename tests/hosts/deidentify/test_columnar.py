"""Arrow and Parquet leave by the same rules; pyarrow is an extra of its own, so it runs in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import targets
from tests.hosts.deidentify.desk import FIELDS, VISITS
from tests.hosts.deidentify.leaks import leaks
from tests.hosts.deidentify.shapes import person

if TYPE_CHECKING:
    from tests.hosts.deidentify.desk import Desk

ROOT = Path(__file__).parents[3]
WRITE = """
import json, sys
import pyarrow as pa
from pyarrow import parquet
source, target, size = sys.argv[1:]
table = pa.Table.from_pylist([json.loads(line) for line in open(source)])
if target.endswith(".parquet"):
    parquet.write_table(table, target, row_group_size=int(size))
else:
    with pa.ipc.new_file(target, table.schema) as file:
        file.write_table(table, max_chunksize=int(size))
"""
READ = """
import json, sys
import pyarrow as pa
from pyarrow import parquet
source = sys.argv[1]
table = parquet.read_table(source) if source.endswith(".parquet") else pa.ipc.open_file(source).read_all()
print(json.dumps({"columns": {one.name: str(one.type) for one in table.schema}, "rows": table.to_pylist()}))
"""


@pytest.fixture(scope="session")
def extras() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(targets.installed("deidentify"))])}


def python(extras: dict[str, str], *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, words)], env=extras, capture_output=True, text=True, timeout=120, check=False
    )


def put(extras: dict[str, str], rows: list[dict[str, Any]], target: Path, size: int = 1000) -> None:
    source = target.with_suffix(".rows")
    source.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    done = python(extras, "-c", WRITE, source, target, size)
    assert done.returncode == 0, done.stderr


def got(extras: dict[str, str], source: Path) -> dict[str, Any]:
    done = python(extras, "-c", READ, source)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_columns_leave_as_lines_do_and_no_other_column_is_there(desk: Desk, extras: dict[str, str], form: str) -> None:
    import random  # noqa: PLC0415

    rng = random.Random(4711)  # noqa: S311
    made = [person(rng) for _ in range(3000)]
    rows = [one.record for one in made]
    source, target = desk.folder / f"in.{form}", desk.folder / f"out.{form}"
    put(extras, rows, source)
    done = python(extras, "-m", "hosts.deidentify", *desk.words(epoch="columns"), source, target)
    assert (done.returncode, done.stdout) == (
        0,
        "visits: 3000 records read; 3000 written; 0 refused; 6000 values of unlisted fields dropped\n",
    )
    found = got(extras, target)
    assert list(found["columns"]) == ["user", "phone", "plan", "address", "at", "age"]
    assert leaks({text for one in made for text in one.secrets}, target.read_bytes().decode("latin-1")) == []
    desk.ledger.write_text("")
    assert found["rows"] == desk.run(rows, epoch="columns").records


def test_a_column_of_lists_is_refused_row_by_row(desk: Desk, extras: dict[str, str]) -> None:
    source, target = desk.folder / "in.parquet", desk.folder / "out.jsonl"
    put(extras, [{"user": ["nora"]}, {"user": None}], source)
    done = python(extras, "-m", "hosts.deidentify", *desk.words(), source, target)
    assert (done.returncode, target.read_text()) == (1, "{}\n")
    assert "1 refused (odd-type 1)" in done.stdout


@pytest.mark.parametrize(
    ("harm", "words"),
    [("no parquet", "cannot be read"), ("a column twice", "two columns of one name"), ("a large part", "row groups")],
)
def test_a_file_that_cannot_be_read_safely_ends_with_2(
    desk: Desk, extras: dict[str, str], harm: str, words: str
) -> None:
    source, target = desk.folder / "in.arrow", desk.folder / "out.jsonl"
    if harm == "no parquet":
        source.write_bytes(b"nothing of the kind")
    if harm == "a column twice":
        code = "import sys, pyarrow as pa; t = pa.table([[1], [2]], names=['user', 'user']); "
        code += "f = pa.ipc.new_file(sys.argv[1], t.schema); f.write_table(t); f.close()"
        assert python(extras, "-c", code, source).returncode == 0
    if harm == "a large part":
        code = "import sys, pyarrow as pa; t = pa.table({'user': ['x' * 2**20] * 130}); "
        code += "f = pa.ipc.new_file(sys.argv[1], t.schema); f.write_table(t); f.close()"
        assert python(extras, "-c", code, source).returncode == 0
    done = python(extras, "-m", "hosts.deidentify", *desk.words(), source, target)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert not target.exists()


def test_a_column_has_one_type(desk: Desk, extras: dict[str, str]) -> None:
    keep = {"of": "visits", "field": "plan", "do": "keep", "values": ["free", 1]}
    desk.write(desk.schema, [VISITS, *(one for one in FIELDS if one["field"] != "plan"), keep])
    desk.write(desk.folder / "in.jsonl", [{"plan": 1}])
    done = python(
        extras, "-m", "hosts.deidentify", *desk.words(), desk.folder / "in.jsonl", desk.folder / "out.parquet"
    )
    assert (done.returncode, "values of several types" in done.stderr) == (2, True)


def test_a_host_without_pyarrow_says_which_extra_it_is(desk: Desk) -> None:
    (desk.folder / "in.parquet").touch()
    answer = desk.ask(*desk.words(), desk.folder / "in.parquet", desk.folder / "out.jsonl")
    assert (answer.code, "install enclave's extra 'columnar'" in answer.wrong) == (2, True)
