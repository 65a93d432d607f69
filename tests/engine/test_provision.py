"""The main job on the real engine: provision, change nothing, notice drift, forgetting and death, destroy."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from sandbox.layout import Layout
from sandbox.services import supervisor
from sandbox.services.sandbox import start
from sandbox.toolchain import ensure
from tests.engine.inventory import aws_in, client, in_kubernetes, in_moto, kubernetes_in
from tests.engine.place import Place, repository

if TYPE_CHECKING:
    from collections.abc import Iterator


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


def test_what_moto_has_is_what_the_state_says(provisioned: Place) -> None:
    state = aws_in(provisioned.state("local"))
    assert len({type_ for type_, _ in state}) == 24
    assert in_moto(provisioned) == state


def test_what_the_api_server_has_is_what_the_state_says(provisioned: Place) -> None:
    state = kubernetes_in(provisioned.state("local"))
    assert len({kind for kind, _ in state}) == 13
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
        assert set(site["keys"]) == {"store", "logs", "volumes", "pseudonyms"}


def test_the_gateway_answers_by_the_bundle_that_the_cluster_holds(provisioned: Place) -> None:
    done = provisioned.run(sys.executable, "-m", "sandbox.gateways.demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓") == 9


def test_a_bundle_that_somebody_put_in_its_place_is_noticed(provisioned: Place) -> None:
    """The seeded bug: an operator points the pods at a table of his own, and leaves the digest as it is."""
    named = json.loads(provisioned.kubectl("get", "configmaps", "-n", "enclave-gateway", "-o", "json"))["items"]
    good = next(each for each in named if "policies.cedar" in (each.get("data") or {}))
    metadata = {"name": "own", "namespace": "enclave-gateway", "labels": good["metadata"]["labels"]}
    data = {**good["data"], "policies.cedar": "permit (principal, action, resource);"}
    own = json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})
    (provisioned.folder / "own.json").write_text(own, encoding="utf-8")
    provisioned.kubectl("apply", "-f", str(provisioned.folder / "own.json"))
    volumes = "/spec/template/spec/volumes/0/configMap/name"
    try:
        _patch(provisioned, [{"op": "replace", "path": volumes, "value": "own"}])
        done = provisioned.run(sys.executable, "-m", "sandbox.gateways.demo")
        assert done.returncode == 1
        assert "insist on another bundle than the cluster holds" in done.stdout
    finally:
        _patch(provisioned, [{"op": "replace", "path": volumes, "value": good["metadata"]["name"]}])
        provisioned.kubectl("delete", "configmap", "own", "-n", "enclave-gateway")


def _patch(place: Place, change: list[dict[str, str]]) -> None:
    """Change the gateway's Deployment as an operator could, and wait until its pods are there."""
    where = ("-n", "enclave-gateway", "deployment/employees")
    place.kubectl("patch", "--type=json", "-p", json.dumps(change), *where)
    place.kubectl("rollout", "status", "--timeout=60s", *where)


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


