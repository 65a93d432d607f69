"""What a sandbox's stand-in inspector does for watches that run by themselves: it writes down what was approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.declaration.connections import watches
from console.gate.exporting import exported
from console.gate.stack import engine_for
from console.inspect.subjects import inspection
from console.watch.approvals import approvals_of
from console.watch.approving import approved_of
from hosts.watch.approved import as_text
from hosts.watch.main import of_site
from hosts.watch.starting import approved_key

if TYPE_CHECKING:
    from components.declaration import Declaration
    from sandbox.layout import Layout


def hand_over(stack: str, declaration: Declaration, layout: Layout) -> None:
    """Put the document of each watched site into its receiver's store. Raises EngineError where there is no state."""
    from sandbox.gateways.receiver import keep  # noqa: PLC0415  a real stack needs no sandbox installed
    from sandbox.register import read  # noqa: PLC0415

    if not watches(declaration):
        return
    approved = approved_of(
        declaration, exported(engine_for(stack, declaration, [])), approvals_of(inspection(stack, None, None)), {}
    )
    endpoint = read(layout.register).aws_endpoint
    for name, watched in watches(declaration).items():
        if any(site.name == name for site in approved.sites):
            keep(endpoint, watched.receiver.bucket, approved_key(name), as_text(of_site(approved, name)))
