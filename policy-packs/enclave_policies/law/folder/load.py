"""Load a law: once per process and content."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from enclave_policies.law.folder.stamps import real, stamp_of

if TYPE_CHECKING:
    from enclave_policies.law.folder.stamps import Stamp
    from enclave_policies.law.model import Law

SHIPPED = Path(__file__).parents[3] / "jurisdiction"


def load_law(pack_dir: Path | None = None, overlay: Path | None = None, *, as_of: date | None = None) -> Law:
    """Return the law of a pack, read once per process and content.

    The law is the pack's folder ``law``; files in ``law/local`` add to it. ``pack_dir`` defaults to the shipped
    jurisdiction pack, ``overlay`` to ``$ENCLAVE_SANDBOX/law.yaml`` where that exists, ``as_of`` (the day that is judged
    for) to today in UTC. Raises ProblemsError with every problem of every file at once.
    """
    pack = real(pack_dir or SHIPPED)
    chosen = overlay or _overlay_of_the_sandbox()
    day = as_of or datetime.now(UTC).date()
    return _load(pack, chosen, day, _stamp(pack / "law", chosen))


def _overlay_of_the_sandbox() -> Path | None:
    sandbox = os.environ.get("ENCLAVE_SANDBOX")
    if not sandbox:
        return None
    file = Path(sandbox) / "law.yaml"
    return file if file.exists() else None


def _stamp(folder: Path, overlay: Path | None) -> Stamp:
    return stamp_of([*folder.rglob("*"), *([] if overlay is None else [overlay])])


@lru_cache(maxsize=8)
def _load(pack: Path, overlay: Path | None, day: date, _stamp: Stamp) -> Law:
    from enclave_policies.law.folder.read import read_law  # noqa: PLC0415 (a YAML parser, which not every import needs)

    return read_law(pack / "law", overlay, day)
