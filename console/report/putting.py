"""A bundle in its folder: whole or not at all, and in nobody's place but an older bundle's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from console import whole_folder
from console.recording.kept import shown
from evidence.bundle.contents import ENVELOPE
from evidence.bundle.statement import KIND, StatementError, read_statement
from hosts.gateway import dsse
from hosts.gateway.dsse import EnvelopeError
from located_yaml import Position, Problem, ProblemsError
from located_yaml.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put a bundle in the place of an older one. Raises ProblemsError; then everything is as it was before."""
    try:
        if problem := _in_the_way(folder, files):
            raise ProblemsError([Problem(Position(shown(folder), 1, 1), problem)])
        whole_folder.put(folder, files)
    except OSError as error:
        problem = f"the bundle cannot be written there ({error.strerror or error}); make room, or name another folder"
        raise ProblemsError([Problem(Position(shown(folder), 1, 1), problem)]) from None


def _in_the_way(folder: Path, files: Mapping[str, bytes]) -> str | None:
    """Return why a bundle may not stand in a folder's place: what is there is somebody's, and would be lost."""
    if folder.is_symlink():
        return "is a link; name the folder that it leads to, or another one"
    if not folder.exists():
        return None
    if not folder.is_dir() or (not (folder / ENVELOPE).is_file() and any(folder.iterdir())):
        return "holds something else than a bundle, which would be lost; name another folder"
    own = {*files, ENVELOPE, *_signed(folder / ENVELOPE)}
    more = sorted(
        Path(where, name).relative_to(folder).as_posix()
        for where, _, names in os.walk(folder)
        for name in names
        if Path(where, name).relative_to(folder).as_posix() not in own
    )
    if more:
        return f"holds '{more[0]}' beside a bundle, which would be lost; move it away, or name another folder"
    return None


def _signed(envelope: Path) -> frozenset[str]:
    """Return the files that an older bundle names as its own, whoever signed it."""
    try:
        return frozenset(read_statement(dsse.opened(read_bytes(envelope, str(envelope)), KIND).payload)["digests"])
    except (ProblemsError, EnvelopeError, StatementError):
        return frozenset()
