"""The command line of `enclave`: every command with its options; each imports what it needs when it runs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from console import exit_codes, installed
from console.access.command_line import access_commands
from console.failover.command_line import failover_commands
from console.inspect.command_line import inspect_commands
from console.options import Day, Json, Stack  # noqa: TC001  typer reads them as it runs
from console.site.command_line import site_commands
from console.wave.command_line import wave_commands

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
Pack = Annotated[Path | None, typer.Option("--only-pack", help="ask this pack alone, under its own law")]
Approvals = Annotated[
    Path | None,
    typer.Option("--approvals", help="where the folders of inspectors' approvals are; absent: stacks/approvals"),
]
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
def preview(stack: Stack, policy_pack: Packs = None, as_of: Day = None, json: Json = False) -> None:
    """Plan a stack and judge the plan with every policy pack; nothing is created."""
    from console.gate import commands  # noqa: PLC0415  each command imports what it needs: `--help` is quick
    from console.recording.of_gate import Records  # noqa: PLC0415

    code = commands.preview(stack, policy_pack or [], Records(as_of), json=json, as_of=as_of)
    raise typer.Exit(_warned(stack, code, as_of))


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
    from console.recording.of_gate import Records  # noqa: PLC0415

    allowed = Allowed.of(allow_replace or [])
    raise typer.Exit(
        _warned(stack, commands.up(stack, policy_pack or [], Records(), yes=yes, json=json, allowed=allowed))
    )


def _warned(stack: str, code: int, as_of: date | None = None) -> int:
    """Warn of approvals that end soon after a day where a stack came out green; return the code that it ended with."""
    from console import terminal  # noqa: PLC0415
    from console.inspect.verifying import ending  # noqa: PLC0415

    if code == exit_codes.GOOD:
        terminal.err(*(f"warning: {line}" for line in ending(stack, as_of)))
    return code


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


@app.command(epilog=exit_codes.epilog("adopt"))
def adopt(
    stack: Stack,
    *,
    site: Annotated[str | None, typer.Option("--site", help="look at this site only")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="write files for what passes into this folder, new or empty")
    ] = None,
    as_of: Day = None,
    json: Json = False,
) -> None:
    """List what exists on a stack's sites and is not in the stack, and judge it before anything is imported."""
    from console.adopt.commands import adopt as adopted  # noqa: PLC0415

    raise typer.Exit(adopted(stack, site, out, as_of=as_of, json=json))


@app.command(epilog=exit_codes.epilog("audit"))
def audit(
    export: Annotated[Path, typer.Argument(help="what `pulumi stack export` wrote, - for standard input")],
    *,
    as_of: Day = None,
    json: Json = False,
    strict: Annotated[bool, typer.Option("--strict", help="refuse stale facts and unfinished resources, too")] = False,
    only_pack: Pack = None,
    approvals: Approvals = None,
    policy_pack: OldPack = None,
) -> None:
    """Judge an exported state as the packs would, without an engine, a login or a provider."""
    from console.audit import commands  # noqa: PLC0415

    pack = _only(only_pack, policy_pack)
    raise typer.Exit(commands.audit(export, as_of=as_of, json=json, strict=strict, only_pack=pack, approvals=approvals))


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
    approvals: Approvals = None,
    policy_pack: OldPack = None,
) -> None:
    """Say how a resource's place was worked out and what each rule said; what a type is; what a rule asks."""
    from console.audit.explain import explain as explained  # noqa: PLC0415

    pack = _only(only_pack, policy_pack)
    raise typer.Exit(
        explained(what, export=export, stack=stack, as_of=as_of, only_pack=pack, json=json, approvals=approvals)
    )


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
    watched: Annotated[
        list[Path] | None,
        typer.Option("--watched", help="a run of the site's own watch, which the receiver has: when was the last"),
    ] = None,
    watch_key: Annotated[
        Path | None, typer.Option("--watch-key", help="the Ed25519 public key by which that watch signs (PEM)")
    ] = None,
    json: Json = False,
) -> None:
    """Say whether a gateway's record was changed, dropped from, swapped, repeated or cut, with a public key alone."""
    from console.verify_log.commands import Watched  # noqa: PLC0415
    from console.verify_log.commands import verify_log as verified  # noqa: PLC0415

    runs = Watched(watched or [], watch_key, datetime.now(UTC))
    raise typer.Exit(verified(record, key, checkpoint or [], origin, json=json, watched=runs))


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


