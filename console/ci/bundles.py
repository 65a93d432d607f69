"""The bundle of each piece of work, in a folder that the later steps of a job read."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from console.ci import results
from console.ci.plain_files import content
from console.recording.kept import shown
from console.report.commands import write_bundle
from evidence.bundle.contents import contents
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

    from console.inspect.keys import Held
    from evidence.record.model import Record

COMMENT: Final = "comment.md"
ANNOTATIONS: Final = "annotations.txt"


@dataclass(frozen=True)
class Bundles:
    """A folder of bundles; None: nobody wants any. ``key`` signs them."""

    folder: Path | None
    key: tuple[Held, str] | None = None

    def clear(self) -> None:
        """Take away what an earlier run left there. Raises ProblemsError where something else is there."""
        if self.folder is None or not self.folder.exists():
            return
        if not self.folder.is_dir() or (any(self.folder.iterdir()) and not (self.folder / results.NAME).is_file()):
            message = "holds something else than bundles of the continuous integration; name another folder"
            raise ProblemsError([Problem(Position(shown(self.folder), 1, 1), message)])
        shutil.rmtree(self.folder)

    def leave(self, record: Record | None, name: str) -> tuple[str, ...]:
        """Write the bundle of a record (None: there is none), and return which of its texts people read.

        Raises ProblemsError where it cannot be written.
        """
        if self.folder is None or record is None:
            return ()
        files = write_bundle(record, contents(record), self.folder / name, self.key)
        return (f"{name}/{COMMENT}",) if COMMENT in files else ()

    def annotations(self, name: str) -> tuple[str, ...]:
        """Return the commands that show a bundle's findings beside the lines of a change (GitHub Actions)."""
        file = self.folder / name / ANNOTATIONS if self.folder is not None else None
        if file is None or not file.is_file():
            return ()
        return tuple(content(file).decode().splitlines())
