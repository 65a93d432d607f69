"""What a sandbox's stand-in inspector does: it signs whatever it is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from components.declaration.words import listed
from console import terminal
from console.argument_problem import argument_problem
from console.exit_codes import GOOD
from console.gate import stack as stacks
from console.inspect.acceptances import accepted_by_stand_in
from console.inspect.signing import Order, signed
from console.inspect.source import source_of
from console.inspect.subjects import inspection, sandbox_folder
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from datetime import datetime

DAYS: Final = 90
SIGNER: Final = "the sandbox's stand-in inspector, who signs whatever it is shown"


def approve(stack: str, now: datetime) -> int:
    """Sign every gateway of a sandbox's stack as it compiles now, in the place of what was signed before.

    Checks of sites that are live or may go live are signed, too, where nobody has.
    """
    from sandbox.layout import Layout  # noqa: PLC0415  a real stack needs no sandbox installed
    from sandbox.services import inspector  # noqa: PLC0415

    if not stacks.declared(stack).sandbox:
        message = (
            f"the stack '{stack}' is real, and a stand-in approves nothing real; `enclave inspect sign` is for you"
        )
        raise ProblemsError([argument_problem("STACK", message)])
    found = inspection(stack, now.date(), None)
    sandbox = sandbox_folder()
    sites = accepted_by_stand_in(stack, found.declaration, sandbox)
    if sites:
        terminal.out([f"{SIGNER}, has accepted {listed(sites)} of {stack}"])
    if not found.wanted:
        terminal.out([f"{stack} has no gateway, so nothing needs an approval"])
        return GOOD
    key = inspector.key_file(Layout.of(sandbox))
    order = Order(inspector.NAME, str(key), (now.date() + timedelta(DAYS)).isoformat())
    files = signed(found, order, source_of(stacks.project, stack), now)
    for file in (found.folder / stack).glob("*.json"):
        if file not in files:
            file.unlink()
    where = listed([f"{terms.site}/{terms.gateway}" for terms in files.values()])
    terminal.out([f"{SIGNER}, has approved {where} of {stack}"])
    return GOOD
