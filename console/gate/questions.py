"""What is asked of a person at a terminal before anything is changed; where nobody is there, the answer is no."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from console import terminal

if TYPE_CHECKING:
    from console.gate.losses import Allowed, Losses


def asked(allowed: Allowed, losses: Losses, *, yes: bool) -> Allowed:
    """Return what is allowed when a person has typed the names of what holds data or keys, where one is there."""
    lacking = [loss for loss in allowed.lacking(losses) if loss.holds]
    if yes or not lacking or not somebody_there():
        return allowed
    questions = [f"Type {losses.word_for(loss)} to let it go" for loss in lacking]
    return allowed.and_names(
        str(typer.prompt(question, default="", show_default=False, err=True)) for question in questions
    )


def confirmed() -> bool:
    """Return whether a person wants the change; where nobody is there, say what to add."""
    if somebody_there():
        return typer.confirm("Change these resources?")
    terminal.err("not changed: nobody can be asked here; add --yes")
    return False


def somebody_there() -> bool:
    """Return whether a person can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()
