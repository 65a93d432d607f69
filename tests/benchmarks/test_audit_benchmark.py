"""The audit's benchmark: the same resources for every judge, whole commands, and targets that can be missed."""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.judging.packs import EVERY
from enclave_policies.resources.export import export_of

import benchmarks.__main__ as command
from benchmarks import opa
from benchmarks.audit import audit, figures
from benchmarks.errors import NotMeasuredError
from benchmarks.figure import Figure, Target
from benchmarks.mixed import Mix, mixed, refused_one_in
from benchmarks.mixed_export import as_export, urn
from benchmarks.mixed_plan import address, as_plan
from benchmarks.whole import Whole, in_turns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.workbench import Workbench

COUNT = 1000
TERRAFORMS_OWN = {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"}
UNFILLED = re.compile(r"[{][a-z ]+[}]")


def test_a_mix_is_the_same_every_time_and_holds_every_type() -> None:
    first, again = mixed(COUNT), mixed(COUNT)
    assert first == again
    assert len(first.made) == COUNT
    types = Counter(made.entry.type for made in first.made)
    assert len(types) >= 60
    assert sum(made.refused for made in first.made) == COUNT // refused_one_in
    assert not [made for made in first.made if UNFILLED.search(json.dumps(made.inputs))]


def test_a_heavy_mix_has_more_of_its_types() -> None:
    for heavy, kind in (("acls", "networkAclRule:NetworkAclRule"), ("policies", "NetworkPolicy")):
        plain, more = (sum(each.entry.type.endswith(kind) for each in mixed(COUNT, how).made) for how in (None, heavy))
        assert more > 4 * plain


def test_a_mix_that_is_too_small_for_every_type_is_refused() -> None:
    with pytest.raises(ValueError, match="50 resources are too few for a mix of"):
        mixed(50)


def test_export_and_plan_hold_the_same_resources() -> None:
    mix = mixed(COUNT)
    made = mix.made
    entries = as_export(mix)["deployment"]["resources"]
    own = [entry for entry in entries if not entry["type"].startswith(("pulumi:", "enclave:"))]
    changes = as_plan(made)["resource_changes"]
    assert [entry["urn"] for entry in own] == [urn(item) for item in made]
    assert [change["address"] for change in changes] == [address(item) for item in made]
    regions = [
        (entry["inputs"].get("region"), change["change"]["after"].get("region"))
        for entry, change in zip(own, changes, strict=True)
    ]
    assert [pair for pair in regions if pair[0] != pair[1]] == []
    assert {region for region, _ in regions} == {None, "eu-west-1", "eu-west-2", "us-east-1"}


def test_blocks_of_a_plan_have_terraforms_names() -> None:
    groups = (item for item in mixed(COUNT).made if item.entry.terraform == "aws_security_group")
    group = next(item for item in groups if "ingress" in item.inputs)
    change = next(each for each in as_plan([group])["resource_changes"])
    assert change["change"]["after"]["ingress"][0]["from_port"] == 8443
    assert change["change"]["after"]["tags"]["site"].startswith("dublin-")


def test_no_resource_of_a_plan_has_an_attribute_that_terraform_keeps_for_itself() -> None:
    """Checkov gave up on the whole plan for one storage class with a ``provisioner``."""
    changes = as_plan(mixed(COUNT).made)["resource_changes"]
    assert {name for change in changes for name in change["change"]["after"]} & TERRAFORMS_OWN == set()


def test_selectors_of_a_plan_are_blocks_where_terraform_has_blocks() -> None:
    after = {change["type"]: change["change"]["after"] for change in as_plan(mixed(COUNT).made)["resource_changes"]}
    (selector,) = after["kubernetes_deployment_v1"]["spec"][0]["selector"]
    assert selector["match_labels"].keys() == {"app.kubernetes.io/name"}
    assert after["kubernetes_service_v1"]["spec"][0]["selector"].keys() == {"app.kubernetes.io/name"}
    assert after["kubernetes_storage_class_v1"]["storage_provisioner"] == "rbd.csi.ceph.com"
    assert "function_name" in after["aws_lambda_function"]


@pytest.mark.parametrize("heavy", [None, "acls", "policies"])
def test_the_rules_of_all_packs_refuse_exactly_what_was_made_to_be_refused(heavy: str | None) -> None:
    mix = mixed(COUNT, heavy)
    resources = export_of(json.dumps(as_export(mix)).encode(), "export").resources
    found = judge_stack(resources, EVERY.load(None, None), EVERY.rules)
    refused = {urn for urn, findings in found.items() if findings}
    assert refused == {urn(item) for item in mix.made if item.refused}


@pytest.mark.parametrize(
    ("named", "spoiled"),
    [
        ("aws:sqs/queue:Queue", {"kmsMasterKeyId": None}),
        ("aws:ec2/networkAcl:NetworkAcl", {"ingress": [{"action": "allow", "cidrBlock": "0.0.0.0/0"}]}),
        ("kubernetes:core/v1:Namespace", {"metadata": {"name": "enclave-app", "labels": {}}}),
    ],
)
def test_a_mix_that_a_pack_does_not_pass_is_noticed(named: str, spoiled: dict[str, object]) -> None:
    """The seeded bugs of the mix: before, it was clean for one pack of three."""
    mix = mixed(COUNT)
    at = next(number for number, item in enumerate(mix.made) if item.entry.type == named and not item.refused)
    item = mix.made[at]
    made = (*mix.made[:at], replace(item, inputs={**item.inputs, **spoiled}), *mix.made[at + 1 :])
    resources = export_of(json.dumps(as_export(Mix(made, mix.meant))).encode(), "export").resources
    found = judge_stack(resources, EVERY.load(None, None), EVERY.rules)
    assert {urn for urn, findings in found.items() if findings} > {urn(each) for each in made if each.refused}


def whole(folder: Path, script: str, **options: object) -> Whole:
    return Whole("tried", [sys.executable, "-c", script], folder, os.environ, str, **options)  # type: ignore[arg-type]


def test_a_whole_command_tells_its_seconds_and_its_own_peak_however_large_we_are(tmp_path: Path) -> None:
    large = bytearray(200_000_000)
    small = whole(tmp_path, "import time; time.sleep(0.2)")
    greedy = whole(tmp_path, "held = bytearray(100_000_000)")
    in_turns((small, greedy), 2, str)
    assert [len(each.seconds) for each in (small, greedy)] == [2, 2]
    assert min(small.seconds) >= 0.2
    assert max(small.peaks) < 50
    assert 100 < min(greedy.peaks) < len(large) / 1e6


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("raise SystemExit('no such export')", "ended with 1: no such export"),
        ("print('nothing')", "did not do its work"),
    ],
)
def test_a_command_that_fails_or_does_something_else_is_not_measured(script: str, message: str, tmp_path: Path) -> None:
    def check(output: str) -> None:
        raise ValueError(output)

    failing = Whole("tried", [sys.executable, "-c", script], tmp_path, os.environ, check)
    with pytest.raises(NotMeasuredError, match=message):
        failing()
    assert failing.seconds == []


