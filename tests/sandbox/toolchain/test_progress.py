"""One line per step, on a terminal and in a pipe."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from sandbox.toolchain import progress as module
from sandbox.toolchain.progress import Progress, clock

if TYPE_CHECKING:
    from collections.abc import Callable


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_a_pipe_gets_a_line_at_the_start_and_one_at_the_end() -> None:
    output = io.StringIO()
    with Progress(output) as progress, progress.step("building etcd", "about 1 min on 2 cores"):
        pass
    assert output.getvalue() == "building etcd, about 1 min on 2 cores …\n✓ building etcd: 0.0 s\n"


def test_a_failed_step_says_so() -> None:
    output = io.StringIO()
    with pytest.raises(ValueError, match="broken"), Progress(output) as progress, progress.step("building etcd"):
        raise ValueError("broken")
    assert "✗ building etcd: 0.0 s\n" in output.getvalue()


def test_a_long_step_in_a_pipe_is_named_again_and_again(
    monkeypatch: pytest.MonkeyPatch, wait: Callable[[Callable[[], bool]], None]
) -> None:
    monkeypatch.setattr(module, "REMINDER", 0.05)
    output = io.StringIO()
    with Progress(output) as progress, progress.step("building etcd") as step:
        step.note = "7 of 9 packages"
        wait(lambda: output.getvalue().count("so far") >= 2)
    assert "  building etcd (7 of 9 packages): 0.5 s so far\n" in output.getvalue().replace("0.6 s", "0.5 s")


def test_a_line_in_a_pipe_is_never_wrapped() -> None:
    output = io.StringIO()
    with Progress(output) as progress:
        progress.say("x" * 300)
        with progress.step("y" * 300):
            pass
    assert len(output.getvalue().splitlines()) == 3


def test_a_terminal_gets_a_live_table_in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    output = Terminal()
    with Progress(output) as progress, progress.step("building etcd"):
        pass
    assert "\x1b[?25l" in output.getvalue()
    assert "\x1b[32m✓" in output.getvalue()


def test_no_color_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    output = Terminal()
    with Progress(output) as progress, progress.step("building etcd"):
        pass
    assert "building etcd" in output.getvalue()
    assert "\x1b[32m" not in output.getvalue()


def test_ci_gets_plain_lines_even_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    output = Terminal()
    with Progress(output) as progress, progress.step("building etcd"):
        pass
    assert "\x1b" not in output.getvalue()


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (12.4, "12 s"), (59.9, "59 s"), (60, "1:00"), (187, "3:07")]
)
def test_the_clock_reads_as_people_say_it(seconds: float, text: str) -> None:
    assert clock(seconds) == text
