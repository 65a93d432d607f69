"""Where what somebody signed for a stack lies: inspectors' approvals, and below them what was accepted of each site."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from enclave_policies.law import Law

PROJECT: Final = Path(__file__).parents[3] / "stacks" / "approvals"
OF_A_SANDBOX: Final = Path("inspector") / "approvals"


def folders(law: Law) -> tuple[Path, ...]:
    """Return the folders that hold a folder for each stack."""
    if law.approvals is not None:
        return law.approvals
    sandbox = os.environ.get("ENCLAVE_SANDBOX") if law.stand_in_inspectors else None
    return (PROJECT, *([Path(sandbox) / OF_A_SANDBOX] if sandbox else []))


def folders_of(stack: str, law: Law) -> list[Path]:
    """Return the folders of a stack; those of all stacks where nobody says which."""
    return [each for folder in folders(law) for each in ([folder / stack] if stack else _inside(folder))]


def _inside(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
