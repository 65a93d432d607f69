"""`enclave incident`: verify a gateway's record, and write what it says of a window of time for an authority."""

from __future__ import annotations

import hashlib
import io
import json as json_
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from console import terminal
from console.argument_problem import argument_problem
from console.document import TOOL, document
from console.exit_codes import GOOD, REFUSED
from console.recording.kept import LARGEST
from console.verify_log.checking import checked
from console.verify_log.given import given
from evidence.incident.entries import Window, found
from evidence.incident.summary import summary
from evidence.incident.table import table
from located_yaml import Position, Problem, ProblemsError
from located_yaml.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

ENTRIES: Final = "entries.csv"
SUMMARY: Final = "summary.json"
SAYS: Final = (
    "entries name people as the record does: nothing is pseudonymised, and the pack is for whoever may see it",
    "entries hold no data: of a path only its route and its SHA-256 are recorded",
    "it is not shown that an entry is true, or that no more was written after the last checkpoint",
)


def window_of(begin: str, until: str, person: str | None) -> Window:
    """Return the window that two times name. Raises ProblemsError."""
    problems: list[Problem] = []
    times = [_time(option, text, problems) for option, text in (("--from", begin), ("--to", until))]
    if not problems and times[0] >= times[1]:
        problems.append(argument_problem("--to", f"'{until}' is not after '{begin}'; give a window of time"))
    if problems:
        raise ProblemsError(problems)
    return Window(times[0], times[1], person)


def incident(
    record: Path,
    key: Path,
    checkpoints: Sequence[Path],
    *,
    window: Window,
    to: Path,
    json: bool,
) -> int:
    """Write the pack of an incident where the record is whole; 1, and nothing is written, where it is not."""
    held = given(record, key, checkpoints, None)
    if held.wrong:
        raise ProblemsError([Problem(Position(str(record), 1, 1), one) for one in held.wrong])
    _refuse_folder(to)
    content = read_bytes(record, str(record), LARGEST)  # once: the authorizer goes on writing
    shown = checked(io.BytesIO(content), held.good)
    problems = [*held.refused, *shown.problems]
    if problems:
        if json:
            terminal.document(document("incident", {"verdict": "damaged", "problems": problems}))
        else:
            terminal.err(f"{record} is not whole, so no pack was written; keep all files as evidence:", *problems)
        return REFUSED
    inside = found(io.BytesIO(content), window, shown.covered)
    entries = table(inside.lines)
    told = {
        "tool": TOOL,
        "record": {
            "origin": held.origin,
            "sha256": hashlib.sha256(content).hexdigest(),
            "lines": shown.head.size,
            "signed_lines": shown.covered,
            "head": shown.head.hash,
        },
        "checkpoints": [{"file": each.file, "lines": each.head.size} for each, _ in shown.checkpoints],
        **summary(inside, window),
        ENTRIES: hashlib.sha256(entries).hexdigest(),
        "says": list(SAYS),
    }
    _write(to, {ENTRIES: entries, SUMMARY: (json_.dumps(told, indent=1) + "\n").encode()})
    if json:
        terminal.document(document("incident", {"verdict": "written", "folder": str(to), **_shown(told)}))
    else:
        terminal.out(_lines(to, told))
    return GOOD


def _time(option: str, text: str, problems: list[Problem]) -> datetime:
    try:
        found_ = datetime.fromisoformat(text)
    except ValueError:
        found_ = datetime.min  # noqa: DTZ901 (it has no zone, which is refused below)
    if found_.tzinfo is None:
        message = f"'{text[:40]}' is no time with its zone such as 2026-11-29T14:00:00Z; correct it"
        problems.append(argument_problem(option, message))
    return found_


def _refuse_folder(to: Path) -> None:
    if to.exists() and not (to.is_dir() and not any(to.iterdir())):
        raise ProblemsError([Problem(Position(str(to), 1, 1), "is there already; name a new or an empty folder")])


def _write(to: Path, files: Mapping[str, bytes]) -> None:
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in files.items():
        (to / name).write_bytes(content)


def _shown(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in ("tool", ENTRIES)}


def _lines(to: Path, told: Mapping[str, Any]) -> Iterator[str]:
    record = told["record"]
    yield f"{record['origin']}: whole, {record['lines']:,} lines, {record['signed_lines']:,} of them signed"
    yield f"from {told['from']} to {told['to']}: {told['entries']:,} entries of {len(told['people']):,} people"
    for name in ("by_result", "by_reason", "by_class", "by_location"):
        if told[name]:
            counts = ", ".join(f"{each} {count:,}" for each, count in told[name].items())
            yield f"  {name.removeprefix('by_')}: {counts}"
    for name, words in (
        ("unsigned", "entries are covered by no checkpoint"),
        ("withdrawn", "were refused after all, as the record says later"),
        ("break_glass", "used a break-glass grant"),
        ("undated", "lines of the record do not say when, so they are in no window"),
    ):
        if told[name]:
            yield f"  {told[name]:,} {words}"
    if told["backwards"]:
        yield f"  the clock ran backwards at line {', '.join(map(str, told['backwards'][:5]))}; look around the window"
    yield from (f"note: {one}" for one in told["says"])
    yield f"{to}: {ENTRIES} and {SUMMARY}"
