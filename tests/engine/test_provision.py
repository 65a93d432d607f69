"""The main job on the real engine: provision, change nothing, watch what is done behind our back, destroy."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evidence.record.cells import cells
from evidence.record.files import read
from sandbox.layout import Layout
from sandbox.services import gateways, supervisor
from tests.engine import delivery
from tests.engine.inventory import RECEIVED, aws_in, client, copies, in_kubernetes, in_moto, kubernetes_in
from tests.engine.place import Place, repository
from tests.engine.tampering import TAMPERINGS, an_open_policy, patched
from tests.hosts.watch.receiver import receiver
from tests.inspection import real

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engine.tampering import Tampering


@pytest.fixture(scope="module")
def provisioned(place: Place) -> Place:
    """The local stack, provisioned once for all tests here; each leaves it provisioned."""
    done = place.enclave("up", "local")
    assert done.returncode == 0, done.stdout + done.stderr
    return place


def test_a_second_up_changes_nothing(provisioned: Place) -> None:
    done = provisioned.enclave("up", "local")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "local plan: no changes" in done.stdout
    assert "green" in done.stdout


def test_the_record_of_the_run_says_of_each_resource_and_rule_what_an_audit_says(
    provisioned: Place, tmp_path: Path
) -> None:
    bundle, key = provisioned.evidence / "local" / "bundle", provisioned.evidence / "stand-in.pub"
    assert provisioned.enclave("report", "local").returncode == 0
    assert provisioned.enclave("verify", str(bundle), "--key", str(key)).returncode == 0
    export, audited = tmp_path / "state.json", tmp_path / "audited"
    export.write_text(provisioned.pulumi("stack", "export", "--stack", "local").stdout, encoding="utf-8")
    assert provisioned.enclave("report", "local", "--export", str(export), "--to", str(audited)).returncode == 0
    run = read((bundle / "record.json").read_bytes(), "the run's")
    audit = read((audited / "record.json").read_bytes(), "the audit's")
    assert (run.run.outcome, audit.run.outcome) == ("clean", "clean")
    states = [[one.sha256 for one in each.inputs if one.role == "state"] for each in (run, audit)]
    assert states == [[hashlib.sha256(export.read_bytes()).hexdigest()]] * 2
    told = [{(cell.resource.urn, cell.rule.id, cell.verdict) for cell in cells(each)} for each in (run, audit)]
    assert told[0] == told[1]
    assert len(told[0]) == run.summary.pairs > 10_000
    assert run.enclave.network == audit.enclave.network
    assert {promise.holds for promise in run.enclave.network.promises} == {True}
    assert run.enclave.decisions == audit.enclave.decisions
    assert run.enclave.approvals == audit.enclave.approvals
    assert all(approval.file for approval in run.enclave.approvals)


def test_the_run_is_computed_again_from_the_export_and_an_edit_of_it_is_named(
    provisioned: Place, tmp_path: Path
) -> None:
    assert provisioned.enclave("report", "local").returncode == 0
    bundle, key = provisioned.evidence / "local" / "bundle", provisioned.evidence / "stand-in.pub"
    export = tmp_path / "state.json"
    export.write_text(provisioned.pulumi("stack", "export", "--stack", "local").stdout, encoding="utf-8")
    asked = ("recheck", str(bundle), "--state", str(export), "--key", str(key), "--json")
    done = provisioned.enclave(*asked)
    assert done.returncode == 0, done.stdout
    found = json.loads(done.stdout)
    assert (found["verdict"], found["signed"], found["causes"], found["not_compared"]) == ("equal", True, [], [])
    assert found["answers"] > 10_000
    state = json.loads(export.read_text(encoding="utf-8"))
    edited = next(each for each in state["deployment"]["resources"] if each["type"] == "aws:s3/bucket:Bucket")
    edited["inputs"]["region"] = edited["outputs"]["region"] = "us-east-1"
    export.write_text(json.dumps(state), encoding="utf-8")
    done = provisioned.enclave(*asked)
    assert done.returncode == 1
    told = [each for each in json.loads(done.stdout)["differences"] if each["aspect"] == "JUR-001"]
    assert [(each["what"], each["kind"], each["before"]) for each in told] == [(edited["urn"], "red", "pass")]


def test_what_moto_has_is_what_the_state_says(provisioned: Place) -> None:
    state = aws_in(provisioned.state("local"))
    assert len({type_ for type_, _ in state}) == 26
    assert in_moto(provisioned) == state


def test_what_the_api_server_has_is_what_the_state_says(provisioned: Place) -> None:
    state = kubernetes_in(provisioned.state("local"))
    assert len({kind for kind, _ in state}) == 17
    assert in_kubernetes(provisioned) == state


def test_an_operator_is_told_of_three_sites_with_country_and_endpoints(provisioned: Place) -> None:
    done = provisioned.pulumi("stack", "output", "--json", "--stack", "local")
    sites = json.loads(done.stdout)["sites"]
    assert {name: site["country"] for name, site in sites.items()} == {
        "dublin-1": "IE",
        "dublin-2": "IE",
        "hamar": "NO",
    }
    for site in sites.values():
        assert site["endpoints"]["gateways"]["employees"].endswith(":443")
        assert len(site["segments"]) == 6 * 3
        assert set(site["keys"]) == {"store", "logs", "volumes", "pseudonyms", "tokens"}


def test_gateways_of_both_kinds_of_site_answer_by_the_bundle_that_their_cloud_holds(provisioned: Place) -> None:
    done = provisioned.run(sys.executable, "-m", "sandbox.gateways.demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓") == 2 * 12
    assert re.search(r"of dublin-1, bundle sha256 [0-9a-f]{64}, from s3://europe-dublin-1-config-", done.stdout)
    assert re.search(r"of hamar, bundle sha256 [0-9a-f]{64}, from ConfigMap employees-", done.stdout)


def test_a_site_that_is_lost_is_read_at_the_other_one_and_nothing_outside_is_asked(provisioned: Place) -> None:
    done = provisioned.run(sys.executable, "-m", "sandbox.failover.demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓") == 20
    record = json.loads((Layout.of(provisioned.folder).gateways / "failover-drill.json").read_text(encoding="utf-8"))
    assert (record["outside"], all(each["held"] for each in record["promises"])) == ([], True)


def test_gateways_of_the_sites_that_live_run_as_services(provisioned: Place) -> None:
    """dublin-2 is being built: it has hosts, and no gateway of its own runs here."""
    assert _gateways(provisioned).returncode == 0
    before = _pids(provisioned)
    assert {name.rpartition("-")[0] for name in before} == {"gateway-dublin-1-employees", "gateway-hamar-employees"}
    said = provisioned.enclave("sandbox", "status", "--dir", str(provisioned.folder))
    assert said.returncode == 0, said.stdout
    assert _gateways(provisioned).returncode == 0
    assert _pids(provisioned) == before, "what has not changed goes on running"
    provisioned.kill("gateway-hamar-employees-authorizer")
    assert "authorizer is dead" in provisioned.enclave("sandbox", "status", "--dir", str(provisioned.folder)).stdout
    assert _gateways(provisioned).returncode == 0
    assert {name for name, pid in _pids(provisioned).items() if pid != before[name]} == {
        "gateway-hamar-employees-authorizer"
    }


def _gateways(place: Place) -> subprocess.CompletedProcess[str]:
    return place.enclave("sandbox", "gateways", "local", "--dir", str(place.folder))


def _pids(place: Place) -> dict[str, int]:
    """Return the processes of the gateways by name."""
    layout = Layout.of(place.folder)
    records = {name: supervisor.running(layout, name) for name in gateways.service_names(layout)}
    return {name: record.pid for name, record in records.items() if record}


def test_a_bundle_that_somebody_put_in_its_place_is_noticed(provisioned: Place) -> None:
    """The seeded bug: an operator points the pods at a table of his own, and leaves the digest as it is."""
    assert _gateways(provisioned).returncode == 0
    named = json.loads(provisioned.kubectl("get", "configmaps", "-n", "enclave-gateway", "-o", "json"))["items"]
    good = next(each for each in named if "policies.cedar" in (each.get("data") or {}))
    metadata = {"name": "own", "namespace": "enclave-gateway", "labels": good["metadata"]["labels"]}
    data = {**good["data"], "policies.cedar": "permit (principal, action, resource);"}
    own = json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})
    (provisioned.folder / "own.json").write_text(own, encoding="utf-8")
    provisioned.kubectl("apply", "-f", str(provisioned.folder / "own.json"))
    volumes = "/spec/template/spec/volumes/0/configMap/name"
    try:
        patched(provisioned, [{"op": "replace", "path": volumes, "value": "own"}])
        _noticed(provisioned, "hamar", "ConfigMap own of enclave-gateway holds")
    finally:
        patched(provisioned, [{"op": "replace", "path": volumes, "value": good["metadata"]["name"]}])
        provisioned.kubectl("delete", "configmap", "own", "-n", "enclave-gateway")


def test_an_object_that_somebody_put_in_the_place_of_a_bundle_is_refused_by_the_host(provisioned: Place) -> None:
    """The seeded bug: an operator writes a table of his own into the bucket, under the digest of the approved one."""
    assert _gateways(provisioned).returncode == 0
    s3, bucket = client(provisioned, "s3"), "europe-dublin-1-config-111122223333"
    (key,) = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    good = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    own = {**good, "policies.cedar": "permit (principal, action, resource);"}
    swapped = s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(own).encode())
    try:
        _noticed(provisioned, "dublin-1", f"s3://{bucket}/{key} holds")
        refused = _gateways(provisioned)
        assert refused.returncode == 1
        assert "enclave-gateway: http" in refused.stdout, "the gateway's own program says no"
        assert "is approved; deploy that one" in refused.stdout
    finally:
        s3.delete_object(Bucket=bucket, Key=key, VersionId=swapped["VersionId"])  # the one before counts again
    assert _gateways(provisioned).returncode == 0


def _noticed(place: Place, site: str, words: str) -> None:
    """Look whether the demo and the status both name what somebody changed."""
    for done in (
        place.run(sys.executable, "-m", "sandbox.gateways.demo", site),
        place.enclave("sandbox", "status", "--dir", str(place.folder)),
    ):
        assert done.returncode == 1, done.stdout + done.stderr
        assert words in done.stdout
        assert "its hosts insist on bundle" in done.stdout


def test_what_runs_is_as_approved(provisioned: Place) -> None:
    assert _gateways(provisioned).returncode == 0
    done = _watched(provisioned)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "local runs as approved: 3 gateways with 9 hosts" in done.stdout


def test_hamar_s_record_goes_to_the_receiver_and_any_harm_to_it_is_found(provisioned: Place, tmp_path: Path) -> None:
    assert _gateways(provisioned).returncode == 0
    lines = delivery.ask_at_hamar(provisioned, tmp_path)
    assert _within_a_minute(lambda: delivery.lines_there(provisioned) >= lines)
    assert _within_a_minute(lambda: _watched(provisioned, "--site", "hamar").returncode == 0)
    good = delivery.watched_copy(provisioned, tmp_path, delivery.whole)
    assert "record" not in good  # the cluster itself is read by nobody here
    for harm, words in delivery.HARMS.items():
        said = delivery.watched_copy(provisioned, tmp_path, harm)
        assert f"hamar/employees: the delivered record is broken (record-broken): {delivery.HOST}" in said, said
        assert words in said


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=str)
def test_the_watch_finds_what_somebody_did_behind_our_back(provisioned: Place, tampering: Tampering) -> None:
    with tampering.done(provisioned):
        done = _watched(provisioned, "--site", tampering.at, "--json")
    found = {(each["site"], each["kind"]) for each in json.loads(done.stdout)["differences"]}
    assert (done.returncode, (tampering.at, tampering.kind) in found) == (1, True), done.stdout + done.stderr
    after = _watched(provisioned, "--site", tampering.at)
    assert after.returncode == 0, after.stderr


def test_the_inspector_is_told_within_a_minute_and_again_when_it_is_over(provisioned: Place, tmp_path: Path) -> None:
    key = tmp_path / "watch.pem"
    provisioned.run("openssl", "genpkey", "-algorithm", "ed25519", "-out", str(key))
    taken: list[tuple[str, Any]] = []

    def told(state: str) -> bool:
        return any(state == _said(body)["state"] and _said(body)["kind"] == "rule-unknown" for _, body in taken)

    with receiver(taken, [200]) as url:
        words = ("watch", "local", "--site", "hamar", "--every", "5", "--alert", url, "--key", str(key))
        watching = subprocess.Popen(
            [str(Path(sys.executable).with_name("enclave")), *words],
            cwd=repository,
            env=provisioned.variables(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with an_open_policy(provisioned):
                assert _within_a_minute(lambda: told("begun"))
            assert _within_a_minute(lambda: told("over"))
        finally:
            watching.send_signal(signal.SIGINT)
            assert watching.wait(30) == 130


def test_the_watch_that_runs_by_itself_tells_the_inspector_and_nobody_runs_it(provisioned: Place) -> None:
    """The real cluster makes a pod each minute; what it says is run with the rights that the cluster gives it."""
    assert _gateways(provisioned).returncode == 0
    spool = Layout.of(provisioned.folder).gateways / "receivers" / "hamar-employees-alerts.jsonl"

    before = spool.stat().st_size if spool.exists() else 0  # other tests opened ways, too

    def told() -> bool:
        lines = spool.read_bytes()[before:].splitlines() if spool.exists() else ()
        said = [_said(json.loads(line)) for line in lines]
        return any((one["site"], one["kind"], one["state"]) == ("hamar", "rule-unknown", "begun") for one in said)

    with an_open_policy(provisioned):
        assert _within(told, 60 + A_RUN)


def test_runs_are_left_at_the_receiver_under_its_lock(provisioned: Place) -> None:
    assert _gateways(provisioned).returncode == 0
    s3 = client(provisioned, "s3", "us-east-1")
    (key, *_) = [each["Key"] for each in s3.list_objects_v2(Bucket=RECEIVED, Prefix="watch/")["Contents"]]
    run = json.loads(base64.b64decode(json.loads(s3.get_object(Bucket=RECEIVED, Key=key)["Body"].read())["payload"]))
    assert (run["site"], run["next"], bool(run["approved"])) == ("hamar", 60, True)
    version = s3.list_object_versions(Bucket=RECEIVED, Prefix=key)["Versions"][0]["VersionId"]
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=RECEIVED, Key=key, VersionId=version)


def _said(body: Any) -> dict[str, Any]:
    """Return what the signed envelope of an alert says."""
    envelope = json.loads(body[0]["annotations"]["envelope"])
    said: dict[str, Any] = json.loads(base64.b64decode(envelope["payload"]))
    return said


A_RUN = 15
"""Seconds that a run takes on a busy machine, from the minute in which the cluster makes its pod."""


def _within_a_minute(holds: Callable[[], bool]) -> bool:
    return _within(holds, 60)


def _within(holds: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.2)
    return False


def _watched(place: Place, *words: str) -> subprocess.CompletedProcess[str]:
    return place.enclave("watch", "local", *words)


def test_gateway_pods_run_in_all_three_buildings(provisioned: Place) -> None:
    pods = json.loads(provisioned.kubectl("get", "pods", "-n", "enclave-gateway", "-o", "json"))["items"]
    nodes = {node["metadata"]["name"]: node["metadata"]["labels"] for node in _items(provisioned, "nodes")}
    zones = [nodes[pod["spec"]["nodeName"]]["topology.kubernetes.io/zone"] for pod in pods]
    assert sorted(zones) == ["hamar-building-1", "hamar-building-2", "hamar-building-3"]


@pytest.mark.parametrize("segment", ["store", "keys", "gateway"])
def test_an_operator_cannot_read_secrets(segment: str, provisioned: Place) -> None:
    who = ("--as", "somebody", "--as-group", "enclave-operators", "-n", f"enclave-{segment}")
    assert provisioned.kubectl("auth", "can-i", "list", "pods", *who).strip() == "yes"
    for verb, what in (("get", "secrets"), ("list", "secrets"), ("create", "pods/exec")):
        done = provisioned.run("kubectl", "auth", "can-i", verb, what, *who)
        assert done.stdout.strip() == "no", (verb, what)


def test_a_keys_administrator_cannot_read_it_and_its_user_cannot_replace_it(provisioned: Place) -> None:
    def can(group: str, verb: str) -> str:
        who = ("--as", "somebody", "--as-group", group, "-n", "enclave-keys")
        return provisioned.run("kubectl", "auth", "can-i", verb, "secrets/store", *who).stdout.strip()

    assert [can("enclave-key-custodian", verb) for verb in ("delete", "get")] == ["yes", "no"]
    assert [can("enclave-store", verb) for verb in ("delete", "get")] == ["no", "yes"]


def test_pod_security_refuses_a_privileged_pod_in_a_segment(provisioned: Place) -> None:
    override = '{"spec":{"containers":[{"name":"x","image":"x","securityContext":{"privileged":true}}]}}'
    done = provisioned.run("kubectl", "run", "x", "-n", "enclave-app", "--image", "x", "--overrides", override)
    assert done.returncode != 0
    assert 'violates PodSecurity "restricted' in done.stderr


def test_the_service_control_policies_are_attached_to_the_root(provisioned: Place) -> None:
    organizations = client(provisioned, "organizations")
    root = provisioned.register.organization_root
    attached = organizations.list_policies_for_target(TargetId=root, Filter="SERVICE_CONTROL_POLICY")["Policies"]
    assert [p["Name"] for p in attached if not p["AwsManaged"]] == ["europe-jurisdiction-1"]


def test_the_api_server_refuses_a_foreign_image_by_itself_and_names_the_rule(provisioned: Place) -> None:
    ask = ("kubectl", "create", "deployment", "x", "-n", "enclave-app", "--dry-run=server", "--image")
    refused = provisioned.run(*ask, "ghcr.io/shop/app:1")
    assert refused.returncode != 0
    assert "JUR-018: every image must come from registry.hamar.example: ghcr.io/shop/app:1" in refused.stderr
    assert provisioned.run(*ask, "registry.hamar.example/shop/app:1").returncode == 0


def test_the_api_server_answers_as_the_table_of_the_inspection_promises(provisioned: Place) -> None:
    real.hold_the_cluster_to_the_table(provisioned)
    real.try_reads(provisioned)


def test_the_shipper_s_token_is_for_the_inspector_s_receiver_and_opens_nothing_here(provisioned: Place) -> None:
    real.try_the_shippers_token(provisioned)


def test_the_inspector_s_copy_is_locked_and_filled_and_refuses_the_account_s_owner(provisioned: Place) -> None:
    real.hold_moto_to_the_copies(provisioned)
    real.try_to_touch(provisioned)


def test_plain_pulumi_works_in_an_activated_shell(provisioned: Place) -> None:
    script = ". sandbox/activate && pulumi preview --stack local --non-interactive && enclave --help && kubectl get ns"
    variables = {**provisioned.variables(), "ENCLAVE_SANDBOX": str(provisioned.folder)}
    done = provisioned.run("bash", "-c", script, variables=variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "jurisdiction@v0.1.0" in done.stdout
    assert re.search(r"Resources:\n +\d+ unchanged\n", done.stdout), done.stdout[-3000:]


def test_the_export_of_the_stack_is_clean_as_it_is_and_holds_no_key(provisioned: Place, tmp_path: Path) -> None:
    export = tmp_path / "state.json"
    export.write_text(provisioned.pulumi("stack", "export", "--stack", "local").stdout, encoding="utf-8")
    assert provisioned.register.kubernetes["hamar"].server in export.read_text(encoding="utf-8")
    assert not re.search("PRIVATE KEY|client-key-data", export.read_text(encoding="utf-8"))
    done = provisioned.enclave("audit", str(export))
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) <= 10
    assert re.search(
        r"asked: jurisdiction .*, key-custody .*, segmentation .*, under the law [0-9a-f]{64}\n", done.stdout
    )
    assert re.search(
        r"state: stack local of enclave, written by engine v[\d.]+ on .*, sha256 [0-9a-f]{64}\n", done.stdout
    )
    state = json.loads(export.read_text(encoding="utf-8"))
    alias = next(each for each in state["deployment"]["resources"] if each["type"] == "aws:kms/alias:Alias")
    alias["inputs"]["region"] = alias["outputs"]["region"] = "us-east-1"
    export.write_text(json.dumps(state), encoding="utf-8")
    done = provisioned.enclave("audit", str(export))
    assert done.returncode == 1
    assert sum("refused: " in line and alias["urn"] in line for line in done.stdout.splitlines()) == 1
    assert len(done.stdout.splitlines()) <= 10


def test_a_missing_object_would_be_noticed(provisioned: Place) -> None:
    """The seeded bug of this family: one object fewer, and the two lists differ."""
    provisioned.kubectl("delete", "resourcequota", "quota", "-n", "enclave-app")
    assert in_kubernetes(provisioned) != kubernetes_in(provisioned.state("local"))


def test_destroy_leaves_nothing_but_the_inspectors_copies(provisioned: Place) -> None:
    left = copies(provisioned, "dublin-1", "watch") | copies(provisioned, "dublin-2", "watch")
    for type_, bucket in left:
        if type_ == "aws:s3/bucket:Bucket":
            client(provisioned, "s3").put_object(Bucket=bucket, Key="records/employees/test/checkpoint", Body=b"x")
    refused = provisioned.pulumi("destroy", "--yes", "--skip-preview", "--stack", "local", pack=False)
    assert refused.returncode != 0, "stores and keys are protected"
    assert "protected" in refused.stdout
    assert provisioned.pulumi("state", "unprotect", "--all", "--yes", "--stack", "local", pack=False).returncode == 0
    done = provisioned.pulumi("destroy", "--yes", "--skip-preview", "--stack", "local", pack=False)
    assert done.returncode == 0, done.stdout
    assert in_moto(provisioned) == left
    assert in_kubernetes(provisioned) == set()


def _items(place: Place, kind: str) -> list[dict[str, dict[str, dict[str, str]]]]:
    return list(json.loads(place.kubectl("get", kind, "-o", "json"))["items"])
