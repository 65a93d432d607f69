"""Every command ends as the table of exit codes says: one case for each code of each command, here or on the engine."""

from __future__ import annotations

import functools
import os
import shlex
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer.main

from console import exit_codes
from console.access.command_line import access_commands
from console.audit import commands as audit_commands
from console.command_line import app
from console.exit_codes import BAD_INPUT, BY_COMMAND, FAILED, FAULT, GOOD, REFUSED
from console.failover.command_line import failover_commands
from console.gate.errors import EngineError
from console.inspect.command_line import inspect_commands
from console.main import main
from console.sandbox_commands import sandbox_commands
from console.site.command_line import site_commands
from console.wave.command_line import wave_commands
from evidence.record.files import written as written_record
from sandbox.migration.declared import declared
from sandbox.migration.move import Move
from sandbox.services import sandbox as services
from sandbox.services.errors import SandboxError
from tests.console.auditing import bucket, written
from tests.console.tour import of_local
from tests.corpus_cases import PACK
from tests.engine.exit_cases import ON_THE_ENGINE
from tests.evidence.bundles import bundle_in, settled, small
from tests.hosts.gateway.records import kept

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
TOUR = ROOT / "docs" / "tour" / "state.json"
DAY = "--from 2026-11-29T00:00:00Z --to 2026-11-30T00:00:00Z"

