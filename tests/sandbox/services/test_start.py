"""What a started sandbox promises."""

from __future__ import annotations

import hashlib
import json
import ssl
import stat
import subprocess
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import psutil
import pytest
import yaml

from sandbox import environment
from sandbox.register import read as read_register
from sandbox.services.sandbox import start
from sandbox.services.status import RUNNING, status
from tests.sandbox.services.kube import api, create, eventually, make_namespace

if TYPE_CHECKING:
    from sandbox.layout import Layout
    from sandbox.toolchain import Toolchain


def test_every_service_runs_after_a_start(running: Layout, tools: Toolchain) -> None:
    assert {service.name: service.state for service in status(running.root)} == {
        **({"kms": RUNNING} if tools.softhsm else {}),
        "moto": RUNNING,
        "etcd": RUNNING,
        "kube-apiserver": RUNNING,
        "kube-controller-manager": RUNNING,
        "kube-scheduler": RUNNING,
        "kwok": RUNNING,
        "volumes": RUNNING,
        "balancer-stand-in": RUNNING,
    }


def test_the_engine_works_and_keeps_no_log_of_itself(running: Layout) -> None:
    command = [str(running.bin / "pulumi"), "stack", "ls", "--all"]
    subprocess.run(command, env=environment.complete(running.root), capture_output=True, check=True)
    assert running.pulumi_home.joinpath("logs").read_text() == ""


def test_nothing_listens_beyond_the_loopback(running: Layout) -> None:
    listening = [
        connection.laddr
        for service in status(running.root)
        for connection in psutil.Process(service.pid).net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 8  # seven services, and etcd's peer port
    assert {address.ip for address in listening} == {"127.0.0.1"}


def test_the_register_and_the_law_name_the_cluster_by_its_real_certificate(running: Layout) -> None:
    register = json.loads(running.register.read_text())
    law = yaml.safe_load(running.law.read_text())
    cluster = register["kubernetes"]["hamar"]
    pem = (running.pki / "ca.crt").read_text()
    fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    assert cluster["ca_sha256"] == law["clusters"]["hamar"]["ca_sha256"] == fingerprint
    assert cluster["server"] == law["clusters"]["hamar"]["server"]
    assert law["clusters"]["hamar"]["country"] == "NO"
    assert law["clusters"]["hamar"]["stand_in"] is True
    assert register["aws"]["endpoint"] == law["aws_endpoints"][0]["url"]
    assert register["aws"]["account"] == "111122223333"


def test_the_law_calls_the_clusters_nodes_what_they_are_called(running: Layout) -> None:
    said = yaml.safe_load(running.law.read_text())["clusters"]["hamar"]["nodes"]
    found = api(running).read("/api/v1/nodes")["items"]
    labels = [node["metadata"]["labels"] for node in found]
    assert {label["topology.kubernetes.io/region"] for label in labels} == set(said["regions"])
    assert {label["topology.kubernetes.io/zone"] for label in labels} == set(said["zones"])
    assert {node["metadata"]["name"] for node in found} == set(said["names"])


def test_motos_account_manages_an_organization_whose_root_takes_service_control_policies(running: Layout) -> None:
    register = read_register(running.register)
    organizations: Any = boto3.Session("x", "x", region_name="eu-west-1").client(
        "organizations", endpoint_url=register.aws_endpoint
    )
    assert organizations.describe_organization()["Organization"]["MasterAccountId"] == register.aws_account
    (root,) = organizations.list_roots()["Roots"]
    assert root["Id"] == register.organization_root
    assert [kind["Type"] for kind in root["PolicyTypes"]] == ["SERVICE_CONTROL_POLICY"]


def test_keys_and_kubeconfigs_are_readable_by_their_owner_only(running: Layout) -> None:
    secret = [*running.pki.glob("*.key"), *running.pki.glob("*.kubeconfig"), running.kubeconfig]
    assert len(secret) >= 10
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}


def test_moto_is_our_own_account(running: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.build(running.root).items():
        monkeypatch.setenv(name, value)
    identity = boto3.client("sts", region_name="eu-west-1").get_caller_identity()
    assert identity["Account"] == "111122223333"


def test_a_client_without_certificate_is_nobody(running: Layout) -> None:
    server = read_register(running.register).kubernetes["hamar"].server
    context = ssl.create_default_context(cafile=str(running.pki / "ca.crt"))
    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        urllib.request.urlopen(f"{server}/api/v1/namespaces", context=context)  # noqa: S310
    refused.value.close()


def test_kubectl_sees_one_ready_node_per_building(running: Layout) -> None:
    command = ["kubectl", "get", "nodes", "-o", "json"]
    answer = subprocess.run(command, env=environment.complete(running.root), capture_output=True, check=True)
    zones = {
        node["metadata"]["labels"]["topology.kubernetes.io/zone"]
        for node in json.loads(answer.stdout)["items"]
        if {"type": "Ready", "status": "True"}.items()
        <= next(c for c in node["status"]["conditions"] if c["type"] == "Ready").items()
    }
    assert zones == {"hamar-building-1", "hamar-building-2", "hamar-building-3"}


def test_a_deployment_of_three_becomes_ready_in_three_buildings(running: Layout) -> None:
    make_namespace(running, "spread", **{"pod-security.kubernetes.io/enforce": "restricted"})
    create(running, "/apis/apps/v1/namespaces/spread/deployments", _deployment("gateway", 3))

    def ready() -> Any:
        found = api(running).read("/apis/apps/v1/namespaces/spread/deployments/gateway")
        return found and found["status"].get("readyReplicas") == 3

    eventually(ready)
    pods = api(running).read("/api/v1/namespaces/spread/pods")["items"]
    assert Counter(pod["spec"]["nodeName"] for pod in pods) == {
        "hamar-building-1": 1,
        "hamar-building-2": 1,
        "hamar-building-3": 1,
    }


def test_pod_security_refuses_a_privileged_pod(running: Layout) -> None:
    make_namespace(running, "guarded", **{"pod-security.kubernetes.io/enforce": "restricted"})
    pod: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "bad"},
        "spec": {"containers": [{"name": "c", "image": "i", "securityContext": {"privileged": True}}]},
    }
    code, answer = create(running, "/api/v1/namespaces/guarded/pods", pod)
    assert code == 403
    assert 'violates PodSecurity "restricted' in answer["message"]


def test_a_deleted_namespace_ends_completely(running: Layout) -> None:
    make_namespace(running, "short")
    create(running, "/apis/apps/v1/namespaces/short/deployments", _deployment("one", 1))
    assert api(running).request("DELETE", "/api/v1/namespaces/short")[0] == 200
    eventually(lambda: api(running).request("GET", "/api/v1/namespaces/short")[0] == 404)


def test_a_second_start_keeps_every_process(running: Layout, tools: Toolchain) -> None:
    before = {service.name: service.pid for service in status(running.root)}
    generation = read_register(running.register).generation
    with ThreadPoolExecutor(2) as pool:  # two at once: one waits for the other
        registers = list(pool.map(lambda _: start(running.root, tools), range(2)))
    assert {service.name: service.pid for service in status(running.root)} == before
    assert {register.generation for register in registers} == {generation}


def _deployment(name: str, replicas: int) -> dict[str, Any]:
    labels = {"app": name}
    container = {
        "name": "c",
        "image": "registry.invalid/c@sha256:" + "0" * 64,
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    spread = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": labels},
    }
    pod = {
        "containers": [container],
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "topologySpreadConstraints": [spread],
    }
    template = {"metadata": {"labels": labels}, "spec": pod}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
    }
