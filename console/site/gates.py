"""What must be done before a site may take a step: each open gate is one sentence."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access.acceptance import Wanted, command, lacking

from components.declaration import load_declaration
from console.inspect.subjects import law_of
from console.site_state import protected
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from components.declaration import Declaration
    from console.declaration_edit import Edit

SHOWN: Final = 3
"""Resources that a gate names."""


def of_the_declaration(edit: Edit) -> Iterator[str]:
    """Yield what the declaration would say against itself with the changed line."""
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "declaration.yaml"
        draft.write_text(edit.text, encoding="utf-8")
        try:
            load_declaration(draft)
        except ProblemsError as error:
            name = edit.where.rpartition(":")[0]
            yield from (f"{name}:{each.position.line}: {each.message}" for each in error.problems)


def of_acceptance(declaration: Declaration, stack: str, site: str) -> Iterator[str]:
    """Yield each check that nobody whom the law lists has accepted."""
    law = law_of(declaration, None)
    wanted = Wanted(declaration.enclave, stack, site, real=not declaration.sandbox)
    for gate in lacking(law, wanted):
        yield f"{gate.check} ({gate.asked.asks}): {gate.why}; {command(wanted, law, gate.check)}"


def of_the_state(deployment: Mapping[str, Any], stack: str, site: str) -> Iterator[str]:
    """Yield what of a site is still protected in the stack's state."""
    left = [each for each in protected(deployment) if each.site == site]
    if left:
        names = f"{', '.join(each.name for each in left[:SHOWN])}{' …' if left[SHOWN:] else ''}"
        yield (
            f"{len(left)} resources of it are protected, as they hold data or keys ({names}); "
            f"`enclave retire {stack} {site}` says what is in them and lets them go"
        )
