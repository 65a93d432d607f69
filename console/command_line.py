"""The command line of `enclave`: every command with its options; each imports what it needs when it runs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from console import exit_codes, installed
from console.access.command_line import access_commands
from console.day import day

app = typer.Typer(
    epilog=exit_codes.epilog(),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        from console import terminal  # noqa: PLC0415
        from console.version import version  # noqa: PLC0415

        terminal.out([version()])
        raise typer.Exit


@app.callback()
def _all(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="say which version this is")
    ] = False,
) -> None:
    """Provision data enclaves, and refuse whatever lies outside the approved jurisdictions."""


def _day(text: str) -> date:
    try:
        return day(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


Stack = Annotated[str, typer.Argument(help="a declaration in stacks/, without .yaml")]
Packs = Annotated[
    list[Path] | None, typer.Option("--policy-pack", help="one more policy pack; those in policy-packs/ always run")
]
Replace = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-replace",
        metavar="[NAME]",
        help="let the plan replace what holds nothing; with a name, take away what holds data or keys",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="print the result as JSON (docs/output.schema.json)")]
Day = Annotated[
    date | None,
    typer.Option("--as-of", parser=_day, metavar="YYYY-MM-DD", help="judge as of this day instead of today (UTC)"),
]
Pack = Annotated[Path | None, typer.Option("--only-pack", help="ask this pack alone, under its own law")]
OldPack = Annotated[Path | None, typer.Option("--policy-pack", hidden=True)]


def _only(pack: Path | None, old: Path | None) -> Path | None:
    """Return the one pack that is asked, which had another name once."""
    if old is None:
        return pack
    from console import terminal  # noqa: PLC0415

    terminal.err(
        "--policy-pack adds a pack, in `enclave preview` and `enclave up`; "
        "here it is taken for --only-pack, which asks one pack alone: write that"
    )
    return pack or old


@app.command(epilog=exit_codes.epilog("preview"))
def preview(stack: Stack, policy_pack: Packs = None, json: Json = False) -> None:
    """Plan a stack and judge the plan with every policy pack; nothing is created."""
    from console.gate import commands  # noqa: PLC0415  each command imports what it needs: `--help` is quick

    raise typer.Exit(commands.preview(stack, policy_pack or [], json=json))


@app.command(epilog=exit_codes.epilog("up"))
def up(
    stack: Stack,
    policy_pack: Packs = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    allow_replace: Replace = None,
    json: Json = False,
) -> None:
    """Plan a stack, judge the plan, and provision only what was judged green."""
    from console.gate import commands  # noqa: PLC0415
    from console.gate.losses import Allowed  # noqa: PLC0415

    allowed = Allowed.of(allow_replace or [])
    raise typer.Exit(commands.up(stack, policy_pack or [], yes=yes, json=json, allowed=allowed))


@app.command(epilog=exit_codes.epilog("init"))
def init(
    stack: Stack,
    secrets_provider: Annotated[
        str | None,
        typer.Option("--secrets-provider", metavar="URL", help="what seals the secrets; absent: a passphrase"),
    ] = None,
) -> None:
    """Create a declared stack in the backend, with its settings; an existing one stays as it is."""
    from console.gate.initial import init as created  # noqa: PLC0415

    raise typer.Exit(created(stack, secrets_provider))


@app.command(epilog=exit_codes.epilog("retire"))
def retire(
    stack: Stack,
    site: Annotated[str, typer.Argument(help="the site that is to go")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    json: Json = False,
) -> None:
    """Show what is protected of a site and what is in it, and let it go; nothing in the clouds is changed."""
    from console.retire.commands import retire as retired  # noqa: PLC0415

    raise typer.Exit(retired(stack, site, yes=yes, json=json))


@app.command(epilog=exit_codes.epilog("stacks"))
def stacks(json: Json = False) -> None:
    """List the backend's stacks with what they hold; one that holds resources and is not declared ends with 1."""
    from console.gate.stacks import stacks as listed  # noqa: PLC0415

    raise typer.Exit(listed(json=json))


@app.command(epilog=exit_codes.epilog("recover"))
def recover(stack: Stack, json: Json = False) -> None:
    """Say what a killed run left of a stack, and what the next `enclave up` does about it; nothing is changed."""
    from console.gate.recover.commands import recover as shown  # noqa: PLC0415

    raise typer.Exit(shown(stack, json=json))


@app.command(epilog=exit_codes.epilog("audit"))
def audit(
    export: Annotated[Path, typer.Argument(help="what `pulumi stack export` wrote, - for standard input")],
    *,
    as_of: Day = None,
    json: Json = False,
    strict: Annotated[bool, typer.Option("--strict", help="refuse stale facts and unfinished resources, too")] = False,
    only_pack: Pack = None,
    policy_pack: OldPack = None,
) -> None:
    """Judge an exported state as the packs would, without an engine, a login or a provider."""
    from console.audit import commands  # noqa: PLC0415

    pack = _only(only_pack, policy_pack)
    raise typer.Exit(commands.audit(export, as_of=as_of, json=json, strict=strict, only_pack=pack))


