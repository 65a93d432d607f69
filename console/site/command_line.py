"""`enclave site`: what a site's next stage would change, which gates are open, and the one line that says it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from console import exit_codes
from console.options import Json, Stack  # noqa: TC001  typer reads them as it runs

site_commands = typer.Typer(
    help="Stages of a site: what the next one changes, and what is still open (docs/lifecycle.md).",
    no_args_is_help=True,
)

Site = Annotated[str, typer.Argument(help="a site of the stack")]
Write = Annotated[bool, typer.Option("--write", help="change the line in the declaration; absent: only show it")]


@site_commands.command(epilog=exit_codes.epilog("site promote"))
def promote(site: Site, stack: Stack, *, write: Write = False, json: Json = False) -> None:
    """Take a site on to its next stage: building, testing, live; one that drains goes back to live."""
    _step("promote", stack, site, write=write, json=json)


@site_commands.command(epilog=exit_codes.epilog("site drain"))
def drain(site: Site, stack: Stack, *, write: Write = False, json: Json = False) -> None:
    """Let a live site take nothing new."""
    _step("drain", stack, site, write=write, json=json)


@site_commands.command(epilog=exit_codes.epilog("site retire"))
def retire(site: Site, stack: Stack, *, write: Write = False, json: Json = False) -> None:
    """Declare a drained site retired, once nothing of it is protected any more (`enclave retire`)."""
    _step("retire", stack, site, write=write, json=json)


@site_commands.command(epilog=exit_codes.epilog("site accept"))
def accept(
    site: Site,
    stack: Stack,
    *,
    check: Annotated[str, typer.Option("--check", help="one of the law's (lifecycle.yaml: acceptance)")],
    who: Annotated[str, typer.Option("--as", metavar="NAME", help="your name in the law")],
    key: Annotated[
        str, typer.Option("--key", help="a PEM file (Ed25519), pkcs11:token=…;object=…?…, or awskms:KEY (P-256)")
    ],
    words: Annotated[str, typer.Option("--words", help="what was found, and where the papers are")],
    json: Json = False,
) -> None:
    """Sign that a site has passed one check, before it goes live."""
    from console.site.accepting import accept as accepted  # noqa: PLC0415
    from console.site.signed import Signed  # noqa: PLC0415

    raise typer.Exit(accepted(stack, site, Signed(check, who, key, words), datetime.now(UTC).date(), json=json))


def _step(command: str, stack: str, site: str, *, write: bool, json: bool) -> None:
    from console.site.commands import step  # noqa: PLC0415

    raise typer.Exit(step(command, stack, site, write=write, json=json))