@app.command("watch", epilog=exit_codes.epilog("watch"))
def watch(
    stack: Stack,
    *,
    every: Annotated[
        float | None, typer.Option("--every", min=1, metavar="SECONDS", help="look again and again; absent: once")
    ] = None,
    late: Annotated[
        float, typer.Option("--late", min=1, metavar="SECONDS", help="after so long without news a record is late")
    ] = 180,
    site: Annotated[str | None, typer.Option("--site", help="look at this site only")] = None,
    alert: Annotated[
        list[str] | None,
        typer.Option("--alert", metavar="ADDRESS", help="tell sns:ARN, or an Alertmanager's URL; may be given again"),
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", help="the Ed25519 private key that signs alerts (PEM)")] = None,
    name: Annotated[str, typer.Option("--as", metavar="NAME", help="the name of that key")] = "watch",
    kubeconfig: Annotated[
        list[str] | None,
        typer.Option("--kubeconfig", metavar="SITE=FILE", help="how a site's cluster is read; may be given again"),
    ] = None,
    record_key: Annotated[
        list[str] | None,
        typer.Option("--record-key", metavar="SITE/GATEWAY=FILE", help="the public key of a gateway's checkpoints"),
    ] = None,
    document: Annotated[
        bool, typer.Option("--document", help="print what was approved, for `enclave-watch` on a host")
    ] = False,
    json: Json = False,
) -> None:
    """Hold what runs against what was approved: digests, hosts, network rules, records."""
    from console.watch.commands import Options, files_in  # noqa: PLC0415
    from console.watch.commands import watch as watched  # noqa: PLC0415

    clusters, records = files_in("--kubeconfig", kubeconfig or []), files_in("--record-key", record_key or [])
    alerts = tuple(alert or ())
    options = Options(every, late, site, alerts, key, name, clusters, records, json=json, document=document)
    raise typer.Exit(watched(stack, options))


@app.command("leaving", epilog=exit_codes.epilog("leaving"))
def leaving(
    stack: Stack,
    *,
    to: Annotated[Path | None, typer.Option("--to", help="the file to write; absent: print it")] = None,
) -> None:
    """Print the leaving flows as de-identifiers read them, and their digest on standard error."""
    from console.leaving import told  # noqa: PLC0415

    raise typer.Exit(told(stack, to))


app.add_typer(access_commands, name="access")
app.add_typer(inspect_commands, name="inspect")
app.add_typer(wave_commands, name="wave")
app.add_typer(failover_commands, name="failover")
app.add_typer(site_commands, name="site")

if installed.SANDBOX:
    from console.sandbox_commands import sandbox_commands

    app.add_typer(sandbox_commands, name="sandbox")


@app.command(epilog=exit_codes.epilog("report"))
def report(
    stack: Stack,
    *,
    export: Annotated[
        Path | None, typer.Option("--export", help="report this exported state; absent: the stack's last run")
    ] = None,
    to: Annotated[Path | None, typer.Option("--to", help="the bundle's folder; absent: .evidence/STACK/bundle")] = None,
    key: Annotated[
        str | None,
        typer.Option("--key", help="a PEM file (Ed25519), pkcs11:token=…;object=…?…, or awskms:KEY (P-256)"),
    ] = None,
    as_of: Day = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="print the page as PDF, too; needs a Chromium on PATH")] = False,
    json: Json = False,
) -> None:
    """Write one signed bundle of a run: the record, and its renderings for people and programs."""
    from console.report.commands import report as reported  # noqa: PLC0415

    raise typer.Exit(reported(stack, export=export, to=to, key=key, as_of=as_of, json=json, pdf=pdf))


