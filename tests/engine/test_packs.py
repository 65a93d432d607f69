"""A pack that breaks, that is empty or that cannot know turns the gate red, each with its reason."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from console.gate.engine import Engine
from console.gate.packs import promises
from console.gate.verdict import decide
from tests.engine.place import project

if TYPE_CHECKING:
    from pathlib import Path

    from console.gate.record import RunRecord
    from console.gate.verdict import Verdict
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


def pack(folder: Path, program: str, manifest: str | None = "rules: {SED-001: seeded-rule}\n") -> Path:
    """Write a pack."""
    made = folder / "seeded"
    made.mkdir()
    runtime = f"runtime: {{name: python, options: {{toolchain: pip, virtualenv: {sys.prefix}}}}}\n"
    (made / "PulumiPolicy.yaml").write_text(f"name: seeded\nversion: 0.0.1\n{runtime}", encoding="utf-8")
    (made / "__main__.py").write_text(program, encoding="utf-8")
    if manifest is not None:
        (made / "rules.yaml").write_text(manifest, encoding="utf-8")
    return made


# Two resources, the second of which knows the first's id only once it exists.
program = """
import os

import pulumi
import pulumi_aws as aws

here = os.environ["AWS_ENDPOINT_URL"]
provider = aws.Provider("dublin", region="eu-west-1", access_key="x", secret_key="x", skip_credentials_validation=True,
                        skip_requesting_account_id=True, endpoints=[{"ec2": here, "sts": here}])
dublin = pulumi.ResourceOptions(provider=provider)
vpc = aws.ec2.Vpc("site", cidr_block="10.99.0.0/16", opts=dublin)
aws.ec2.Subnet("segment", vpc_id=vpc.id, cidr_block="10.99.0.0/24", opts=dublin)
"""

seeded = {
    "raises": (raising, "the engine failed"),
    "has no rules": (empty, "nothing was judged"),
    "leaves out a rule that it promises": (incomplete, "rule 'seeded-rule' of pack 'seeded' did not run on"),
    "meets an unknown value": (unknown, "seeded-rule could not judge"),
    "does not start": (crashing, "the engine failed"),
    "refuses": (refusing, "refusals of"),
}


def judged(place: Place, folder: Path, seeded_pack: Path, patience: float = 120.0) -> tuple[RunRecord, Verdict]:
    """Let the real engine plan the program with one pack, and the gate decide on what it recorded."""
    place.pulumi("-C", str(project(folder / "small", program)), "stack", "init", "local", pack=False)
    engine = Engine(folder / "small", "local", place.variables(), [seeded_pack], patience)
    record = engine.preview(quiet=True)
    return record, decide(record, promises(engine.packs))


@pytest.mark.parametrize("case", seeded)
def test_the_gate_is_red_when_a_pack(case: str, place: Place, tmp_path: Path) -> None:
    broken, reason = seeded[case]
    _, verdict = judged(place, tmp_path, pack(tmp_path, broken))
    assert verdict.color == "red"
    assert reason in "\n".join(verdict.reasons)


def test_the_gate_is_green_when_a_pack_has_no_objection(place: Place, tmp_path: Path) -> None:
    """Without this, a gate that is always red would pass the tests above."""
    _, verdict = judged(place, tmp_path, pack(tmp_path, harmless))
    assert (verdict.color, verdict.judged) == ("green", 4), "the stack, the provider and two resources"


def test_a_pack_that_promises_nothing_turns_the_gate_red(place: Place, tmp_path: Path) -> None:
    _, verdict = judged(place, tmp_path, pack(tmp_path, harmless, manifest=None))
    assert verdict.color == "red"
    assert "pack 'seeded' promises no rules" in "\n".join(verdict.reasons)


def test_the_command_stays_green_when_one_more_pack_has_no_objection(place: Place, tmp_path: Path) -> None:
    place.enclave("init", "local")  # refused where the stack is there already
    done = place.enclave("preview", "local", "--policy-pack", str(pack(tmp_path, harmless)))
    assert done.returncode == 0, done.stdout + done.stderr
    assert ": green" in done.stdout


def test_the_command_fails_when_one_more_pack_refuses(place: Place, tmp_path: Path) -> None:
    place.enclave("init", "local")  # refused where the stack is there already
    done = place.enclave("preview", "local", "--policy-pack", str(pack(tmp_path, refusing)))
    assert done.returncode == 1, done.stdout
    assert ": red" in done.stdout
    assert "refusals of" in done.stdout


def test_a_policy_pack_that_is_not_there_is_an_error(place: Place, tmp_path: Path) -> None:
    done = place.enclave("preview", "local", "--policy-pack", str(tmp_path / "nowhere"))
    assert done.returncode == 2
    assert "nowhere" in done.stderr


def test_a_pack_that_hangs_is_not_waited_for_for_ever(place: Place, tmp_path: Path) -> None:
    hanging = start + "import time\ndef validate(args, report): time.sleep(3600)" + rule
    record, verdict = judged(place, tmp_path, pack(tmp_path, hanging), patience=15)
    assert verdict.color == "red"
    assert "does a policy pack hang?" in record.errors[0]
