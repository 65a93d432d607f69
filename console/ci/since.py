"""What is otherwise than in the last run's bundle, which is taken only as it was signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.ci.page import plain
from console.ci.plain_files import content
from console.report.changes import lines
from evidence.bundle.checking import Expected, check
from evidence.bundle.contents import RECORD
from evidence.comparison.comparing import compared
from evidence.record.files import RecordError, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from console.inspect.keys import Held
    from evidence.record.model import Record


def since(old: Path, new: Record, key: Held | None) -> Iterator[str]:
    """Yield lines of Markdown, what got worse first; ``key`` should have signed the last run's bundle ``old``."""
    try:
        if not (old / RECORD).is_file():
            yield "There is no bundle of an earlier run here to compare with."
            return
        if key is not None:
            checked = check(old, key.public, Expected(stack=new.run.stack))
            if checked.problems:
                yield f"**The last bundle is not as it was signed:** {plain(checked.problems[0])}. Nothing is compared."
                return
        record = read(content(old / RECORD), RECORD)
    except (OSError, RecordError) as error:
        yield f"The last bundle cannot be read, so nothing is compared: {plain(str(error))}"
        return
    unsigned = "" if key else ", whose bundle nobody signed"
    changes = compared(record, new)
    yield f"Compared with the run of {plain(record.run.moment)}{unsigned}, {len(changes)} things are otherwise."
    for line in lines(changes):
        yield f"- {plain(line.strip())}" if line.startswith(" ") else f"\n{plain(line)}\n"