def test_plain_pulumi_works_in_an_activated_shell(provisioned: Place) -> None:
    script = ". sandbox/activate && pulumi preview --stack local --non-interactive && enclave --help && kubectl get ns"
    variables = {**provisioned.variables(), "ENCLAVE_SANDBOX": str(provisioned.folder)}
    done = provisioned.run("bash", "-c", script, variables=variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "jurisdiction@v0.1.0" in done.stdout
    assert "440 unchanged" in done.stdout


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


def test_refresh_finds_drift_and_weakened_guardrails_and_up_mends_them(provisioned: Place) -> None:
    binding = ("validatingadmissionpolicybinding", "jurisdiction-images")
    client(provisioned, "s3").delete_bucket_policy(Bucket="europe-dublin-1-store-111122223333")
    provisioned.kubectl("delete", "networkpolicy", "default-deny", "-n", "enclave-store")
    provisioned.kubectl("patch", *binding, "--type=merge", "-p", '{"spec":{"validationActions":["Audit"]}}')
    seen = provisioned.pulumi("refresh", "--preview-only", "--stack", "local", pack=False)
    assert all(each in seen.stdout for each in ("~ 1 to update", "- 2 to delete", "437 unchanged")), seen.stdout[-2000:]
    refreshed = provisioned.pulumi("refresh", "--yes", "--stack", "local", "--skip-preview", pack=False)
    assert refreshed.returncode == 0, refreshed.stdout
    mended = provisioned.enclave("up", "local")
    assert "local done: 2 create, 1 update" in mended.stdout, mended.stdout + mended.stderr
    assert "Deny" in provisioned.kubectl("get", *binding, "-o", "jsonpath={.spec.validationActions}")
    assert in_kubernetes(provisioned) == kubernetes_in(provisioned.state("local"))


def test_up_notices_that_moto_was_restarted_and_converges(provisioned: Place) -> None:
    before = aws_in(provisioned.state("local"))
    _kill(provisioned, "moto")
    start(provisioned.folder, ensure())
    assert in_moto(provisioned) == set()
    done = provisioned.enclave("up", "local")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "moto was restarted and has forgotten everything" in done.stderr
    after = aws_in(provisioned.state("local"))
    assert len(after) == len(before)
    assert in_moto(provisioned) == after


def test_destroy_leaves_nothing(provisioned: Place) -> None:
    refused = provisioned.pulumi("destroy", "--yes", "--skip-preview", "--stack", "local", pack=False)
    assert refused.returncode != 0, "stores and keys are protected"
    assert "protected" in refused.stdout
    assert provisioned.pulumi("state", "unprotect", "--all", "--yes", "--stack", "local", pack=False).returncode == 0
    done = provisioned.pulumi("destroy", "--yes", "--skip-preview", "--stack", "local", pack=False)
    assert done.returncode == 0, done.stdout
    assert in_moto(provisioned) == set()
    assert in_kubernetes(provisioned) == set()


def test_an_api_server_that_dies_in_the_middle_is_a_clear_error_and_a_second_up_converges(provisioned: Place) -> None:
    """The stack is gone by now, so this is an up from nothing, as a user's: with its state written at each step."""
    command = [str(Path(sys.executable).with_name("enclave")), "up", "local"]
    as_users_do = replace(provisioned, checkpoints=True).variables()
    with subprocess.Popen(
        command, cwd=repository, env=as_users_do, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout
        assert running.stderr
        said = list(_until(running.stderr, "kubernetes:core/v1:Namespace hamar-store created"))
        _kill(provisioned, "kube-apiserver")
        rest = running.stderr.read()
        shown = running.stdout.read()
    assert said
    assert running.returncode == 3
    assert re.search(r"(?m)rules: red$", shown)
    assert "error: resource" in shown, "what was not created is named"
    assert f"nothing answers at {provisioned.register.kubernetes['hamar'].server}" in rest
    assert "start it again with `make up`" in rest
    assert "Traceback" not in shown + rest
    start(provisioned.folder, ensure())
    again = provisioned.enclave("up", "local")
    assert again.returncode == 0, again.stdout + again.stderr
    state = provisioned.state("local")
    assert in_kubernetes(provisioned) == kubernetes_in(state)
    assert in_moto(provisioned) == aws_in(state)


def test_a_missing_object_would_be_noticed(provisioned: Place) -> None:
    """The seeded bug of this family: one object fewer, and the two lists differ."""
    provisioned.kubectl("delete", "resourcequota", "quota", "-n", "enclave-app")
    assert in_kubernetes(provisioned) != kubernetes_in(provisioned.state("local"))


def _items(place: Place, kind: str) -> list[dict[str, dict[str, dict[str, str]]]]:
    return list(json.loads(place.kubectl("get", kind, "-o", "json"))["items"])


def _kill(place: Place, service: str) -> None:
    record = supervisor.running(Layout.of(place.folder), service)
    assert record is not None
    process = psutil.Process(record.pid)
    process.send_signal(signal.SIGKILL)
    gone, _ = psutil.wait_procs([process], timeout=10)
    time.sleep(0 if gone else 1)


def _until(lines: Iterator[str], text: str) -> Iterator[str]:
    for line in lines:
        if text in line:
            yield line
            return
