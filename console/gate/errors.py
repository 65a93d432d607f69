"""What can go wrong with the engine, in words for the user."""

from __future__ import annotations


class EngineError(RuntimeError):
    """The engine failed at what it was asked; the text is for the user."""


class RefusedError(EngineError):
    """What was asked would do harm, and nothing was changed; the text says what, and the next step."""


class EngineMissingError(EngineError):
    """There is no `pulumi` on PATH."""
