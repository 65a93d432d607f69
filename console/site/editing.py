"""Change the stage of one site in a declaration's text, and not a letter else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.declaration_edit import with_value

if TYPE_CHECKING:
    from pathlib import Path

    from console.declaration_edit import Edit


def with_stage(file: Path, site: str, stage: str) -> Edit:
    """Return the declaration with a site at another stage. Raises ProblemsError where no line says the stage."""
    return with_value(file, ("sites", site, "lifecycle"), stage)
