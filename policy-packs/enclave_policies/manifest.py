"""Which rules a pack must run: the list beside the pack, which a gate compares with what really ran."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints, ValidationError

import located_yaml
from enclave_policies.law_files import Strict
from located_yaml import Problem, ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "rules.yaml"
RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Manifest(Strict):
    """rules.yaml: the names of a pack's rules."""

    rules: Annotated[list[RuleName], Field(min_length=1)]


def rule_names(pack_dir: Path) -> frozenset[str]:
    """Return the names of all rules that the pack in ``pack_dir`` promises to run (never empty).

    Raises ProblemsError when the list is missing, empty or malformed.
    """
    document = located_yaml.load(pack_dir / FILE)
    try:
        manifest = Manifest.model_validate(document.data)
    except ValidationError as error:
        raise ProblemsError(
            Problem(document.position(tuple(details["loc"])), f"{details['msg']}: a pack lists its rules by name")
            for details in error.errors()
        ) from None
    return frozenset(manifest.rules)
