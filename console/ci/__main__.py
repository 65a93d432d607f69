"""What the jobs of a continuous integration run.

`python -m console.ci judge COMMIT [FOLDER]`: judge what changed since a commit, as far as it reaches real stacks.
`python -m console.ci standing FOLDER [LAST]`: judge what stands now, and compare with the last run's folder.
Both leave bundles and results in FOLDER; `console.ci.telling` tells people of them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from console import terminal
from console.ci import results
from console.ci.bundles import Bundles
from console.ci.commands import judge_change
from console.ci.keys import signing_key
from console.ci.page import summary
from console.ci.standing import judge_standing
from console.exit_codes import BAD_INPUT, INTERRUPTED
from console.main import ending

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.ci.results import Results


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Do one of them, leave what it came to, and return the exit code. Raises ProblemsError."""
    command, *rest = arguments or [""]
    if not (command == "judge" and len(rest) in (1, 2)) and not (command == "standing" and len(rest) in (1, 2)):
        terminal.err("usage: python -m console.ci judge COMMIT [FOLDER] | standing FOLDER [LAST]")
        return BAD_INPUT
    if command == "judge":
        # what a change makes is signed by nobody: its author could sign anything with the key
        bundles = Bundles(Path(rest[1]) if rest[1:] else None)
        bundles.clear()
        found = judge_change(rest[0], environment, bundles)
    else:
        key, note = signing_key(environment)
        bundles = Bundles(Path(rest[0]), key)
        bundles.clear()
        found = judge_standing(environment, bundles, Path(rest[1]) if rest[1:] else None, note)
    _left(found, bundles.folder, environment)
    return found.code


def _left(found: Results, folder: Path | None, environment: Mapping[str, str]) -> None:
    """Leave the results for later steps, and on the page of the job."""
    if folder is None:
        return
    results.write(found, folder)
    if page := environment.get("GITHUB_STEP_SUMMARY"):
        with Path(page).open("a", encoding="utf-8") as stream:
            stream.write(summary(found, folder))


if __name__ == "__main__":
    terminal.begin()
    try:
        code = main(sys.argv[1:], os.environ)
    except KeyboardInterrupt:
        terminal.err("stopped")
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001  no traceback reaches a user
        code, lines = ending(error)
        terminal.err(*lines)
    sys.exit(code)
