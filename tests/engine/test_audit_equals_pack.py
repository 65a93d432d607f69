"""`enclave audit` and the real engine with the pack say the same of every case: resource by resource, rule by rule."""

from __future__ import annotations

import json
import os
import random
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder import load_law
from enclave_policies.rules.jurisdiction import JURISDICTION

from console.audit import commands, judges
from located_yaml import ProblemsError
from sandbox import toolchain
from sandbox.layout import Layout
from sandbox.services import launchers
from tests.campaign import in_campaign
from tests.corpus_cases import PACK, Case, as_export, as_resources, load_cases, pack_of
from tests.enclave_policies.exports import JUDGED_HERE_ALONE, MALFORMED, RESOURCES
from tests.enclave_policies.exports import everything as everything_special

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.rule import Rule, StackRule

Said = set[tuple[str, str, str, str]]
"""URN, rule, level, message."""

in_make_test = 3  # cases that are judged alone; all of them in `make campaign`
forgotten_in_make_test = 6  # rules of which one at a time is forgotten; all of them in `make campaign`
plain = [case for case in load_cases() if not case.law]
with_own_law = [case for case in load_cases() if case.law]
together = [case for case in plain if not any("failover" in each.get("inputs", {}) for each in case.resources)]
"""Cases that go into one export: what one of them says of a failover would bind the stores of all others."""


