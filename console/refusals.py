"""How the program's guard tells the gate what it refused: beside the engine, which does not say whose an error is."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from enclave_policies.judging.side_channel import FOLDER

FILE: Final = "guard.jsonl"
"""In the private folder of the gate: one message a line."""


def hand_over(*messages: str) -> None:
    """Write refusals down for the gate, where one has asked for them; at once, as the guard may end the program."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return
    file = os.open(Path(folder) / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, "".join(f"{json.dumps(message)}\n" for message in messages).encode())
    finally:
        os.close(file)


def handed_over(folder: Path) -> tuple[str, ...]:
    """Return what the guard refused, each once; a line that cannot be read counts as a refusal without words."""
    try:
        lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return ()
    return tuple(dict.fromkeys(map(_message, lines)))


def _message(line: str) -> str:
    try:
        return str(json.loads(line))
    except ValueError:
        return "the program's guard refused something, and its words are lost"
