"""Says loudly when no real packets could be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.network_packets.sending import Machine, MissingError, machine

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

NOT_SENT = "NO REAL PACKETS WERE SENT: this machine lacks "


@pytest.fixture(scope="session")
def sender() -> Machine:
    try:
        return machine()
    except MissingError as error:
        pytest.skip(f"{NOT_SENT}{error}")


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Repeat at the end what was skipped, in the colour of a warning."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = {report.longrepr[2] for report in skipped if isinstance(report.longrepr, tuple)}
    for reason in sorted(reason for reason in reasons if NOT_SENT in reason):
        terminalreporter.write_sep("!", "warning", yellow=True)
        terminalreporter.write_line(reason.removeprefix("Skipped: "), yellow=True)
