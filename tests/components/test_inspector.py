"""Who inspects is declared once, is independent of who is inspected, and gets the same on every site."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from components.aws.inspection_policies import SCOPES, copy_policy, inspector_policy
from components.declaration import load_declaration
from components.declaration.model import AwsSite, KubernetesSite
from components.kubernetes.inspection import BUNDLES, CLUSTER
from components.kubernetes.inspection import SCOPES as IN_CLUSTER
from components.kubernetes.watch import way_policy
from components.site import SitePlan
from located_yaml import ProblemsError
from tests.components.declarations import changed, local, stacks
from tests.components.shapes import Registered, shape

if TYPE_CHECKING:
    from pathlib import Path

WRITING = (
    "Put",
    "Create",
    "Delete",
    "Update",
    "Set",
    "Start",
    "Stop",
    "Modify",
    "Attach",
    "Run",
    "Tag",
    "Assume",
    "Pass",
)
DATA = ("s3:GetObject", "secretsmanager:", "ssm:", "dynamodb:", "logs:", "kms:Decrypt", "kms:GenerateDataKey")


def plan() -> SitePlan[AwsSite]:
    declaration = load_declaration(stacks / "local.yaml")
    site = declaration.sites["dublin-1"]
    assert isinstance(site, AwsSite)
    return SitePlan("dublin-1", site, declaration)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("name: norsk-tilsyn", "name: enclave-norway", "employs people who are inspected"),
        ('account: "444455556666", e', 'account: "111122223333", e', "is the account of site 'dublin-1'"),
        ("external_id: enclave-europe-5c1f0a7be2d94b36", "external_id: guessed", "is not an external id: 16 to 200"),
        ("groups: [norsk-tilsyn]", 'groups: ["system:masters"]', "is a group of Kubernetes itself"),
        ('every: "1 minute"', 'every: "7 minutes"', "is not a part of an hour"),
        ('every: "1 minute"', 'every: "90 minutes"', "is not a part of an hour"),
        ("segment: monitoring}", "segment: gateway}", "people come to segment 'gateway' for the gateway 'employees'"),
        ("segment: monitoring}", "segment: ingress}", "people come to segment 'ingress' for the gateway 'employees'"),
        ("segment: monitoring}", "segment: watching}", "segment 'watching' is not declared"),
        ("scopes: [gateways, identities, keys, network, storage]", "scopes: [identities, gateways]", "at network too"),
        (
            "groups: [norsk-tilsyn]",
            "groups: [enclave-operators]",
            "operates site 'hamar', and nobody inspects themselves",
        ),
        ("groups: [norsk-tilsyn]", "groups: [enclave-key-custodian]", "administers the key 'store'"),
        ("groups: [norsk-tilsyn]", "groups: [enclave-deidentifier]", "uses the key 'pseudonyms'"),
        ("    kubernetes: {groups: [norsk-tilsyn]}\n", "", "the inspector sees nothing of site 'hamar'"),
        ("retention_days: 400", "retention_days: 89", "is too small; give 90 or more"),
        ("retention_days: 400", "retention_days: 3654", "is too large; give 3653 or less"),
        ("https://alerts.n", "http://alerts.n", "is not an https address"),
        ("    hamar: {host: al", "    harstad: {host: al", "'harstad'"),
        ("    hamar: {host: al", "    dublin-1: {host: al", "in AWS, where the record goes to the site's own locked"),
        ("address: 10.240.7.10", "address: 198.51.100.7", "is public address space; the inspector's line leads to"),
        ("address: 10.240.7.10", "address: 10.32.14.11", "lies in 10.32.0.0/16 of site 'hamar'; a receiver stands"),
        ("address: 10.240.7.10", "address: 10.200.4.1", "of entry 0, from where people come; a receiver stands"),
        ("host: alerts.norsk-tilsyn.example, a", "host: https://x, a", "is not the name of a host"),
        ("bucket: enclave-europe-hamar", "bucket: Enclave", "is not the name of a bucket"),
        (
            "bucket: norsk-tilsyn-enclave-watch",
            "bucket: europe-dublin-1-config-111122223333",
            "name the inspector's own",
        ),
        ("host: alerts.norsk-tilsyn.example, a", "host: 10.240.7.10, a", "is not the name of a host"),
        ("scopes: [gateways, identities, keys, network, storage]", "scopes: [data]", "'data' is not allowed here"),
        ('  country: "NO"\n  independence', "  independence", "'country' is missing"),
        ("  logs: {use", "  inspection: {use: encrypt, administrators: [x]}\n  logs: {use", "the inspector's own key"),
    ],
)
def test_an_inspector_who_is_none_is_refused_with_its_line(old: str, new: str, message: str, tmp_path: Path) -> None:
    file = changed(tmp_path, (old, new))
    with pytest.raises(ProblemsError) as caught:
        load_declaration(file)
    (line,) = [each for each in str(caught.value).splitlines() if message in each]
    assert line.startswith(f"{file}:")


def test_a_declaration_without_an_inspector_stays_valid_and_builds_nothing_of_it(tmp_path: Path) -> None:
    text = (stacks / "local.yaml").read_text(encoding="utf-8")
    block = text[text.index("inspector:\n") : text.index("\nsites:\n")]
    promise = "    - {from: [hamar/gateway], to: [inspector], ports: [443], protocol: tcp}\n"
    built = shape(local(tmp_path, (block, ""), (promise, "")))
    assert not [each.name for each in built if "inspect" in each.name or "shipper" in each.name]


@pytest.fixture(scope="module")
def registered() -> list[Registered]:
    return shape(load_declaration(stacks / "local.yaml"))


def test_every_site_has_the_same_inspection(registered: list[Registered]) -> None:
    def of(site: str) -> list[tuple[str, str]]:
        mine = [each for each in registered if each.name.startswith(f"{site}-inspect")]
        return sorted((each.type, each.name.removeprefix(site)) for each in mine)

    assert of("dublin-1") == of("dublin-2")
    assert ("aws:cloudtrail/trail:Trail", "-inspection") in of("dublin-1")
    assert ("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "-inspector") in of("hamar")


def test_the_trail_records_each_object_of_the_stores_and_stays_in_its_region(registered: list[Registered]) -> None:
    (trail,) = [each for each in registered if each.type.endswith(":Trail") and each.name.startswith("dublin-1")]
    selectors = trail.inputs["advancedEventSelectors"]
    objects = next(field for each in selectors for field in each["fieldSelectors"] if field["field"] == "resources.ARN")
    assert objects["startsWiths"] == [
        f"arn:aws:s3:::europe-dublin-1-{each}-111122223333/" for each in ("store", "logs", "config")
    ]
    assert not trail.inputs["isMultiRegionTrail"]
    assert trail.inputs["enableLogFileValidation"]
    assert trail.inputs["kmsKeyId"].endswith("dublin-1-inspection")


def test_each_site_tells_what_its_inspection_must_consist_of(registered: list[Registered]) -> None:
    for site in ("dublin-1", "dublin-2"):
        (told,) = [
            each.inputs for each in registered if each.name == f"{site}-inspection" and "Inspection" in each.type
        ]
        assert (told["site"], told["trail"]) == (site, f"europe-{site}-inspection")
        assert told["bucket"] in {each.inputs.get("bucket") for each in registered if each.type.endswith(":Bucket")}
        assert "kms:Decrypt" in {action for look in told["looks"] for action in look["actions"]}
        assert all(look["resources"] for look in told["looks"] if look["actions"] != ["kms:Decrypt"])


def test_the_inspector_reads_and_nothing_else() -> None:
    document = inspector_policy(plan(), [*SCOPES], "arn:key")
    for statement in document["Statement"]:
        for action in statement["Action"]:
            verb = action.partition(":")[2]
            assert not verb.startswith(WRITING), action
            assert "*" not in action.partition("Describe")[0], action
            if action.startswith(DATA):
                named = json.dumps(statement["Resource"])
                assert "inspection" in named or "-config-111122223333/gateways/" in named or named == '["arn:key"]'


def test_the_inspector_sees_no_secret_of_the_cluster_and_changes_nothing() -> None:
    rules = [*CLUSTER, *BUNDLES, *(rule for rules in IN_CLUSTER.values() for rule in rules)]
    assert {verb for rule in rules for verb in rule["verbs"]} == {"get", "list", "watch"}
    named = {resource for rule in rules for resource in rule["resources"]}
    assert not named & {
        "secrets",
        "*",
        "pods/exec",
        "pods/attach",
        "pods/log",
        "users",
        "groups",
        "serviceaccounts/token",
    }


def test_only_cloudtrail_and_the_gateways_hosts_add_to_the_copy_and_nobody_changes_it() -> None:
    statements = {each["Sid"]: each for each in copy_policy(plan())["Statement"]}
    nobody = statements["NobodyChanges"]
    assert (nobody["Effect"], nobody["Principal"], "Condition" in nobody) == ("Deny", "*", False)
    no_trail = {"StringNotEquals": {"aws:PrincipalServiceName": "cloudtrail.amazonaws.com"}}
    hosts = ["arn:aws:iam::111122223333:role/europe-dublin-1-employees-gateway"]
    assert statements["OnlyTheTrailWrites"]["Condition"] == no_trail
    assert statements["OnlyRecordersWrite"]["Condition"] == {**no_trail, "ArnNotEquals": {"aws:PrincipalArn": hosts}}
    allowed = [each for each in statements.values() if each["Effect"] == "Allow"]
    assert {json.dumps(each["Principal"]) for each in allowed} == {
        json.dumps({"Service": "cloudtrail.amazonaws.com"}),
        json.dumps({"AWS": hosts}),
    }
    assert statements["GatewaysRecord"]["Resource"] == [
        "arn:aws:s3:::europe-dublin-1-inspection-111122223333/records/*"
    ]


@pytest.mark.parametrize(("port", "ports"), [("", {443}), (", port: 9000", {443, 9000})])
def test_a_watch_may_reach_api_servers_and_the_inspector_and_nothing_else(
    port: str, ports: set[int], tmp_path: Path
) -> None:
    """The seeded bug: a receiver at a port of its own, and no way for alerts."""
    promised = ("to: [inspector], ports: [443]", f"to: [inspector], ports: [{max(ports)}]")
    declaration = local(tmp_path, ("bucket: enclave-europe-hamar}", f"bucket: enclave-europe-hamar{port}}}"), promised)
    site = declaration.sites["hamar"]
    assert isinstance(site, KubernetesSite)
    plan = SitePlan("hamar", site, declaration)
    assert plan.watch is not None
    asked, told = way_policy(plan, plan.watch)["egress"]
    assert {one["port"] for one in asked["ports"]} == {443, 6443}
    assert asked["to"][0]["ipBlock"]["except"] == [str(plan.segment_network(name)) for name in declaration.segments]
    assert ({one["port"] for one in told["ports"]}, told["to"]) == (ports, [{"ipBlock": {"cidr": "10.240.7.10/32"}}])