def test_an_audit_that_refuses_other_resources_is_not_measured(tmp_path: Path) -> None:
    made = mixed(COUNT).made
    judge = audit(tmp_path / "export.json", tmp_path, made)
    refused = [{"urn": urn(item), "findings": ["one"]} for item in made if item.refused]
    judge.check(json.dumps({"summary": {"judged": COUNT + 4}, "resources": refused}))
    with pytest.raises(ValueError, match="it refused 4 resources instead of 5"):
        judge.check(json.dumps({"summary": {"judged": COUNT + 4}, "resources": refused[1:]}))
    with pytest.raises(ValueError, match="judged 1000 resources, and not 1000 and 4"):
        judge.check(json.dumps({"summary": {"judged": COUNT}, "resources": refused}))


def test_opa_has_to_deny_exactly_what_lies_abroad(tmp_path: Path) -> None:
    rego = opa.command(tmp_path / "opa", tmp_path / "plan.json", tmp_path, ["aws_s3_bucket.one"])

    def answer(*messages: str) -> str:
        return json.dumps({"result": [{"expressions": [{"value": list(messages)}]}]})

    rego.check(answer("aws_s3_bucket.one would be in us-east-1"))
    with pytest.raises(ValueError, match="denied 0 resources instead of 1"):
        rego.check(answer())


@pytest.mark.parametrize(
    ("target", "ratio", "met"),
    [
        (Target("audit/OPA", 3), 3.0, True),
        (Target("audit/OPA", 3), 3.1, False),
        (Target("Checkov/audit", 30, at_least=True), 30.0, True),
        (Target("Checkov/audit", 30, at_least=True), 29.0, False),
    ],
)
def test_a_target_is_met_or_missed(target: Target, ratio: float, met: bool) -> None:
    assert Figure("a thing", "s", (ratio,), "a peer", 1.0, target).missed is not met


def test_the_audits_figures_compare_medians_and_name_every_target(tmp_path: Path) -> None:
    values = (2.0, 0.4, 9.0, 1.0, 0.5)
    ours, smaller, larger, rego, bare = (whole(tmp_path, "", seconds=[value]) for value in values)
    ours.peaks.append(150.0)
    told = figures(ours, smaller, larger, rego, bare)
    assert {figure.target.name: figure.ratio for figure in told if figure.target} == {
        "audit/OPA": 2.0,
        "whole growth to 10000": 0.5,
        "whole growth to 50000": 0.9,
        "memory/300 MB": 0.5,
    }


@pytest.mark.parametrize(("ratio", "code", "words"), [(2.0, 0, "twice 2 (≤ 3)"), (4.0, 1, "twice 4 (≤ 3, missed)")])
def test_a_missed_target_ends_with_1_and_the_last_line_names_every_ratio(
    ratio: float, code: int, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measure(_bench: Workbench) -> Iterator[Figure]:
        yield Figure("a thing", "s", (ratio,), "a peer", 1.0, Target("twice", 3))
        yield Figure("another", "s", (9.0,), "a peer", 1.0)

    monkeypatch.setattr(command, "benchmarks", {"one": measure})
    assert command.main([]) == code
    assert capsys.readouterr().out.splitlines()[-1] == f"ratios: {words}"
