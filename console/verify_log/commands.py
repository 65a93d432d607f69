"""`enclave verify-log`: read a record, a public key and checkpoints, and say what they show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console import terminal
from console.exit_codes import BAD_INPUT, GOOD, REFUSED
from console.verify_log.checking import checked
from console.verify_log.document import as_json
from console.verify_log.given import WITHOUT_LIBRARY, InputError, given

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from console.verify_log.checking import Checked
    from console.verify_log.watched import LastWatch


@dataclass(frozen=True)
class Watched:
    """Runs of a watch that somebody kept, the public key that must have signed them, and the moment that it is now."""

    files: Sequence[Path]
    key: Path | None
    now: datetime


def verify_log(
    record: Path,
    key: Path,
    checkpoints: Sequence[Path],
    origin: str | None,
    *,
    json: bool,
    watched: Watched | None = None,
) -> int:
    """Print what a record, a public key and checkpoints show; 0 where all is whole, 1 where it is not, 2 for bad input.

    Without checkpoints, the one beside the record is asked. A watch that is late is no whole either. Raises OSError for
    a file that cannot be read.
    """
    read = given(record, key, checkpoints, origin)
    watch, wrong = _watch(watched)
    if read.wrong or wrong:
        return _bad([*read.wrong, *wrong], json=json)
    with record.open("rb") as lines:
        found = checked(lines, read.good)
    problems = [*read.refused, *found.problems]
    late = [watch.problem] if watch and watch.late else []
    if json:
        terminal.document(as_json(str(record), read.origin, found, [*problems, *late], watch))
    else:
        _say(record, read.origin or "", found, problems)
        terminal.err(*late)
        terminal.out([watch.told] if watch and not late else [])
    return REFUSED if problems or late else GOOD


def _watch(watched: Watched | None) -> tuple[LastWatch | None, list[str]]:
    """Return the newest run that was given, and what is wrong with what was."""
    if watched is None or not watched.files:
        return None, []
    if watched.key is None:
        return None, ["--watched needs --watch-key: the public key by which the watch signs"]
    try:
        from console.verify_log.watched import last_watch  # noqa: PLC0415  it needs the extra `gateway`
    except ImportError:
        return None, [WITHOUT_LIBRARY]
    try:
        return last_watch(watched.files, watched.key, watched.now), []
    except InputError as error:
        return None, [str(error)]


def _say(record: Path, origin: str, found: Checked, problems: Sequence[str]) -> None:
    if problems:
        terminal.err(f"{record} is not whole:", *(f"  {problem}" for problem in problems))
        if found.covered:
            terminal.err(f"its first {found.covered:,} lines are as they were signed; keep all files as evidence")
        return
    terminal.out(
        [
            f"{record} of {origin} is whole: {found.head.size:,} lines, {found.covered:,} of them signed",
            "this proves:",
            *(f"  {line}" for line in found.proves),
            "it does not prove:",
            *(f"  {line}" for line in found.does_not_prove),
        ]
    )


def _bad(problems: Sequence[str], *, json: bool) -> int:
    from console.document import problems_document  # noqa: PLC0415

    terminal.err(*problems)
    if json:
        terminal.document(problems_document("verify-log", problems))
    return BAD_INPUT