# (command, exit code): the rest of its command line. {clean}: an export that its pack finds nothing in.
CASES: dict[tuple[str, int], str] = {
    ("preview", REFUSED): "rejected",
    ("preview", BAD_INPUT): "nowhere",
    ("preview", FAILED): "local",
    ("up", REFUSED): "rejected --yes",
    ("up", BAD_INPUT): "nowhere",
    ("up", FAILED): "local",
    ("init", BAD_INPUT): "nowhere",
    ("init", FAILED): "local",
    ("retire", BAD_INPUT): "nowhere dublin-1",
    ("retire", FAILED): "local dublin-1",
    ("stacks", BAD_INPUT): "--loud",
    ("recover", BAD_INPUT): "nowhere",
    ("recover", FAILED): "local",
    ("adopt", BAD_INPUT): "local --site nowhere",
    ("adopt", FAILED): "local",
    ("audit", GOOD): f"{{clean}} --policy-pack {PACK}",
    ("audit", REFUSED): f"{TOUR} --as-of 2026-12-01",
    ("audit", BAD_INPUT): "nowhere.json",
    ("explain", GOOD): "aws:dynamodb/table:Table",
    ("explain", BAD_INPUT): "aws:nothing",
    ("explain", FAILED): "urn:pulumi:local::enclave::a:b:C::d --stack local",
    ("reach", GOOD): f"--from dublin-1/gateway --to dublin-1/store --export {TOUR}",
    ("reach", REFUSED): f"--from dublin-1/store --to dublin-1/gateway --export {TOUR}",
    ("reach", BAD_INPUT): f"--from nowhere --to dublin-1/gateway --export {TOUR}",
    ("verify-log", GOOD): "{record} --key {key} --checkpoint {signed}",
    ("verify-log", REFUSED): "{record} --key {key} --checkpoint {signed} --origin somebody",
    ("verify-log", BAD_INPUT): "{record} --key {record} --checkpoint {signed}",
    ("report", GOOD): "local --export {ours} --to {empty}/bundle --key {private}",
    ("report", BAD_INPUT): f"local --export {TOUR} --to {{empty}}/bundle --key {{private}}",
    ("verify", GOOD): "{bundle} --key {public}",
    ("verify", REFUSED): "{bundle} --key {public} --stack another",
    ("verify", BAD_INPUT): "{bundle} --key {bundle}/record.json",
    ("recheck", GOOD): f"{{tour}} --state {TOUR}",
    ("recheck", REFUSED): "{bundle} --state {clean}",
    ("recheck", BAD_INPUT): "{bundle} --state nowhere.json",
    ("diff", GOOD): "{bundle} {bundle}",
    ("diff", REFUSED): "{better} {bundle}",
    ("diff", BAD_INPUT): "{bundle} {tour}",
    ("whatif", GOOD): f"{TOUR} --without adequacy:eu-us",
    ("whatif", REFUSED): f"{TOUR} --deny-country IE",
    ("whatif", BAD_INPUT): f"{TOUR} --without adequacy:nowhere",
    ("incident", GOOD): f"{{record}} --key {{key}} --checkpoint {{signed}} --out {{empty}} {DAY}",
    ("incident", REFUSED): f"{{damaged}} --key {{key}} --checkpoint {{signed}} --out {{empty}} {DAY}",
    ("incident", BAD_INPUT): f"{{record}} --key {{key}} --checkpoint {{signed}} --out {{strange}} {DAY}",
    ("catalog", GOOD): "aws:dynamodb/table:Table",
    ("catalog", REFUSED): "aws:nothing",
    ("catalog", BAD_INPUT): "--policy-pack nowhere",
    (
        "access request",
        BAD_INPUT,
    ): "nowhere --as kari --gateway g --site s --class c --purpose p --ticket T --minutes 1",
    ("access reversal", BAD_INPUT): (
        "nowhere --as kari --flow f --epoch w48 --most 1 --purpose p --ticket T --minutes 1"
    ),
    ("access approve", BAD_INPUT): "nowhere g-1 --as magnus --key {empty}/key.pem",
    ("access revoke", BAD_INPUT): "nowhere g-1 --as magnus --key {empty}/key.pem",
    ("access list", GOOD): "local --dir {empty}",
    ("access list", BAD_INPUT): "nowhere",
    ("access export", GOOD): "local --gateway employees --route metrics --purpose operations --provider staff",
    ("access export", REFUSED): "local --gateway employees --route records --purpose support --provider staff",
    ("access export", BAD_INPUT): "local --gateway nobody --route metrics --purpose operations --provider staff",
    ("leaving", GOOD): "local",
    ("leaving", REFUSED): "eu-prod",
    ("leaving", BAD_INPUT): "nowhere",
    ("inspect sign", BAD_INPUT): "eu-prod --as nobody --key {empty}/key.pem --expires 2026-01-01",
    ("inspect sign", FAILED): "local --as nobody --key {empty}/key.pem --expires 2026-01-01",
    ("inspect verify", REFUSED): "eu-prod --dir {empty}",
    ("inspect verify", BAD_INPUT): "nowhere",
    ("inspect verify", FAILED): "local",
    ("inspect list", GOOD): "eu-prod --dir {empty}",
    ("inspect list", BAD_INPUT): "nowhere",
    ("inspect list", FAILED): "local",
    ("site promote", GOOD): "dublin-2 local",
    ("site promote", REFUSED): "hamar local",
    ("site promote", BAD_INPUT): "nowhere local",
    ("site drain", GOOD): "dublin-1 local",
    ("site drain", BAD_INPUT): "hamar local",
    ("site retire", BAD_INPUT): "dublin-1 local",
    ("site accept", BAD_INPUT): "hamar local --check nothing --as nobody --key {empty}/key.pem --words fine",
    ("watch", BAD_INPUT): "nowhere",
    ("watch", FAILED): "local",
    ("wave plan", BAD_INPUT): "nowhere w3",
    ("wave run", REFUSED): "moving w3 --declaration {moving}",
    ("wave run", BAD_INPUT): "local w3",
    ("wave verify", REFUSED): "moving w3 --declaration {moving}",
    ("wave verify", BAD_INPUT): "local w3",
    ("wave cut-over", REFUSED): "moving w3 --declaration {moving}",
    ("wave cut-over", BAD_INPUT): "local w3",
    ("wave purge", REFUSED): "moving w3 --declaration {moving}",
    ("wave purge", BAD_INPUT): "local w3",
    ("wave status", BAD_INPUT): "moving w4 --declaration {moving}",
    ("failover sync", BAD_INPUT): "local",
    ("failover verify", BAD_INPUT): "local people",
    ("doctor", GOOD): "--dir {empty}",
    ("doctor", REFUSED): "--dir {empty}",
    ("doctor", BAD_INPUT): "--loud",
    ("sandbox start", BAD_INPUT): "--dir {strange}",
    ("sandbox approve", BAD_INPUT): "eu-prod",
    ("sandbox approve", FAILED): "local",
    ("sandbox gateways", BAD_INPUT): "nowhere",
    ("sandbox gateways", FAILED): "local --dir {empty}",
    ("sandbox status", GOOD): "--dir {empty}",
    ("sandbox status", BAD_INPUT): "--loud",
    ("sandbox stop", GOOD): "--dir {empty}",
    ("sandbox stop", BAD_INPUT): "--dir {strange}",
    ("sandbox down", GOOD): "--dir {empty}/nothing",
    ("sandbox down", BAD_INPUT): "--dir {strange}",
}
# Codes for which what fails is seeded: the stand-ins fail when they want, and not when a test does.
# Codes that need a stack with approvers: tests/console/access has it.
OF_GRANTS = {("access request", GOOD), ("access reversal", GOOD), ("access approve", GOOD), ("access revoke", GOOD)}
# Codes that need an inspector whose key somebody has: tests/console/approvals has it.
OF_INSPECTORS = {("inspect sign", GOOD), ("inspect verify", GOOD)}
# Codes that need stores to move data between: tests/console/wave has them.
OF_WAVES = {
    *(
        (f"wave {step}", code)
        for step in ("plan", "run", "verify", "cut-over", "purge", "status")
        for code in (GOOD, FAILED)
    ),
    ("wave plan", REFUSED),
    ("wave status", REFUSED),
    *((f"failover {step}", code) for step in ("sync", "verify") for code in (GOOD, REFUSED, FAILED)),
}
# Codes that need a site that drains, or somebody whom the law lists: tests/console/site has it.
OF_SITES = {("site retire", GOOD), ("site retire", REFUSED), ("site retire", FAILED), ("site accept", GOOD)}
OF_THE_BACKEND = {("stacks", FAILED)}
# Codes that need a stack that stands: tests/engine has it.
OF_GATEWAYS = {("sandbox gateways", GOOD), ("sandbox gateways", REFUSED), ("sandbox status", REFUSED)}
OF_ADOPTING = {("adopt", GOOD), ("adopt", REFUSED)}
OF_THE_WATCH = {("watch", GOOD), ("watch", REFUSED)}
SEEDED = {("sandbox start", FAILED), ("sandbox stop", FAILED), ("sandbox down", FAILED)}


