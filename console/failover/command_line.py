"""`enclave failover`: copy, and verify what was copied."""

from __future__ import annotations

from typing import Annotated

import typer

from console import exit_codes
from console.options import Json, Stack  # noqa: TC001  typer reads them as it runs
from console.wave.command_line import Copier, Declared, Key  # noqa: TC001

failover_commands = typer.Typer(
    help="Failover: what must survive the loss of a site is copied to another, and compared (docs/failover.md).",
    no_args_is_help=True,
)
Names = Annotated[
    list[str] | None, typer.Argument(metavar="[REPLICA]...", help="replicas that the stack declares; absent: all")
]


@failover_commands.command(epilog=exit_codes.epilog("failover sync"))
def sync(
    stack: Stack, replicas: Names = None, *, rclone: Copier = None, declaration: Declared = None, json: Json = False
) -> None:
    """Copy once what the copies lack; nothing is overwritten or removed. A scheduler runs it as often as declared."""
    from console.failover import commands  # noqa: PLC0415

    raise typer.Exit(commands.sync(stack, replicas or [], declaration, rclone, json=json))


@failover_commands.command(epilog=exit_codes.epilog("failover verify"))
def verify(
    stack: Stack, replicas: Names = None, *, key: Key = None, declaration: Declared = None, json: Json = False
) -> None:
    """Read every version on both sides, name what is missing, older or different, and sign what is in order."""
    from console.failover import commands  # noqa: PLC0415

    raise typer.Exit(commands.verify(stack, replicas or [], declaration, key, json=json))
