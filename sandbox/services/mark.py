"""The mark by which a sandbox's folder is known: nothing is ended or removed where it is missing.

Whoever removes a folder on a name alone removes whatever a typo or a variable names.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

from sandbox.files import read_whole, write_whole
from sandbox.layout import Layout
from sandbox.services.errors import NotASandboxError

MADE_BY: Final = "enclave sandbox start"
_LONGEST: Final = 10_000  # bytes; a mark is far shorter, and a file of this name may be anything


def claim(layout: Layout) -> None:
    """Make the folder a sandbox's. Raises NotASandboxError for one that holds something else."""
    check_free(layout)
    write_whole(layout.mark, json.dumps({"made_by": MADE_BY, "root": str(layout.root.resolve())}, indent=2) + "\n")


def check_free(layout: Layout) -> None:
    """Raise NotASandboxError for a folder that holds something else than a sandbox."""
    root = layout.root
    if root.is_symlink() and not root.exists():
        raise NotASandboxError(f"{root} is a link that leads nowhere; name a folder")
    if root.exists() and not root.is_dir():
        raise NotASandboxError(f"{root} is no folder; name a new or an empty one for the sandbox")
    if root.is_dir() and not is_marked(layout) and any(root.iterdir()):
        raise NotASandboxError(
            f"{root} is not empty, and its {layout.mark.name} does not say that a sandbox made it; "
            "name a new or an empty folder with --dir or $ENCLAVE_SANDBOX"
        )


def is_marked(layout: Layout) -> bool:
    """Return whether a sandbox was started in this folder, wherever the folder was then."""
    return _content(layout).get("made_by") == MADE_BY


def is_owned(layout: Layout) -> bool:
    """Return whether a sandbox was started in this very folder."""
    return is_marked(layout) and _content(layout).get("root") == str(layout.root.resolve())


def check_removable(directory: Path | str) -> Layout:
    """Return the layout of a folder that may be removed.

    Raises NotASandboxError for one that no sandbox made, a link, and one that the caller or this program is in.
    """
    layout = Layout.of(directory)
    root = layout.root
    real = root.resolve()
    if root.is_symlink():
        raise NotASandboxError(f"{root} is a link, so nothing was removed; name the folder itself: {real}")
    for inside, words in ((Path.cwd(), "you are in it"), (Path(__file__), "this program is in it")):
        if inside.resolve().is_relative_to(real):
            raise NotASandboxError(f"{real} is not removed, as {words}; name the sandbox's own folder")
    if not is_owned(layout):
        raise NotASandboxError(
            f"no sandbox made {real} (its {layout.mark.name} does not say so), so nothing was touched; "
            "name the folder of a sandbox with --dir or $ENCLAVE_SANDBOX, or remove it yourself"
        )
    return layout


def remove(layout: Layout) -> tuple[str, ...]:
    """Remove what sandboxes make in this folder, the mark last; return the names of what else is there, which stays."""
    for path in sorted(layout.root.iterdir(), key=lambda path: path == layout.mark):
        if path.name not in layout.names and not _is_draft(path.name, layout.names):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    kept = tuple(sorted(path.name for path in layout.root.iterdir()))
    if not kept:
        layout.root.rmdir()
    return kept


def _is_draft(name: str, names: frozenset[str]) -> bool:
    """Return whether a name is that of a file that was not finished (files.write_whole, pki.ensure)."""
    return name.startswith(".") and name[1:].rpartition(".")[0] in names


def _content(layout: Layout) -> dict[str, object]:
    try:
        if layout.mark.stat().st_size > _LONGEST:
            return {}
        content = json.loads(read_whole(layout.mark))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
