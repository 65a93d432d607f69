"""Every pack is known to whoever judges: without an engine, in the continuous integration, and to its readers."""

from __future__ import annotations

from pathlib import Path

from enclave_policies.judging.packs import EVERY, PACKS
from enclave_policies.judging.promise import promise_of, read_promise

FOLDER = Path(__file__).parents[3] / "policy-packs"
WORKFLOW = Path(__file__).parents[3] / ".github" / "workflows" / "ci.yml"


def test_every_pack_is_told_in_the_readme() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [name for name in PACKS if f"**`{name}`**" not in text] == []


def test_every_pack_is_known_and_promises_what_it_asks() -> None:
    folders = {file.parent for file in FOLDER.glob("*/PulumiPolicy.yaml")}
    assert {folder.name for folder in folders} == set(PACKS)
    assert {folder.name for folder in folders if read_promise(folder) != promise_of(PACKS[folder.name].rules)} == set()


def test_every_job_of_the_continuous_integration_attaches_every_pack() -> None:
    (line,) = (
        line for line in WORKFLOW.read_text(encoding="utf-8").splitlines() if "PULUMI_OPTION_POLICY_PACK:" in line
    )
    assert {Path(folder).name for folder in line.partition(":")[2].split(",")} == set(PACKS)


def test_no_two_rules_share_an_id_or_a_name() -> None:
    assert len({rule.id for rule in EVERY.rules}) == len({rule.name for rule in EVERY.rules}) == len(EVERY.rules)