def commands_of(group: Any, above: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every command that the command line knows."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, (*above, name))
        else:
            yield " ".join((*above, name))


def ended(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["enclave", *words])
    with pytest.raises(SystemExit) as caught:
        main()
    return int(caught.value.code or 0)


@functools.cache
def tour_record() -> Path:
    """Return the record of the tour's state, made once."""
    from console.recording.of_state import state_record  # noqa: PLC0415 (it loads every rule)

    file = Path(tempfile.mkdtemp()) / "record.json"
    file.write_bytes(written_record(state_record("local", TOUR, None)))
    return file


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the cases name; no sandbox is running."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange" / "mine").touch()
    monkeypatch.setenv("ENCLAVE_SANDBOX", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    clean = written(tmp_path, bucket("store"))
    gateway = kept(tmp_path / "gateway", 3, (3,))
    damaged = tmp_path / "damaged"
    damaged.write_bytes(gateway.record.read_bytes().replace(b"allow", b"deny", 1))
    bundle = bundle_in(tmp_path / "evidence")
    better = bundle_in(tmp_path / "better", settled(small().model_copy(update={"findings": ()})))
    moving = tmp_path / "moving.yaml"
    moving.write_text(declared([Move("w3", "hamar", "people", "people-in", ())]), encoding="utf-8")
    monkeypatch.setenv("ENCLAVE_EVIDENCE", str(tmp_path / "waves"))
    return {
        "moving": str(moving),
        "bundle": str(bundle.folder),
        "ours": str(of_local()),
        "better": str(better.folder),
        "tour": str(tour_record()),
        "public": str(bundle.public),
        "private": str(bundle.private),
        "empty": str(tmp_path / "empty"),
        "strange": str(tmp_path / "strange"),
        "clean": str(clean),
        "record": str(gateway.record),
        "damaged": str(damaged),
        "key": str(gateway.key),
        "signed": str(gateway.checkpoints[3]),
    }


def test_every_command_and_every_code_of_it_has_a_case() -> None:
    known = set(commands_of(typer.main.get_command(app)))
    assert known == set(BY_COMMAND)
    told = {(command, code) for command, codes in BY_COMMAND.items() for code in codes}
    assert (
        set(CASES)
        | SEEDED
        | OF_GATEWAYS
        | OF_GRANTS
        | OF_INSPECTORS
        | OF_SITES
        | OF_THE_BACKEND
        | OF_THE_WATCH
        | OF_ADOPTING
        | OF_WAVES
        | set(ON_THE_ENGINE)
        == told
    )


def test_a_command_without_a_case_is_noticed() -> None:
    """The seeded bug of this family."""
    other = typer.Typer()
    other.command("abandon")(lambda: None)
    other.add_typer(access_commands, name="access")
    other.add_typer(inspect_commands, name="inspect")
    other.add_typer(site_commands, name="site")
    other.add_typer(sandbox_commands, name="sandbox")
    other.add_typer(wave_commands, name="wave")
    other.add_typer(failover_commands, name="failover")
    assert set(commands_of(typer.main.get_command(other))) - set(BY_COMMAND) == {"abandon"}


@pytest.mark.parametrize(("command", "code"), CASES, ids=str)
def test_a_command_ends_with_its_code(
    command: str,
    code: int,
    folders: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if (command, code) == ("doctor", REFUSED):
        monkeypatch.setenv("ENCLAVE_CACHE", folders["empty"])  # where no tool was built
        monkeypatch.setenv("PATH", folders["empty"])
    words = [*command.split(), *shlex.split(CASES[command, code].format(**folders))]
    assert ended(words, monkeypatch) == code, capsys.readouterr()
    shown = capsys.readouterr()
    assert "Traceback" not in shown.out + shown.err
    assert "fault in `enclave`" not in shown.err
    assert shown.out or shown.err


@pytest.mark.parametrize("command", sorted({command for command, _ in SEEDED}))
def test_a_stand_in_that_fails_is_no_fault_and_no_refusal(
    command: str, folders: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise SandboxError("moto did not come up")

    monkeypatch.setattr(services, "start", fails)
    monkeypatch.setattr(services, "stop", fails)
    monkeypatch.setattr("sandbox.services.mark.check_removable", fails)
    assert ended([*command.split(), "--dir", folders["empty"]], monkeypatch) == FAILED
    assert "moto did not come up" in capsys.readouterr().err


def test_a_backend_that_does_not_answer_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_: object) -> None:
        raise EngineError("the backend does not answer")

    monkeypatch.setattr("console.gate.stacks.stacks_of", fails)
    assert ended(["stacks"], monkeypatch) == FAILED
    assert "the backend does not answer" in capsys.readouterr().err


@pytest.mark.parametrize("command", BY_COMMAND)
@pytest.mark.parametrize("debug", [False, True], ids=["for users", "for debugging"])
def test_a_fault_of_ours_is_4_in_every_command(
    command: str,
    debug: bool,
    folders: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    groups = (app, access_commands, inspect_commands, site_commands, sandbox_commands, wave_commands, failover_commands)
    for info in (command for group in groups for command in group.registered_commands):
        assert info.callback

        @functools.wraps(info.callback)
        def broken(*_: object, **__: object) -> None:
            raise KeyError("seeded")

        monkeypatch.setattr(info, "callback", broken)
    monkeypatch.setattr(audit_commands, "audit", broken)
    if debug:
        monkeypatch.setenv("ENCLAVE_DEBUG", "1")
    words = next((words for (name, _), words in CASES.items() if name == command and "--loud" not in words), "")
    assert ended([*command.split(), *shlex.split(words.format(**folders))], monkeypatch) == FAULT
    shown = capsys.readouterr()
    assert "this is a fault in `enclave` itself (KeyError: 'seeded')" in shown.err
    assert ("Traceback" in shown.err) is debug


def test_the_page_and_the_help_tell_the_codes() -> None:
    page = (ROOT / "docs" / "verdict.md").read_text(encoding="utf-8")
    assert "\n".join(exit_codes.table()) in page
    group = typer.main.get_command(app)
    for command in BY_COMMAND:
        found: Any = group
        for word in command.split():
            found = found.commands[word]
        assert found.epilog == exit_codes.epilog(command)
    assert os.linesep not in exit_codes.epilog()
