"""`python3 -m console.ci.telling comment|issue|last FOLDER`: tell reviewers, or fetch what the last run kept.

It needs no set-up: where a token may write, nothing runs but this and Python's own library.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from console.ci import results
from console.ci.page import page
from console.ci.report import lacking
from console.ci.results import ResultsError
from console.ci.telling import github, gitlab
from console.ci.telling.api import ApiError
from console.ci.telling.board import Text, tell
from console.ci.telling.surroundings import SurroundingsError, place_of
from console.ci.telling.unpacking import UnpackError, unpack
from console.exit_codes import BAD_INPUT, FAILED, FAULT, GOOD, INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.ci.telling.surroundings import Kind, Place

USAGE: Final = "usage: python3 -m console.ci.telling comment|issue|last FOLDER"
TITLE: Final = "Enclave"
ARTIFACT: Final = "enclave-standing"
"""What the scheduled run's bundles are called, and on GitLab its job."""


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Do one of them, and return the exit code."""
    kinds: Mapping[str, Kind] = {"comment": "comment", "issue": "issue", "last": "last"}
    if len(arguments) != 2 or arguments[0] not in kinds:  # noqa: PLR2004  what to do, and where
        return _end(BAD_INPUT, USAGE)
    kind, folder = kinds[arguments[0]], Path(arguments[1])
    try:
        place = place_of(environment, kind)
        if place.fork:
            return _end(FAILED, "this change comes from a fork: its job has no token that may write, so nobody is told")
        if place.lacking is not None:
            return _end(BAD_INPUT, lacking("nobody is told", [place.lacking]))
        told = _fetched(place, folder) if kind == "last" else _told(place, kind, folder)
    except (SurroundingsError, ResultsError, UnpackError) as error:
        return _end(BAD_INPUT, str(error))
    except ApiError as error:
        return _end(BAD_INPUT if error.status in (401, 403, 404) else FAILED, str(error))
    except OSError as error:
        return _end(BAD_INPUT, f"{error.filename}: {error.strerror}")
    sys.stdout.write(f"{on_one_line(f'{kind}: {told}')}\n")
    return GOOD


def _told(place: Place, kind: Kind, folder: Path) -> str:
    found = results.read(folder)
    text = Text(
        page(found, folder, commit=place.commit, link=place.link, longest=place.longest - 100, title=TITLE),
        title=found.title if found and found.title else f"{TITLE}: not judged",
        needed=found is None or bool(found.title if kind == "issue" else found.pieces or found.undone),
    )
    return tell(place.board(kind), "standing" if kind == "issue" else "verdict", place.run, text)


def _fetched(place: Place, folder: Path) -> str:
    if isinstance(place.platform, github.Repository):
        content = github.last_artifact(place.platform, ARTIFACT, place.branch, place.job)
    else:
        content = gitlab.last_artifacts(place.platform, ARTIFACT, place.branch, place.job)
    if content is None:
        return "no earlier run has left any; there is nothing to compare with"
    return f"{unpack(content, folder)} files of the last run are in {folder}"


def _end(code: int, line: str) -> int:
    sys.stderr.write(f"{on_one_line(line)}\n")
    return code


def on_one_line(text: str) -> str:
    """Return a text in which nothing acts on a terminal or begins a line, which a CI system may take for a command."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


if __name__ == "__main__":
    try:
        ended = main(sys.argv[1:], os.environ)
    except KeyboardInterrupt:
        ended = _end(INTERRUPTED, "stopped")
    except Exception as error:  # noqa: BLE001  no traceback reaches a user
        ended = _end(FAULT, f"this is a fault of `enclave` itself ({type(error).__name__}: {error}); report it")
    sys.exit(ended)
