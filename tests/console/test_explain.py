"""`enclave explain`: each step from a resource to its place, what each rule looked at, what the law knows of a type."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from enclave_policies.catalog.stored import compile_catalog
from enclave_policies.judging.packs import EVERY
from enclave_policies.law.folder import load_law

from console.audit import explain, explain_rule
from console.audit.explain_place import place_lines
from console.gate import stack as gate_stack
from console.gate.errors import EngineError
from tests.console.auditing import BUCKET, URN, bucket, case, pack, written
from tests.corpus_cases import as_export, as_resources

Captured = pytest.CaptureFixture[str]


def told(
    capsys: Captured,
    what: str,
    *,
    export: Path | None = None,
    stack: str | None = None,
    only_pack: Path | None = None,
) -> str:
    """Return what `enclave explain` prints."""
    assert explain.explain(what, export=export, stack=stack, as_of=None, only_pack=only_pack) == 0
    return capsys.readouterr().out


def place(*resources: dict[str, Any]) -> list[str]:
    """Return the steps to the place of the last resource."""
    return list(place_lines(as_resources(case(*resources))[-1], load_law()))


def test_a_resource_of_its_own_region_is_placed_there() -> None:
    assert place(bucket("store", "eu-west-2")) == [
        "  1. its zone (availabilityZone): none",
        "  2. its own region (region): 'eu-west-2'",
        "  3. the region of its provider dublin-1: 'eu-west-1'",
        "  so it is in eu-west-2 (London, United Kingdom, GB): United Kingdom, not approved",
    ]


def test_a_resource_without_a_region_is_placed_by_its_provider() -> None:
    steps = place({"name": "store", "type": BUCKET, "provider": "dublin-1"})
    assert steps[-1] == "  so it is in eu-west-1 (Dublin, Ireland, IE): Ireland, approved"


def test_a_zone_is_stronger_than_a_region() -> None:
    subnet = {"name": "subnet", "type": "aws:ec2/subnet:Subnet", "provider": "dublin-1"}
    steps = place(subnet | {"inputs": {"region": "eu-west-1", "availabilityZone": "us-east-1a"}})
    assert steps[0] == "  1. its zone (availabilityZone): 'us-east-1a'"
    assert "United States, not approved" in steps[-1]


def test_a_region_that_nobody_knows_yet_is_said_to_be_unknown() -> None:
    steps = place(bucket("store", "<unknown>"))
    assert "not known (a value computed later, or a secret that cannot be read)" in steps[1]
    assert "not approved" in steps[-1]


def test_an_environment_that_would_decide_is_named() -> None:
    assert "none, so its environment would decide" in place({"name": "b", "type": BUCKET, "provider": "regionless"})[2]
    assert "it has no provider" in place({"name": "b", "type": BUCKET})[2]


def test_a_cluster_leads_to_its_site_and_country() -> None:
    assert place({"name": "n", "type": "kubernetes:core/v1:Namespace", "provider": "hamar"}) == [
        "  1. its provider: hamar (pulumi:providers:kubernetes)",
        "  2. the server that the provider's kubeconfig leads to: https://k8s.hamar.example:6443",
        "  3. registered at that address: cluster hamar, told by its address alone",
        "  4. cluster hamar belongs to the site Hamar",
        "  so it is in cluster hamar (Hamar, Norway, NO): Norway, approved",
    ]


@pytest.mark.parametrize(
    ("provider", "reason"),
    [
        ("hamar-eks-abroad", "no registered cluster: it would be on the cluster at 'https://abcdef.gr7.us-east-1"),
        ("ambient-cluster", "none that can be told"),
        ("unknown-cluster", "its kubeconfig, context or cluster is not known"),
        ("default_4_34_2", "which the environment configures"),
    ],
)
def test_a_cluster_that_is_not_registered_is_said_to_be_none(provider: str, reason: str) -> None:
    steps = place({"name": "n", "type": "kubernetes:core/v1:Namespace", "provider": provider})
    assert reason in "\n".join(steps)
    assert "not approved" in steps[-1]


def test_a_component_has_no_place() -> None:
    assert place({"name": "c", "type": "my:mod:Component", "custom": False})[-1] == "  so it has no place of its own"


def test_a_urn_is_explained_with_place_mentions_and_rules(tmp_path: Path, capsys: Captured) -> None:
    table = {"name": "table", "type": "aws:dynamodb/table:Table", "provider": "dublin-1"}
    export = written(tmp_path, table | {"inputs": {"replicas": [{"regionName": "us-east-1"}], "name": "t"}})
    shown = told(capsys, f"{URN}aws:dynamodb/table:Table::table", export=export)
    assert "type aws:dynamodb/table:Table: regional (placed by its own region, else by its provider's)" in shown
    assert "replicas.regionName: region:destination" in shown
    assert "so it is in eu-west-1 (Dublin, Ireland, IE): Ireland, approved" in shown
    assert "  region:destination: replicas.regionName = 'us-east-1'" in shown
    (said,) = [line for line in shown.splitlines() if line.startswith("  JUR-010 ")]
    assert said.endswith("[fail]")
    assert "JUR-001 resource-region" in shown.split("no objection after a look at the whole resource: ")[1]
    assert "JUR-003 zone" in shown.split("not concerned by its inputs: ")[1]


def test_no_value_is_shown_that_could_be_a_secret(tmp_path: Path, capsys: Captured) -> None:
    function = {"name": "f", "type": "aws:lambda/function:Function", "provider": "dublin-1"}
    url = "https://user:hunter2@api.example.net/?token=hunter2"
    export = written(tmp_path, function | {"inputs": {"environment": {"variables": {"URL": url, "KEY": "hunter2"}}}})
    shown = told(capsys, f"{URN}aws:lambda/function:Function::f", export=export)
    assert "environment.variables.URL" in shown
    assert "hunter2" not in shown


def test_what_the_law_knows_of_a_type_is_told_with_where_it_is_written(capsys: Captured) -> None:
    shown = told(capsys, "aws:dynamodb/table:Table")
    assert shown.startswith("aws:dynamodb/table:Table: regional (placed by its own region, else by its provider's)\n")
    assert "  law/catalog/sdk.json:" in shown
    assert "  law/catalog/inputs/aws.yaml:" in shown
    assert ": Copies: data or resources are put into that region.\n" in shown
    assert "    replicas.regionName: region:destination (a region that data or resources are put into)" in shown


def test_the_reason_in_a_table_is_told_the_groups_or_the_entrys_own(tmp_path: Path, capsys: Captured) -> None:
    other = pack(tmp_path, exceptions={"exceptions": []})
    folder = other / "law" / "catalog"
    table = folder / "kinds" / "others.yaml"
    ours = "  - kind: regional\n    reason: Ours.\n    types: [acme:a:A]\n    each:\n      acme:a:B: only this\n"
    table.write_text(f"{table.read_text()}{ours}")
    compile_catalog(folder)
    assert ": Ours.\n" in told(capsys, "acme:a:A", only_pack=other)
    assert ": only this\n" in told(capsys, "acme:a:B", only_pack=other)


def test_a_type_that_is_known_by_its_package_is_explained(capsys: Captured) -> None:
    assert told(capsys, "gcp:storage/bucket:Bucket").startswith("gcp:storage/bucket:Bucket: foreign (")
    near = told(capsys, "kubernetes:apps/v1:Deploymnt")
    assert "known by its package alone; did you mean kubernetes:apps/v1:Deployment" in near


@pytest.mark.parametrize(
    ("what", "meant"),
    [("aws:s3/Bucket", BUCKET), ("aws:s3/bucket:bucket", BUCKET), ("aws:dynamodb/table:Tabel", "Table")],
)
def test_an_unknown_type_is_bad_input_with_what_may_be_meant(what: str, meant: str, capsys: Captured) -> None:
    assert explain.explain(what, export=None, stack=None, as_of=None, only_pack=None) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"the law knows no type {what}; did you mean" in said.err
    assert meant in said.err


def test_an_unknown_urn_is_bad_input_with_what_may_be_meant(tmp_path: Path, capsys: Captured) -> None:
    export = written(tmp_path, bucket("store"))
    assert explain.explain(f"{URN}{BUCKET}::stor", export=export, stack=None, as_of=None, only_pack=None) == 2
    assert f"did you mean {URN}{BUCKET}::store" in capsys.readouterr().err


def test_a_name_like_no_other_is_refused_without_a_guess(capsys: Captured) -> None:
    assert explain.explain("qqqqqqqq", export=None, stack=None, as_of=None, only_pack=None) == 2
    said = (
        "qqqqqqqq is no type and no rule; for a resource of that name, name its state, with --export FILE or --stack "
    )
    assert capsys.readouterr().err == f"{said}NAME\n"


def test_a_resource_is_explained_by_its_own_name(tmp_path: Path, capsys: Captured) -> None:
    export = written(tmp_path, bucket("store", "eu-west-2"), bucket("logs"))
    assert told(capsys, "store", export=export) == told(capsys, f"{URN}{BUCKET}::store", export=export)


def test_a_name_of_several_resources_lists_them(tmp_path: Path, capsys: Captured) -> None:
    queue = {"name": "store", "type": "aws:sqs/queue:Queue", "provider": "dublin-1", "inputs": {}}
    export = written(tmp_path, bucket("store"), queue)
    assert explain.explain("store", export=export, stack=None, as_of=None, only_pack=None) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0].endswith("holds 2 resources called store; name one by its URN:")
    assert said[1:] == [f"  {URN}{BUCKET}::store", f"  {URN}aws:sqs/queue:Queue::store"]


def test_a_name_that_is_not_there_names_the_nearest(tmp_path: Path, capsys: Captured) -> None:
    export = written(tmp_path, bucket("store"))
    assert explain.explain("stor", export=export, stack=None, as_of=None, only_pack=None) == 2
    assert "holds no resource stor; did you mean store?" in capsys.readouterr().err


@pytest.mark.parametrize("rule", EVERY.rules, ids=lambda rule: rule.id)
def test_every_rule_is_explained_with_what_to_do_and_an_example(rule: Any, capsys: Captured) -> None:
    shown = told(capsys, rule.id)
    assert shown.startswith(f"{rule.id} {rule.name}: {rule.title}\n")
    assert f"to do where it refuses: {rule.remedy}\n" in shown
    assert "\nrefused, for example:\n  " in shown
    assert f"\nand it says: {rule.id} {rule.name}: " in shown
    assert told(capsys, rule.name) == shown


def test_a_rule_that_is_not_there_names_the_nearest(capsys: Captured) -> None:
    assert explain.explain("JUR-099", export=None, stack=None, as_of=None, only_pack=None) == 2
    assert "there is no rule JUR-099; did you mean JUR-0" in capsys.readouterr().err


def test_without_its_pages_a_rule_is_explained_without_examples(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explain_rule, "PAGES", Path("/nowhere"))
    shown = told(capsys, "JUR-001")
    assert "to do where it refuses" in shown
    assert "for example" not in shown


@pytest.mark.parametrize("both", [True, False])
def test_a_urn_needs_one_state(both: bool, tmp_path: Path, capsys: Captured) -> None:
    export = written(tmp_path, bucket("store")) if both else None
    stack = "local" if both else None
    assert explain.explain(f"{URN}{BUCKET}::store", export=export, stack=stack, as_of=None, only_pack=None) == 2
    assert "--export FILE or --stack NAME" in capsys.readouterr().err


class Engine:
    """An engine that answers `stack export`."""

    stack = "local"

    def __init__(self, code: int) -> None:
        self.code = code
        self.asked: list[tuple[str, ...]] = []

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Answer as the engine would."""
        self.asked.append(words)
        return subprocess.CompletedProcess(words, self.code, json.dumps(as_export(case(bucket("store")))), "no stack\n")


def test_a_stack_s_own_state_is_read_with_its_secrets(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(0)
    monkeypatch.setattr(gate_stack, "engine_for", lambda *_: engine)
    assert "Ireland, approved" in told(capsys, f"{URN}{BUCKET}::store", stack="local")
    assert engine.asked == [("stack", "export", "--show-secrets", "--stack", "local")]


def test_a_stack_that_cannot_be_exported_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_stack, "engine_for", lambda *_: Engine(255))
    with pytest.raises(EngineError, match="the state of the stack 'local' cannot be read:\nno stack"):
        explain.explain(f"{URN}{BUCKET}::store", export=None, stack="local", as_of=None, only_pack=None)
