"""How a command ends: one table of exit codes for every command."""

from __future__ import annotations

from typing import Final

GOOD: Final = 0
REFUSED: Final = 1
"""Rules, the guard or a person refused, or a question was answered with no."""
BAD_INPUT: Final = 2
FAILED: Final = 3
"""The engine or a cloud failed: nobody refused anything, and nobody judged all of it."""
FAULT: Final = 4
"""A fault of `enclave` itself."""
INTERRUPTED: Final = 130

MEANINGS: Final = {
    GOOD: "good",
    REFUSED: "refused, or the answer is no",
    BAD_INPUT: "bad input",
    FAILED: "the engine or a cloud failed",
    FAULT: "a fault of `enclave` itself",
}


def epilog() -> str:
    """Return the codes as the help text tells them."""
    return "Exit codes: " + ", ".join(f"{code} {meaning}" for code, meaning in MEANINGS.items()) + "."