@app.command(epilog=exit_codes.epilog("verify"))
def verify(
    bundle: Annotated[Path, typer.Argument(help="the folder of a bundle")],
    *,
    key: Annotated[Path, typer.Option("--key", help="the public key: PEM, or base64 as the law has keys")],
    stack: Annotated[str | None, typer.Option("--stack", help="it must be about this stack")] = None,
    commit: Annotated[str | None, typer.Option("--commit", help="it must be about this commit")] = None,
    law: Annotated[str | None, typer.Option("--law", metavar="SHA256", help="it must be judged by this law")] = None,
    state: Annotated[str | None, typer.Option("--state", metavar="SHA256", help="it must be about this state")] = None,
    json: Json = False,
) -> None:
    """Check a bundle offline with a public key: nothing was changed, added, dropped or swapped."""
    from console.report.commands import verify as verified  # noqa: PLC0415
    from evidence.bundle.checking import Expected  # noqa: PLC0415

    raise typer.Exit(verified(bundle, key, Expected(stack, commit, law, state), json=json))


@app.command(epilog=exit_codes.epilog("recheck"))
def recheck(
    bundle: Annotated[Path, typer.Argument(help="the folder of a bundle, or a record.json")],
    *,
    state: Annotated[Path, typer.Option("--state", help="an exported state, as `pulumi stack export` writes it")],
    key: Annotated[Path | None, typer.Option("--key", help="the public key that must have signed the bundle")] = None,
    json: Json = False,
) -> None:
    """Compute a bundle's record again from an exported state, and tell what comes out otherwise."""
    from console.report.rechecking import recheck as rechecked  # noqa: PLC0415

    raise typer.Exit(rechecked(bundle, state, key, json=json))


@app.command(epilog=exit_codes.epilog("diff"))
def diff(
    old: Annotated[Path, typer.Argument(help="the folder of a bundle, or a record.json")],
    new: Annotated[Path, typer.Argument(help="a later one of the same stack")],
    *,
    key: Annotated[Path | None, typer.Option("--key", help="the public key that must have signed both")] = None,
    json: Json = False,
) -> None:
    """Tell what changed between two audits, sorted by what got worse."""
    from console.report.diffing import diff as differences  # noqa: PLC0415

    raise typer.Exit(differences(old, new, key, json=json))


@app.command(epilog=exit_codes.epilog("whatif"))
def whatif(
    export: Annotated[Path, typer.Argument(help="an exported state, - for standard input")],
    *,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            metavar="KIND:ID",
            help="an adequacy decision, a transfer rule or an exception; may be repeated",
        ),
    ] = None,
    deny_country: Annotated[
        list[str] | None,
        typer.Option(
            "--deny-country", metavar="XX", help="a country that may hold, send and get nothing; may be repeated"
        ),
    ] = None,
    as_of: Day = None,
    json: Json = False,
) -> None:
    """Tell which resources, flows and tables would turn red under another law, or on another day."""
    from console.whatif.commands import whatif as supposed  # noqa: PLC0415
    from console.whatif.supposing import Asked  # noqa: PLC0415

    asked = Asked(tuple(dict.fromkeys(without or ())), tuple(dict.fromkeys(deny_country or ())), as_of)
    raise typer.Exit(supposed(export, asked, json=json))


@app.command(epilog=exit_codes.epilog("incident"))
def incident(
    record: Annotated[Path, typer.Argument(help="the audit record of a gateway")],
    *,
    key: Annotated[Path, typer.Option("--key", help="the Ed25519 public key of the gateway's authorizer (PEM)")],
    begin: Annotated[str, typer.Option("--from", metavar="TIME", help="a time with its zone: 2026-11-29T14:00:00Z")],
    until: Annotated[str, typer.Option("--to", metavar="TIME", help="the end, which is not included")],
    out: Annotated[Path, typer.Option("--out", help="the pack's folder, new or empty")],
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(
            "--checkpoint", help="a checkpoint that was kept; absent: the file `checkpoint` beside the record"
        ),
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", help="of this person alone: who asked, or requested or approved a grant")
    ] = None,
    json: Json = False,
) -> None:
    """Write what a gateway recorded in a window of time, for an authority; the record is verified first."""
    from console.incident.commands import incident as packed  # noqa: PLC0415
    from console.incident.commands import window_of  # noqa: PLC0415

    window = window_of(begin, until, person)
    raise typer.Exit(packed(record, key, checkpoint or [], window=window, to=out, json=json))
