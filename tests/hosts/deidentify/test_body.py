"""Bodies of answers: each record as a line of a file is treated, and none leaves where they cannot be told apart."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hosts.deidentify.body import JSON, LINES, MOST, TOO_MANY, deidentified
from hosts.deidentify.errors import OddError
from hosts.deidentify.flow import Field, Flow
from hosts.deidentify.lines import LONGEST
from hosts.deidentify.stream import treating
from hosts.deidentify.tally import Tally
from hosts.deidentify.treatments import Means

FLOW = Flow("plans", "restricted", "statistics", "lab", "NO", ("eu",), (Field("plan", "keep", ("free", 1)),))


def left(body: bytes, form: str = JSON) -> tuple[bytes, Tally]:
    tally = Tally()
    return deidentified(body, form, treating(FLOW, Means(), tally), tally), tally


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"[]", b"[]"),
        (b" [ ] \n", b"[]"),
        (b'[{"plan":"free"},{"plan":1,"name":"Kari"}]', b'[{"plan":"free"},{"plan":1}]'),
        (b'\t[{"plan" : "free"} ,\r\n{}]', b'[{"plan":"free"},{}]'),
        (b'{"plan":"free"}', b'{"plan":"free"}'),
        (b'{"name":"Kari"}', b"{}"),
        (b"42", b""),
        (b'"Kari"', b""),
        (b'[1,"Kari",null,[{"plan":"free"}],{"plan":"Kari"},{"plan":1}]', b'[{"plan":1}]'),
        (b'[{"plan":1,"plan":"free"},{"n":NaN},{"n":{"a":1,"a":2}}]', b"[]"),
    ],
)
def test_what_leaves_of_json(body: bytes, expected: bytes) -> None:
    found, tally = left(body)
    assert found == expected
    assert tally.written == tally.read - tally.refused.total()


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" ", b"[", b"[{}", b"[{},", b"[{},]", b"[,]", b"[{} {}]", b"[]]", b"[] x", b"{} {}", b"{", b"Kari"),
        *(b"\xff", b"\xef\xbb\xbf[]", b"[" * 100_000, b"[{}]\x00", b"[\xc2\xa0{}]", "[]".encode("utf-16")),
    ],
)
def test_a_body_that_is_no_json_leaves_nothing(body: bytes) -> None:
    with pytest.raises(OddError):
        left(body)


@pytest.mark.parametrize("form", LINES)
def test_lines_leave_line_by_line(form: str) -> None:
    found, tally = left(b'{"plan":1}\nKari\n{"plan":"free","name":"Kari"}', form)
    assert found == b'{"plan":1}\n{"plan":"free"}\n'
    assert (tally.read, tally.written, dict(tally.refused), tally.dropped) == (3, 2, {"not-json": 1}, 1)


def test_a_record_that_is_too_long_stays_and_the_others_leave() -> None:
    long: list[Any] = [{"plan": 1, "note": "x" * LONGEST}, {"plan": 1}]
    found, tally = left(json.dumps(long).encode())
    assert found == b'[{"plan":1}]'
    assert dict(tally.refused) == {"too-long": 1}


def test_more_records_than_anybody_reads_leave_nothing() -> None:
    with pytest.raises(OddError, match=TOO_MANY):
        left(b"[" + b"1," * MOST + b"1]")
    with pytest.raises(OddError, match=TOO_MANY):
        left(b"\n" * (MOST + 1), LINES[0])


def test_a_treatment_that_passes_everything_would_be_noticed() -> None:
    """The seeded bug of this family."""
    body, tally = b'[{"name":"Kari"}]', Tally()
    assert b"Kari" in deidentified(body, JSON, dict, tally)
    assert b"Kari" not in left(body)[0]
