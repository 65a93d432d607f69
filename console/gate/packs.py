"""The policy packs of this repository, and what each promises to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.judging.promise import Promise, read_promise

from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

project_file = "PulumiPolicy.yaml"


def find_packs(folder: Path) -> list[Path]:
    """Return the folders of all packs below ``folder``, sorted."""
    return sorted(file.parent for file in folder.glob(f"*/{project_file}"))


def promises(packs: Iterable[Path]) -> dict[str, Promise]:
    """Return the rules that each pack promises, by the pack's folder name (its name to the engine)."""
    return {pack.name: _promise(pack) for pack in packs}


def _promise(pack: Path) -> Promise:
    try:
        return read_promise(pack)
    except ProblemsError:
        return Promise()
