"""An exception that nobody caught is told by what it is and where in the user's own code: its trace reaches nobody."""

from __future__ import annotations

import asyncio
import json
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pytest

from console.gate.record import read_record
from console.quiet import keep_quiet
from console.unhandled import DEBUG, TRACE, folded

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = "Program failed with an unhandled exception:\n"


def _line(marked: str) -> int:
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.endswith(f"# {marked}"))


def _raised() -> None:
    raise ValueError("no site\nin two lines")  # raised


def _in_a_package() -> None:
    json.loads("{")  # package


def _led_to() -> None:
    try:
        _raised()
    except ValueError as error:
        raise KeyError("other") from error  # chained


def _awaited() -> None:
    async def later() -> None:
        await asyncio.sleep(0)
        raise RuntimeError("later")  # awaited

    asyncio.run(later())


def _in_a_pool() -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_raised).result()


def _group() -> None:
    raise ExceptionGroup("both", [ValueError("one"), ValueError("two")])  # group


def _silent() -> None:
    raise NotImplementedError  # silent


def _misspelt() -> None:
    compile("x = (\n", "/project/components/mine.py", "exec")


def _trace(of: Callable[[], None]) -> str:
    try:
        of()
    except Exception:  # noqa: BLE001  whatever it is
        return HEAD + traceback.format_exc()
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    ("of", "where", "says"),
    [
        (_raised, "raised", "ValueError: no site in two lines"),
        (_in_a_package, "package", "json.decoder.JSONDecodeError: Expecting property name"),
        (_led_to, "chained", "KeyError: 'other'"),
        (_awaited, "awaited", "RuntimeError: later"),
        (_in_a_pool, "raised", "ValueError: no site"),
        (_group, "group", "ExceptionGroup: both (2 sub-exceptions)"),
        (_silent, "silent", "NotImplementedError"),
    ],
)
def test_type_text_and_place_stay_and_the_trace_goes(of: Callable[[], None], where: str, says: str) -> None:
    """The seeded bug of this family: `_in_a_package`, where the last file is not the user's."""
    told = folded(_trace(of))
    assert told.startswith(f"Program failed with an unhandled exception: {__file__}:{_line(where)}: {says}")
    assert told.endswith("; set ENCLAVE_DEBUG=1 to see the whole trace")
    assert not any(each in told for each in ("Traceback", 'File "', "\n"))


def test_a_file_that_cannot_be_read_as_python_is_the_place() -> None:
    assert ": /project/components/mine.py:1: SyntaxError: '(' was never closed;" in folded(_trace(_misspelt))


@pytest.mark.parametrize("message", ["", "moto is gone", 'a file: File "x", line 3', "two\nlines"])
def test_other_messages_stay_as_they_are(message: str) -> None:
    assert folded(message) == message


@pytest.mark.parametrize("message", [TRACE, f"{TRACE}\nValueError: x", f"x\n{TRACE}\n  cut"])
def test_half_a_trace_is_no_trace_either(message: str) -> None:
    assert "Traceback" not in folded(message)


@pytest.mark.parametrize("debug", ["", "1"])
def test_what_the_engine_kept_of_it_is_told_alike(debug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DEBUG, debug)
    urn = "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s"
    said = {"diagnosticEvent": {"severity": "error", "urn": urn, "message": _trace(_raised)}}
    log = tmp_path / "events.json"
    log.write_text(json.dumps(said) + "\n", encoding="utf-8")
    record = read_record(log, 255)
    assert all((TRACE in each) == bool(debug) for each in (*record.errors, *record.failed.values()))
    assert "ValueError: no site" in record.errors[0]


@pytest.mark.parametrize("debug", ["", "1"])
def test_the_program_sends_the_engine_none(debug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setenv(DEBUG, debug)
    monkeypatch.setattr(pulumi.log, "debug", lambda *_: None)
    monkeypatch.setattr(pulumi.log, "error", lambda *told: sent.append(told))
    keep_quiet()
    pulumi.log.error(_trace(_raised), None)
    assert (TRACE in sent[0][0]) == bool(debug)
    assert sent[0][1:] == (None,)