@dataclass(frozen=True)
class Engine:
    """The real engine and the pack's language host, without a project, a login or a sandbox."""

    folder: Path
    environment: dict[str, str]

    @property
    def pulumi(self) -> Path:
        """The command."""
        return Layout.of(self.folder).bin / "pulumi"

    def run(self, export: Path, pack: Path) -> subprocess.CompletedProcess[str]:
        """Run `pulumi policy analyze`."""
        return subprocess.run(
            [self.pulumi, "policy", "analyze", "--file", export, "--policy-pack", pack, "--json", "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def analyze(self, export: Path, pack: Path) -> tuple[int, Said]:
        """Return the exit code of `pulumi policy analyze`, and what the pack said."""
        done = self.run(export, pack)
        events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        assert any("summaryEvent" in event for event in events), done.stderr
        return done.returncode, {_said(event["policyEvent"]) for event in events if "policyEvent" in event}


def _said(event: dict[str, Any]) -> tuple[str, str, str, str]:
    _title, message = event["message"].split("\n", 1)
    return event["resourceUrn"], event["policyName"], event["enforcementLevel"], message.strip()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("engine")
    layout = Layout.of(folder)
    launchers.write(layout, toolchain.ensure())
    ours = ("PULUMI_", "ENCLAVE_SANDBOX")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    path = os.pathsep.join((str(layout.bin), os.environ["PATH"]))
    settings = {"PULUMI_SKIP_UPDATE_CHECK": "true", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true"}
    return Engine(folder, kept | settings | {"PATH": path, "PULUMI_HOME": str(layout.pulumi_home)})


@pytest.fixture(scope="module", autouse=True)
def no_overlay() -> Iterator[None]:
    """Neither side may meet the law of a sandbox that happens to run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ENCLAVE_SANDBOX", raising=False)
        yield


def audited(export: Path, pack: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, Said]:
    """Return the exit code of `enclave audit --json`, and what it said."""
    code = commands.audit(export, as_of=None, json=True, strict=False, only_pack=pack)
    document = json.loads(capsys.readouterr().out)
    return code, {
        (
            resource["urn"],
            finding["name"],
            "advisory" if finding["verdict"] in ("waived", "warned") else "mandatory",
            finding["message"],
        )
        for resource in document["resources"]
        for finding in resource["findings"]
    }


def written(folder: Path, *cases: Case) -> Path:
    file = folder / "export.json"
    file.write_text(json.dumps(as_export(*cases)), encoding="utf-8")
    return file


def some(of: Sequence[Any], number: int, config: pytest.Config) -> Sequence[Any]:
    """Return a few, which change with how many there are, or all in a campaign."""
    if in_campaign(config):
        return of
    return random.Random(len(of)).sample(of, number)  # noqa: S311 (no secret)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, of, number in (
        ("case", plain, in_make_test),
        ("case_with_law", with_own_law, in_make_test),
        ("rule", JURISDICTION, forgotten_in_make_test),
    ):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, some(of, number, metafunc.config), ids=lambda one: one.id)


@dataclass(frozen=True)
class Heard:
    """What the engine says of an export."""

    engine: Engine
    export: Path
    code: int
    said: Said
    findings: Mapping[str, tuple[Finding, ...]]  # and what our own judge says


@pytest.fixture(scope="module")
def everything(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Heard:
    """One export of all cases that live under the shipped law, and what the engine says of it."""
    export = written(tmp_path_factory.mktemp("everything"), *together)
    return Heard(
        engine, export, *engine.analyze(export, PACK), judge_stack(as_resources(*together), load_law(), JURISDICTION)
    )


def test_both_say_the_same_of_all_cases_in_one_export(everything: Heard, capsys: pytest.CaptureFixture[str]) -> None:
    assert audited(everything.export, PACK, capsys) == (1, everything.said)
    assert everything.code != 0


def test_a_rule_that_the_audit_forgot_would_be_noticed(
    rule: Rule | StackRule, everything: Heard, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export, said, findings, pack = everything.export, everything.said, everything.findings, PACK
    if rule.name not in spoken(said):  # what other cases hold satisfies it
        case, pack, findings = telling(rule, tmp_path)
        export = written(tmp_path, case)
        _, said = everything.engine.analyze(export, pack)
    forgetful = {urn: tuple(each for each in found if each.rule != rule.id) for urn, found in findings.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judges, "judge_readings", lambda *_: forgetful)
        _, heard = audited(export, pack, capsys)
    assert spoken(said - heard) == {rule.name}


def telling(rule: Rule | StackRule, folder: Path) -> tuple[Case, Path, Mapping[str, tuple[Finding, ...]]]:
    """Return a case on which the rule speaks when the case is alone, with its pack and what our own judge says."""
    for case in (*plain, *with_own_law):
        if rule.id in case.rules:
            pack = pack_of(case, folder / case.id)
            found = judge_stack(as_resources(case), load_law(pack), JURISDICTION)
            if any(each.rule == rule.id for all_ in found.values() for each in all_):
                return case, pack, found
    raise AssertionError(f"no case of the corpus lets {rule.id} speak")


def spoken(said: Said) -> set[str]:
    """Return the rules that said something."""
    return {name for _, name, _, _ in said}


def test_both_say_the_same_of_a_case_alone(
    case: Case, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = written(tmp_path, case)
    code, said = engine.analyze(export, PACK)
    ours, heard = audited(export, PACK, capsys)
    assert heard == said
    assert (ours == 0) is (code == 0)


def test_both_say_the_same_under_a_law_of_ones_own(
    case_with_law: Case, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export, pack = written(tmp_path, case_with_law), pack_of(case_with_law, tmp_path)
    code, said = engine.analyze(export, pack)
    ours, heard = audited(export, pack, capsys)
    assert heard == said
    assert (ours == 0) is (code == 0)


def test_both_read_every_kind_of_value_and_resource_alike(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = tmp_path / "export.json"
    export.write_text(json.dumps(everything_special()), encoding="utf-8")
    code, said = engine.analyze(export, PACK)
    ours, heard = audited(export, PACK, capsys)
    apart = {RESOURCES[name]["urn"] for name in JUDGED_HERE_ALONE}
    assert ours == code
    assert {each for each in heard if each[0] not in apart} == {each for each in said if each[0] not in apart}
    assert apart == {urn for urn, *_ in heard if urn in apart}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_the_engine_cannot_judge_the_audit_refuses(name: str, engine: Engine, tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    export.write_text(MALFORMED[name], encoding="utf-8")
    done = engine.run(export, PACK)
    assert done.returncode != 0, done.stdout
    with pytest.raises(ProblemsError):
        commands.audit(export, as_of=None, json=False, strict=False, only_pack=None)
