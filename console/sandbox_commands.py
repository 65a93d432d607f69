"""`enclave sandbox`: start, stop and remove the local stand-ins of the clouds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from console import exit_codes, terminal

default_folder = Path(__file__).resolve().parents[1] / ".sandbox"
Folder = Annotated[Path, typer.Option("--dir", envvar="ENCLAVE_SANDBOX", help="the sandbox's folder")]
sandbox_commands = typer.Typer(
    help="The local stand-ins: moto for AWS, a control plane for Kubernetes.", no_args_is_help=True
)


@sandbox_commands.command(epilog=exit_codes.epilog("sandbox start"))
def start(folder: Folder = default_folder) -> None:
    """Start the sandbox, or whatever of it is not running."""
    from sandbox.layout import Layout  # noqa: PLC0415
    from sandbox.services import encryption, mark  # noqa: PLC0415  only these commands need a sandbox
    from sandbox.services.sandbox import start as start_services  # noqa: PLC0415
    from sandbox.toolchain import Progress, ensure  # noqa: PLC0415

    mark.check_free(Layout.of(folder))  # before the tools, which take their time
    with Progress() as progress:
        tools = ensure(progress)
        with progress.step("starting the sandbox", "about 10 s"):
            register = start_services(folder, tools)
    clusters = ", ".join(f"{name} at {cluster.server}" for name, cluster in register.kubernetes.items())
    terminal.out([f"stand-ins: AWS at {register.aws_endpoint}, Kubernetes {clusters}; enter with `. sandbox/activate`"])
    terminal.out([encryption.words(Layout.of(folder))])


@sandbox_commands.command(epilog=exit_codes.epilog("sandbox approve"))
def approve(stack: Annotated[str, typer.Argument(help="a declaration in stacks/ with sandbox: true")]) -> None:
    """Let the stand-in inspector, who signs whatever it is shown, sign what a declaration compiles to."""
    from console.inspect.stand_in import approve as approved  # noqa: PLC0415

    raise typer.Exit(approved(stack, datetime.now(UTC)))


@sandbox_commands.command(epilog=exit_codes.epilog("sandbox gateways"))
def gateways(
    stack: Annotated[str, typer.Argument(help="the stack whose sites say which of them live")] = "local",
    folder: Folder = default_folder,
) -> None:
    """Run the gateways of all sites that live or are tested, as the stand-ins hold them."""
    from console.gate.stack import declared  # noqa: PLC0415
    from console.watch.stand_in import hand_over  # noqa: PLC0415
    from sandbox.gateways.services import start as start_gateways  # noqa: PLC0415
    from sandbox.layout import Layout  # noqa: PLC0415
    from sandbox.toolchain import Progress  # noqa: PLC0415

    declaration = declared(stack)
    sites = declaration.sites
    hand_over(stack, declaration, Layout.of(folder))
    living = frozenset(name for name, site in sites.items() if site.lifecycle in ("live", "testing"))
    with Progress() as progress, progress.step("starting the gateways", "about 5 s"):
        running, problems = start_gateways(Layout.of(folder), living)
    terminal.out(
        f"gateway {each.gateway} of {each.site}: 127.0.0.1:{each.port}, bundle sha256 {each.digest[:16]}"
        for each in running
    )
    terminal.out(problems)
    if problems:
        raise typer.Exit(exit_codes.REFUSED)


@sandbox_commands.command(epilog=exit_codes.epilog("sandbox status"))
def status(folder: Folder = default_folder) -> None:
    """Say how each stand-in is, and which gateway somebody changed behind our back."""
    from console.doctor import services as shown  # noqa: PLC0415
    from sandbox.gateways.services import troubles  # noqa: PLC0415
    from sandbox.layout import Layout  # noqa: PLC0415
    from sandbox.services.status import status as status_of  # noqa: PLC0415

    problems = [f"{problem}; {remedy}" for problem, remedy in shown(folder, status_of(folder))]
    problems += troubles(Layout.of(folder))
    terminal.out([*(f"problem: {each}" for each in problems), f"{len(problems)} problems"] if problems else ["well"])
    if problems:
        raise typer.Exit(exit_codes.REFUSED)


@sandbox_commands.command(epilog=exit_codes.epilog("sandbox stop"))
def stop(folder: Folder = default_folder) -> None:
    """Stop the sandbox; AWS's stand-in forgets everything, Kubernetes does not."""
    from sandbox.layout import Layout  # noqa: PLC0415
    from sandbox.services import mark  # noqa: PLC0415
    from sandbox.services.sandbox import stop as stop_services  # noqa: PLC0415

    mark.check_free(Layout.of(folder))
    stop_services(folder)
    terminal.out([f"the sandbox in {folder} is stopped"])


@sandbox_commands.command(epilog=exit_codes.epilog("sandbox down"))
def down(folder: Folder = default_folder) -> None:
    """Destroy every stack of the sandbox, stop it and remove its folder."""
    from sandbox.layout import Layout  # noqa: PLC0415
    from sandbox.services import mark  # noqa: PLC0415
    from sandbox.services.sandbox import stop as stop_services  # noqa: PLC0415

    folder = Layout.of(folder).root
    if not (folder.exists() or folder.is_symlink()):
        terminal.out([f"there is no sandbox in {folder}"])
        return
    layout = mark.check_removable(folder)
    _destroy_stacks(layout.root)
    stop_services(layout.root)
    kept = mark.remove(layout)
    terminal.out([f"the sandbox in {folder} is gone"])
    if kept:
        terminal.err(f"kept in {folder}, as no sandbox made it: {', '.join(kept)}")


def _destroy_stacks(folder: Path) -> None:
    """Destroy what the stacks made; a sandbox that does not run has lost it already, with its folder goes the rest."""
    from console.gate.engine import Engine  # noqa: PLC0415
    from console.gate.stack import project  # noqa: PLC0415
    from sandbox import environment  # noqa: PLC0415
    from sandbox.register import NoSandboxError  # noqa: PLC0415
    from sandbox.toolchain import Progress  # noqa: PLC0415

    try:
        variables = environment.complete(folder)
    except NoSandboxError:
        return
    for file in sorted((folder / "state" / ".pulumi" / "stacks" / "enclave").glob("*.json")):
        engine = Engine(project, file.stem, variables, [])
        with Progress() as progress, progress.step(f"destroying stack {file.stem}", "about 30 s"):
            engine.command("state", "unprotect", "--all", "--yes", "--stack", file.stem)
            result = engine.command("destroy", "--yes", "--skip-preview", "--non-interactive", "--stack", file.stem)
        if result.returncode:
            terminal.err(f"stack {file.stem} was not destroyed cleanly; its stand-ins are removed all the same")
