"""`enclave access`: ask for a grant, approve it, revoke it, and list them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from console import exit_codes
from console.options import Json, Stack  # noqa: TC001  typer reads them as it runs

access_commands = typer.Typer(
    help="Just-in-time grants: who may reach what for a while (docs/access.md).", no_args_is_help=True
)
Id = Annotated[str, typer.Argument(metavar="ID", help="the grant's id, which `enclave access list` tells")]
Key = Annotated[Path, typer.Option("--key", help="your Ed25519 private key (PEM, without a passphrase)")]
Folder = Annotated[Path | None, typer.Option("--dir", help="the folder of the grants; absent: stacks/grants/STACK")]
Approver = Annotated[str, typer.Option("--as", metavar="NAME", help="your name under `approvers` of the declaration")]


@access_commands.command(epilog=exit_codes.epilog("access request"))
def request(
    stack: Stack,
    *,
    who: Annotated[str, typer.Option("--as", metavar="NAME", help="you, as the identity provider names you")],
    gateway: Annotated[str, typer.Option("--gateway", help="the gateway to pass")],
    site: Annotated[list[str], typer.Option("--site", help="a site of it; give it again for each")],
    class_: Annotated[list[str], typer.Option("--class", help="a class of data; give it again for each")],
    purpose: Annotated[str, typer.Option("--purpose", help="a declared purpose")],
    ticket: Annotated[str, typer.Option("--ticket", help="the ticket that says why")],
    minutes: Annotated[int, typer.Option("--minutes", help="how long: up to 240, by break-glass up to 120")],
    begins: Annotated[
        str | None, typer.Option("--begins", metavar="TIME", help="such as 2026-11-29T16:00:00Z; absent: now")
    ] = None,
    break_glass: Annotated[
        bool, typer.Option("--break-glass", help="an emergency: two approve, and the inspector is alerted")
    ] = False,
    folder: Folder = None,
) -> None:
    """Write a request for a grant; it counts for nothing until somebody else approves it."""
    from console.access.commands import request as requested  # noqa: PLC0415

    asked = {
        "requester": who,
        "gateway": gateway,
        "sites": sorted(set(site)),
        "classes": sorted(set(class_)),
        "purpose": purpose,
        "ticket": ticket,
        "minutes": minutes,
        "break_glass": break_glass,
    }
    raise typer.Exit(requested(stack, asked, begins, folder, datetime.now(UTC)))


@access_commands.command(epilog=exit_codes.epilog("access reversal"))
def reversal(
    stack: Stack,
    *,
    who: Annotated[str, typer.Option("--as", metavar="NAME", help="you, as the identity provider names you")],
    flow: Annotated[str, typer.Option("--flow", help="the leaving flow whose tokens they are")],
    epoch: Annotated[str, typer.Option("--epoch", help="the epoch of the run that made them")],
    most: Annotated[int, typer.Option("--most", help="how many tokens: up to 1000")],
    purpose: Annotated[str, typer.Option("--purpose", help="a purpose that the flow names for it")],
    ticket: Annotated[str, typer.Option("--ticket", help="the ticket that says why")],
    minutes: Annotated[int, typer.Option("--minutes", help="how long: up to 240")],
    token: Annotated[
        list[str] | None, typer.Option("--token", help="a token; give it again for each. Absent: any of the epoch")
    ] = None,
    folder: Folder = None,
) -> None:
    """Write a request to turn tokens back (docs/leaving.md); it counts for nothing until somebody else approves it."""
    from console.access.reversal import request as requested  # noqa: PLC0415

    asked = {
        "requester": who,
        "flow": flow,
        "epoch": epoch,
        "most": most,
        "tokens": sorted(set(token or ())),
        "purpose": purpose,
        "ticket": ticket,
        "minutes": minutes,
    }
    raise typer.Exit(requested(stack, asked, folder, datetime.now(UTC)))


@access_commands.command(epilog=exit_codes.epilog("access approve"))
def approve(stack: Stack, grant: Id, *, who: Approver, key: Key, folder: Folder = None) -> None:
    """Sign a request, or add the second signature of a break-glass grant."""
    from console.access.commands import Signer  # noqa: PLC0415
    from console.access.commands import approve as approved  # noqa: PLC0415

    raise typer.Exit(approved(stack, grant, Signer(who, key), folder, datetime.now(UTC)))


@access_commands.command(epilog=exit_codes.epilog("access revoke"))
def revoke(stack: Stack, grant: Id, *, who: Approver, key: Key, folder: Folder = None) -> None:
    """Sign that a grant counts no longer."""
    from console.access.commands import Signer  # noqa: PLC0415
    from console.access.commands import revoke as revoked  # noqa: PLC0415

    raise typer.Exit(revoked(stack, grant, Signer(who, key), folder, datetime.now(UTC)))


@access_commands.command("list", epilog=exit_codes.epilog("access list"))
def list_(
    stack: Stack,
    *,
    json: Json = False,
    folder: Folder = None,
) -> None:
    """List the grants of a stack with the state of each."""
    from console.access.listing import listing  # noqa: PLC0415

    raise typer.Exit(listing(stack, folder, datetime.now(UTC), json=json))


@access_commands.command("export", epilog=exit_codes.epilog("access export"))
def export(
    stack: Stack,
    *,
    gateway: Annotated[str, typer.Option("--gateway", help="the gateway whose table it is")],
    route: Annotated[str, typer.Option("--route", help="a declared route: each has an endpoint of its own")],
    purpose: Annotated[str, typer.Option("--purpose", help="a declared purpose: each has an endpoint of its own")],
    provider: Annotated[
        str, typer.Option("--provider", metavar="NAME", help="the policy reference name of the trust provider")
    ],
) -> None:
    """Print a gateway's table as the Cedar policy of an AWS Verified Access endpoint."""
    from console.access.exporting import export as done  # noqa: PLC0415

    raise typer.Exit(done(stack, gateway, route, purpose, provider))
