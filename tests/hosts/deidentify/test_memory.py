"""A stream of any length takes the same memory: a slice of it here, 5 GB of records of 2 kB each in a campaign."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Final

from tests.campaign import in_campaign
from tests.hosts.deidentify.shapes import ODD, generated

if TYPE_CHECKING:
    import pytest

    from tests.hosts.deidentify.desk import Desk
    from tests.hosts.deidentify.token_desk import TokenDesk

IN_MAKE_TEST: Final = 50 * 10**6
IN_A_CAMPAIGN: Final = 5 * 10**9
LIMIT: Final = 300 * 10**6
"""Bytes."""
TELL: Final = """
import sys
from pathlib import Path
from hosts.deidentify.main import main
code = main(sys.argv[1:])
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
sys.exit(code)
"""


def block() -> bytes:
    """Return lines of every shape but the three heaviest, with a text of 2 kB in each that is an object."""
    heavy = ("very deep", "a long line", "more digits than anybody reads")
    made = generated(400)
    lines = [line for line, shape in zip(made.lines, made.shapes, strict=True) if shape not in heavy]
    text = b'{"comment": "' + b"met at the harbour of Hamar, " * 70 + b'", '
    return b"".join((text + line[1:] if line.startswith(b"{") else line) + b"\n" for line in lines)


def peak(desk: Desk, flow: str, size: int) -> int:
    """Send so many bytes through our command; return the bytes of memory that it took at most (VmHWM, Linux)."""
    target = desk.folder / f"{flow}.jsonl"
    words = [sys.executable, "-c", TELL, *map(str, desk.words(flow, epoch=flow)), "-", str(target)]
    lines, sent, turn = block(), 0, 0
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=False) as run:
        assert run.stdin is not None
        assert run.stdout is not None
        while sent < size:  # other people and other addresses at every turn
            turn += 1
            sent += run.stdin.write(
                lines.replace(b"user-", b"u%d-" % turn).replace(b'"10.8.', b'"10.%d.' % (turn % 256))
            )
        run.stdin.close()
        said = run.stdout.read().decode()
    assert run.returncode == 1, said  # odd records are refused
    target.unlink()
    return int(said.split()[-1]) * 1024


def test_a_stream_of_records_takes_bounded_memory(desk: Desk, request: pytest.FixtureRequest) -> None:
    campaign = in_campaign(request.config)
    used = peak(desk, "visits", IN_A_CAMPAIGN if campaign else IN_MAKE_TEST)
    print(f"{used / 10**6:.0f} MB of memory")  # noqa: T201  a figure that a campaign is run for
    assert used <= LIMIT


def test_a_stream_of_tokens_takes_bounded_memory(token_desk: TokenDesk, request: pytest.FixtureRequest) -> None:
    campaign = request.config.getoption("--hypothesis-profile", None) == "campaign"
    used = peak(token_desk, "claims", IN_A_CAMPAIGN if campaign else IN_MAKE_TEST)
    print(f"{used / 10**6:.0f} MB of memory")  # noqa: T201  as above
    assert used <= LIMIT


def test_a_stream_into_groups_takes_bounded_memory(desk: Desk, request: pytest.FixtureRequest) -> None:
    campaign = in_campaign(request.config)
    assert peak(desk, "table", IN_A_CAMPAIGN // 5 if campaign else IN_MAKE_TEST) <= LIMIT


def test_a_stream_is_of_records_that_leave_and_of_records_that_do_not() -> None:
    shapes = set(generated(400).shapes)
    assert shapes & ODD
    assert shapes - ODD
