"""The `enclave` command. Exit codes: 0 all is well, 1 refused or failed, 2 bad input."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from console.gate.engine import EngineError, EngineMissingError
from located_yaml import ProblemsError

app = typer.Typer(
    help="Provision data enclaves, and refuse whatever lies outside the approved jurisdictions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
bad_input = 2
# A real stack needs neither moto nor the tools of the sandbox (`pip install enclave[sandbox]`).
sandbox_installed = all(find_spec(package) for package in ("filelock", "psutil", "moto"))

Stack = Annotated[str, typer.Argument(help="a declaration in stacks/, without .yaml")]
Packs = Annotated[
    list[Path] | None, typer.Option("--policy-pack", help="one more policy pack; those in policy-packs/ always run")
]
Json = Annotated[bool, typer.Option("--json", help="print the verdict as JSON")]


@app.command()
def preview(stack: Stack, policy_pack: Packs = None, json: Json = False) -> None:
    """Plan a stack and judge the plan with every policy pack; nothing is created."""
    from console.gate import commands  # noqa: PLC0415  each command imports what it needs: `--help` is quick

    raise typer.Exit(commands.preview(stack, policy_pack or [], json=json))


@app.command()
def up(
    stack: Stack,
    policy_pack: Packs = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    json: Json = False,
) -> None:
    """Plan a stack, judge the plan, and provision only what was judged green."""
    from console.gate import commands  # noqa: PLC0415

    raise typer.Exit(commands.up(stack, policy_pack or [], yes=yes, json=json))


@app.command()
def doctor(
    folder: Annotated[Path, typer.Option("--dir", envvar="ENCLAVE_SANDBOX", help="the sandbox's folder")] = Path(
        ".sandbox"
    ),
) -> None:
    """Say how the tools and the sandbox are, and what to do about each problem."""
    from console.doctor import examine  # noqa: PLC0415

    raise typer.Exit(examine(folder.resolve()))


def user_errors() -> tuple[type[Exception], ...]:
    """Return the errors whose text is meant for the user; those of the sandbox only where it is installed."""
    if not sandbox_installed:
        return ()
    from sandbox.register import NoSandboxError  # noqa: PLC0415
    from sandbox.services.errors import SandboxError  # noqa: PLC0415
    from sandbox.toolchain import ToolchainError  # noqa: PLC0415

    return NoSandboxError, SandboxError, ToolchainError


if sandbox_installed:
    from console.sandbox_commands import sandbox_commands

    app.add_typer(sandbox_commands, name="sandbox")


def main() -> None:
    """Run the command; a user sees one message, never a traceback (`ENCLAVE_DEBUG=1` shows it)."""
    try:
        app()
    except (ProblemsError, EngineMissingError) as error:
        _end(str(error), bad_input)
    except EngineError as error:
        _end(str(error), 1)
    except KeyboardInterrupt:
        _end("stopped", 130)
    except Exception as error:
        if os.environ.get("ENCLAVE_DEBUG"):
            raise
        _end(_text(error), 1)


def _text(error: Exception) -> str:
    if isinstance(error, user_errors()):
        return str(error)
    return (
        f"this is a fault in `enclave` itself ({type(error).__name__}: {error}); "
        "set ENCLAVE_DEBUG=1 to see where, and report it"
    )


def _end(message: str, code: int) -> None:
    typer.echo(message, err=True)
    raise SystemExit(code)
