"""`enclave wave`: plan, run, verify, cut over, purge, and tell how far it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console import exit_codes
from console.options import Day, Json, Stack  # noqa: TC001  typer reads them as it runs

wave_commands = typer.Typer(
    help="Waves: data moves from a transitional site into the enclave (docs/migration.md).", no_args_is_help=True
)
Name = Annotated[str, typer.Argument(metavar="WAVE", help="a wave that the stack declares")]
Declared = Annotated[
    Path | None, typer.Option("--declaration", help="where the stack is declared; absent: stacks/STACK.yaml")
]
Copier = Annotated[
    Path | None, typer.Option("--rclone", envvar="ENCLAVE_RCLONE", help="the copier's program; absent: on PATH")
]
Key = Annotated[
    str | None, typer.Option("--key", help="a PEM file (Ed25519), pkcs11:token=…;object=…?…, or awskms:KEY (P-256)")
]
Yes = Annotated[bool, typer.Option("--yes", help="do not ask")]


@wave_commands.command(epilog=exit_codes.epilog("wave plan"))
def plan(
    stack: Stack,
    wave: Name,
    *,
    versions: Annotated[int, typer.Option("--versions", min=1, help="the most versions in a part")] = 100_000,
    size: Annotated[int, typer.Option("--bytes", min=1, help="the most bytes in a part")] = 10**12,
    write: Annotated[bool, typer.Option("--write", help="name the plan in the declaration, for workers")] = False,
    declaration: Declared = None,
    json: Json = False,
) -> None:
    """Count what is at the source, every version of it, and cut it into parts; nothing is copied."""
    from console.wave import commands  # noqa: PLC0415

    raise typer.Exit(commands.plan(stack, wave, declaration, most=(versions, size), write=write, json=json))


@wave_commands.command(epilog=exit_codes.epilog("wave run"))
def run(stack: Stack, wave: Name, *, rclone: Copier = None, declaration: Declared = None, json: Json = False) -> None:
    """Copy what the target lacks, let S3 do it, or note what workers have; what was killed goes on where it stopped."""
    from console.wave import commands  # noqa: PLC0415

    raise typer.Exit(commands.run(stack, wave, declaration, rclone, json=json))


@wave_commands.command(epilog=exit_codes.epilog("wave verify"))
def verify(stack: Stack, wave: Name, *, key: Key = None, declaration: Declared = None, json: Json = False) -> None:
    """Read every version on both sides, compare their hashes, and sign the manifest if they are equal."""
    from console.wave import commands  # noqa: PLC0415

    raise typer.Exit(commands.verify(stack, wave, declaration, key, json=json))


@wave_commands.command("cut-over", epilog=exit_codes.epilog("wave cut-over"))
def cut_over(
    stack: Stack,
    wave: Name,
    *,
    write: Annotated[bool, typer.Option("--write", help="make the edit in the declaration")] = False,
    declaration: Declared = None,
    json: Json = False,
) -> None:
    """Show the edit by which readers switch to the target, or note that it is made; no cloud is changed."""
    from console.wave import commands  # noqa: PLC0415

    raise typer.Exit(commands.cut_over(stack, wave, declaration, write=write, json=json))


@wave_commands.command(epilog=exit_codes.epilog("wave purge"))
def purge(
    stack: Stack, wave: Name, *, key: Key = None, yes: Yes = False, declaration: Declared = None, json: Json = False
) -> None:
    """Remove what is proved to be at the target, all versions and replicas; a listing shows that nothing is left."""
    from console.wave import commands  # noqa: PLC0415

    raise typer.Exit(commands.purge(stack, wave, declaration, key, yes=yes, json=json))


@wave_commands.command(epilog=exit_codes.epilog("wave status"))
def status(stack: Stack, wave: Name, *, as_of: Day = None, declaration: Declared = None, json: Json = False) -> None:
    """Say how far a wave is, and list the source: what is left there after its day is refused, and named."""
    from console.wave import commands  # noqa: PLC0415

    raise typer.Exit(commands.status(stack, wave, declaration, as_of, json=json))
