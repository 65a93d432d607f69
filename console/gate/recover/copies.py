"""A state that is kept in a file: whether it can be read, and the last good copy of it that the engine kept.

Source: engine 3.259, pkg/backend/diy/state.go: ``.pulumi/stacks/PROJECT/STACK.json``, ``.bak`` beside it is the file
before its last change, and ``.pulumi/history/PROJECT/STACK/*.checkpoint.json`` what each finished update ended with.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from enclave_policies.resources.export import export_of

from located_yaml import ProblemsError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Broken:
    """A state file that cannot be read, why, and the copy that takes its place; None where there is no good one."""

    file: Path
    why: str
    copy: Path | None


def folder_of(backend: str) -> str | None:
    """Return the folder of a backend that keeps its state in files, None for any other."""
    parts = urlsplit(backend)
    return unquote(parts.netloc + parts.path) if parts.scheme == "file" else None


def broken(state: Path, project: str, stack: str) -> Broken | None:
    """Return what is wrong with the file of a stack's state; None where it is good, or not there."""
    folder = state / ".pulumi"
    file = folder / "stacks" / project / f"{stack}.json"
    if not file.exists() or (why := _why_broken(file)) is None:
        return None
    history = sorted((folder / "history" / project / stack).glob("*.checkpoint.json"), reverse=True)
    copies = (file.with_name(f"{file.name}.bak"), *history)
    return Broken(file, why, next((copy for copy in copies if copy.exists() and _why_broken(copy) is None), None))


def _why_broken(file: Path) -> str | None:
    try:
        document: Any = json.loads(file.read_text(encoding="utf-8"))
        deployment = document["checkpoint"]["latest"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        return f"it is no whole JSON document of a state ({type(error).__name__})"
    if deployment is None:  # a stack that was made and never updated
        return None
    try:
        export_of(json.dumps({"version": document["version"], "deployment": deployment}).encode(), str(file))
    except ProblemsError as error:
        return str(error.problems[0].message)
    return None


def restore(found: Broken) -> Path:
    """Put the good copy in the place of the broken file, and return where the broken one is kept."""
    if found.copy is None:
        raise ValueError(f"there is no copy of {found.file}")
    aside = found.file.with_name(f"{found.file.name}.broken-{time.time_ns()}")
    shutil.copy2(found.file, aside)
    fresh = found.file.with_name(f"{found.file.name}.restored")
    shutil.copy2(found.copy, fresh)
    with fresh.open("rb") as stream:
        os.fsync(stream.fileno())
    fresh.replace(found.file)
    return aside


def half_written(state: Path, project: str, stack: str) -> tuple[Path, ...]:
    """Return what a killed engine had not finished writing beside the state: the engine can do without each of them.

    Source: gocloud.dev/blob/fileblob, which writes ``FILE.attrs`` (sums and types) and ``FILE.*.tmp``, then renames.
    """
    folder = state / ".pulumi" / "stacks" / project
    notes = (folder / f"{stack}.json.attrs", folder / f"{stack}.json.bak.attrs")
    return (
        *(note for note in notes if note.exists() and not _is_json(note)),
        *sorted(folder.glob(f"{stack}.json*.tmp")),
    )


def _is_json(file: Path) -> bool:
    try:
        json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return True
