"""What the sandbox's stand-ins lack, so that a stack with it can be previewed there and not be created."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.declaration.arrivals import dial_ins
from located_yaml import Problem, ProblemsError, load

if TYPE_CHECKING:
    from pathlib import Path

    from components.declaration import Declaration


def refuse_what_they_lack(project: Path, stack: str, declaration: Declaration) -> None:
    """Refuse, before anything is created. Raises ProblemsError with the place of each."""
    if not declaration.sandbox or not (found := list(dial_ins(declaration))):
        return
    file = f"stacks/{stack}.yaml"
    document = load(project / file, shown_as=file)
    message = (
        "the sandbox's stand-in for AWS (moto) has no Client VPN; `enclave preview` judges it here, "
        "and to create it takes an account of AWS (a stack without 'sandbox: true')"
    )
    raise ProblemsError([Problem(document.position(one.at), message) for one, _ in found])
