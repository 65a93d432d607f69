"""`enclave inspect`: sign what gateways run, verify it, and list the approvals."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from console import exit_codes
from console.options import Day, Json, Stack  # noqa: TC001  typer reads them as it runs

inspect_commands = typer.Typer(
    help="Approvals: an inspector signs what gateways run (docs/approvals.md).", no_args_is_help=True
)


Folder = Annotated[
    Path | None, typer.Option("--dir", help="where the folders of approvals are; absent: stacks/approvals")
]


@inspect_commands.command(epilog=exit_codes.epilog("inspect sign"))
def sign(
    stack: Stack,
    *,
    who: Annotated[str, typer.Option("--as", metavar="NAME", help="your name in the law (inspectors.yaml)")],
    key: Annotated[
        str, typer.Option("--key", help="a PEM file (Ed25519), pkcs11:token=…;object=…?…, or awskms:KEY (P-256)")
    ],
    expires: Annotated[str, typer.Option("--expires", metavar="YYYY-MM-DD", help="the last day of the approval")],
    site: Annotated[list[str] | None, typer.Option("--site", help="only this site; give it again for each")] = None,
    gateway: Annotated[
        list[str] | None, typer.Option("--gateway", help="only this gateway; give it again for each")
    ] = None,
    finding: Annotated[
        list[str] | None,
        typer.Option("--finding", metavar="SEVERITY:ID[:WORDS]", help="what you found and let pass; again for each"),
    ] = None,
    folder: Folder = None,
    json: Json = False,
) -> None:
    """Sign each gateway of a stack as it compiles now: image, configuration and commit, until a day."""
    from console.inspect.signing import Order  # noqa: PLC0415
    from console.inspect.signing import sign as signed  # noqa: PLC0415

    order = Order(who, key, expires, site or (), gateway or (), finding or ())
    raise typer.Exit(signed(stack, order, folder, datetime.now(UTC), json=json))


@inspect_commands.command(epilog=exit_codes.epilog("inspect verify"))
def verify(stack: Stack, *, as_of: Day = None, folder: Folder = None, json: Json = False) -> None:
    """Say of each gateway of a stack whether it is approved as it compiles now."""
    from console.inspect.verifying import verify as verified  # noqa: PLC0415

    raise typer.Exit(verified(stack, as_of, folder, json=json))


@inspect_commands.command("list", epilog=exit_codes.epilog("inspect list"))
def list_(stack: Stack, *, as_of: Day = None, folder: Folder = None, json: Json = False) -> None:
    """List the approvals of a stack, and what each counts for."""
    from console.inspect.verifying import list_ as listed  # noqa: PLC0415

    raise typer.Exit(listed(stack, as_of, folder, json=json))