@app.command(epilog=exit_codes.epilog("explain"))
def explain(
    what: Annotated[
        str,
        typer.Argument(
            metavar="URN|NAME|TYPE|RULE", help="a resource of a state, a resource type, or a rule (JUR-001)"
        ),
    ],
    *,
    export: Annotated[
        Path | None, typer.Option("--export", help="the exported state that holds the resource, - for standard input")
    ] = None,
    stack: Annotated[str | None, typer.Option("--stack", help="the stack that holds the resource")] = None,
    as_of: Day = None,
    json: Json = False,
    only_pack: Pack = None,
    policy_pack: OldPack = None,
) -> None:
    """Say how a resource's place was worked out and what each rule said; what a type is; what a rule asks."""
    from console.audit.explain import explain as explained  # noqa: PLC0415

    pack = _only(only_pack, policy_pack)
    raise typer.Exit(explained(what, export=export, stack=stack, as_of=as_of, only_pack=pack, json=json))


@app.command(epilog=exit_codes.epilog("reach"))
def reach(
    source: Annotated[str, typer.Option("--from", help="internet, person, elsewhere, SITE/SEGMENT, or an address")],
    target: Annotated[str, typer.Option("--to", help="internet, person, elsewhere, SITE/SEGMENT, or an address")],
    *,
    stack: Annotated[str | None, typer.Argument(help="the stack whose state is looked at")] = None,
    export: Annotated[
        Path | None, typer.Option("--export", help="an exported state instead of a stack, - for standard input")
    ] = None,
    direct: Annotated[bool, typer.Option("--direct", help="in one hop: over no stepping stone")] = False,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="on this port of the target, of any protocol")
    ] = None,
    json: Json = False,
) -> None:
    """Print how packets get from one end to another (exit code 0), or what keeps them out (1)."""
    from console.reach.asking import Asking  # noqa: PLC0415
    from console.reach.commands import reach as followed  # noqa: PLC0415

    raise typer.Exit(followed(Asking(source, target, direct, port), stack=stack, export=export, json=json))


@app.command("verify-log", epilog=exit_codes.epilog("verify-log"))
def verify_log(
    record: Annotated[Path, typer.Argument(help="the audit record of a gateway")],
    *,
    key: Annotated[Path, typer.Option("--key", help="the Ed25519 public key of the gateway's authorizer (PEM)")],
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(
            "--checkpoint", help="a checkpoint that was kept; absent: the file `checkpoint` beside the record"
        ),
    ] = None,
    origin: Annotated[
        str | None, typer.Option("--origin", help="whose record it must be: GATEWAY.SITE.gateway")
    ] = None,
    json: Json = False,
) -> None:
    """Say whether a gateway's record was changed, dropped from, swapped, repeated or cut, with a public key alone."""
    from console.verify_log.commands import verify_log as verified  # noqa: PLC0415

    raise typer.Exit(verified(record, key, checkpoint or [], origin, json=json))


@app.command(epilog=exit_codes.epilog("catalog"))
def catalog(
    type_: Annotated[
        str | None, typer.Argument(metavar="[TYPE]", help="a resource type: say what is known of it")
    ] = None,
    *,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="count what of the installed SDKs is classified")
    ] = False,
    compile_: Annotated[
        bool, typer.Option("--compile", help="check the tables in law/catalog, and compile them")
    ] = False,
    json: Json = False,
    only_pack: Pack = None,
    policy_pack: OldPack = None,
) -> None:
    """Count what of the installed SDKs the law classifies, say what is known of one type, or compile the tables."""
    from console.catalog import catalog as shown  # noqa: PLC0415
    from console.catalog import compiled  # noqa: PLC0415

    pack = _only(only_pack, policy_pack)
    raise typer.Exit(compiled(pack, json) if compile_ else shown(coverage, json, type_, pack))


@app.command(epilog=exit_codes.epilog("doctor"))
def doctor(
    folder: Annotated[Path, typer.Option("--dir", envvar="ENCLAVE_SANDBOX", help="the sandbox's folder")] = Path(
        ".sandbox"
    ),
    json: Json = False,
) -> None:
    """Say how the tools and the sandbox are, and what to do about each problem."""
    from console.doctor import examine  # noqa: PLC0415

    raise typer.Exit(examine(folder.resolve(), json=json))


app.add_typer(access_commands, name="access")

if installed.SANDBOX:
    from console.sandbox_commands import sandbox_commands

    app.add_typer(sandbox_commands, name="sandbox")
