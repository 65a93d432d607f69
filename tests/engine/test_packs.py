"""A pack that breaks, that is empty or that cannot know turns the gate red, each with its reason."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from components.declaration import load_declaration
from console.gate.packs import promises
from console.gate.stack import engine_for
from console.gate.verdict import decide
from tests.engine.place import repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.place import Place

start = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy
"""
rule = """
PolicyPack("seeded", [ResourceValidationPolicy("seeded-rule", "a seeded rule", validate)],
           enforcement_level=EnforcementLevel.MANDATORY)
"""
raising = start + "def validate(args, report): raise ValueError('seeded')" + rule
empty = start + "PolicyPack('seeded', [], enforcement_level=EnforcementLevel.MANDATORY)"
incomplete = start + "def validate(args, report): pass" + rule.replace("seeded-rule", "another-rule")
unknown = start + "def validate(args, report): str(args.props.get('vpcId'))" + rule
crashing = "raise SystemExit('seeded crash')"
harmless = start + "def validate(args, report): pass" + rule
refusing = (
    start + "def validate(args, report): report('seeded refusal') if 'aws' in args.resource_type else None" + rule
)


def pack(folder: Path, program: str, manifest: str | None = "rules: [seeded-rule]\n") -> Path:
    """Write a pack."""
    made = folder / "seeded"
    made.mkdir()
    runtime = f"runtime: {{name: python, options: {{toolchain: pip, virtualenv: {sys.prefix}}}}}\n"
    (made / "PulumiPolicy.yaml").write_text(f"name: seeded\nversion: 0.0.1\n{runtime}", encoding="utf-8")
    (made / "__main__.py").write_text(program, encoding="utf-8")
    if manifest is not None:
        (made / "rules.yaml").write_text(manifest, encoding="utf-8")
    return made


seeded = {
    "raises": (raising, "the engine failed"),
    "has no rules": (empty, "nothing was judged"),
    "leaves out a rule that it promises": (incomplete, "rule 'seeded-rule' of pack 'seeded' did not run on"),
    "meets an unknown value": (unknown, "seeded-rule could not judge"),
    "does not start": (crashing, "the engine failed"),
    "refuses": (refusing, "refusals of"),
}


@pytest.mark.parametrize("case", seeded)
def test_the_gate_is_red_when_a_pack(case: str, place: Place, tmp_path: Path) -> None:
    program, reason = seeded[case]
    done = place.enclave("preview", "local", "--policy-pack", str(pack(tmp_path, program)))
    assert done.returncode == 1, done.stdout
    assert ": red" in done.stdout
    assert reason in done.stdout


def test_the_gate_is_green_when_one_more_pack_has_no_objection(place: Place, tmp_path: Path) -> None:
    """Without this, a gate that is always red would pass the tests above."""
    done = place.enclave("preview", "local", "--policy-pack", str(pack(tmp_path, harmless)))
    assert done.returncode == 0, done.stdout + done.stderr
    assert ": green" in done.stdout


def test_a_pack_that_promises_nothing_turns_the_gate_red(place: Place, tmp_path: Path) -> None:
    done = place.enclave("preview", "local", "--policy-pack", str(pack(tmp_path, harmless, manifest=None)))
    assert done.returncode == 1
    assert "pack 'seeded' promises no rules" in done.stdout


def test_a_policy_pack_that_is_not_there_is_an_error(place: Place, tmp_path: Path) -> None:
    done = place.enclave("preview", "local", "--policy-pack", str(tmp_path / "nowhere"))
    assert done.returncode == 2
    assert "nowhere" in done.stderr


def test_a_pack_that_hangs_is_not_waited_for_for_ever(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in place.variables().items():
        monkeypatch.setenv(name, value)
    seeded_pack = pack(tmp_path, start + "import time\ndef validate(args, report): time.sleep(3600)" + rule)
    engine = engine_for("local", load_declaration(repository / "stacks" / "local.yaml"), [seeded_pack])
    record = replace(engine, patience=25).preview(quiet=True)
    verdict = decide(record, promises(engine.packs))
    assert verdict.color == "red"
    assert "does a policy pack hang?" in record.errors[0]
