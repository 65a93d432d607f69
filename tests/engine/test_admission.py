"""The real API server refuses by itself what the pack refuses: one table of cases drives both."""

from __future__ import annotations

import base64
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from enclave_policies.law.folder import load_law

import located_yaml
from sandbox.services.sandbox import start, stop
from sandbox.toolchain import ensure
from tests.corpus_cases import Case, load_cases
from tests.enclave_policies.guardrails.names import NAMES
from tests.engine.api_server import REGISTRATION, Answer, ApiServer, Object, policies_of, until
from tests.engine.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

table: dict[str, list[Any]] = located_yaml.load(Path(__file__).with_name("admission_cases.yaml")).data
PODS = "/api/v1/namespaces/enclave-app/pods"
CONTROLLER = "system:serviceaccount:kube-system:daemon-set-controller"
APP = {"enclave/segment": "app"}
FOREIGN = "ghcr.io/shop/app:1"
OWN = "registry.hamar.example/shop/app:1"


def pod(name: str, image: str, namespace: str = "enclave-app", **spec: Any) -> Object:
    containers = [{"name": "app", "image": image}]
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": containers, **spec}}


def namespace(name: str, labels: dict[str, str] | None = None) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels or {}}}


def canary(name: str) -> Object:
    """Return an object that only the last of the policies refuses."""
    annotations = {"volume.kubernetes.io/selected-node": "ip-10-0-0-1.ec2.internal"}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": "enclave-app", "annotations": annotations},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }


def objects(case: Case) -> list[Object]:
    """Return the Kubernetes objects of a case; the items of its lists one by one."""
    todo = [r["inputs"] for r in case.resources if r["type"].startswith("kubernetes:") and r.get("custom", True)]
    found: list[Object] = []
    while todo:
        body = todo.pop(0)
        if body.get("kind", "").endswith("List") and "items" in body:
            todo += body["items"]
        else:
            found.append(body)
    return found


@cache
def cases() -> tuple[Case, ...]:
    """Every case that is made of whole Kubernetes objects with known values, judged by the shipped law."""
    return tuple(
        case
        for case in load_cases()
        if not (case.planned or case.law)
        and any(resource["type"].startswith("kubernetes:") for resource in case.resources)
        and not any(r["type"].endswith("Patch") or r.get("external") for r in case.resources)
        and objects(case)
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """An API server with the policies, the corpus's namespaces, and a few objects that were there before."""
    folder = tmp_path_factory.mktemp("sandbox")
    start(folder, ensure(), owner_pid=os.getpid())
    server = ApiServer(Place(folder))
    spaces = {body.get("metadata", {}).get("namespace", "default") for case in cases() for body in objects(case)}
    for name in sorted({*spaces, "enclave-app"} - {"default", "kube-system"}):
        assert server.submit(namespace(name, APP), really=True).said == "admitted"
    assert server.submit(namespace("before"), really=True).said == "admitted"
    accounts = [f"/api/v1/namespaces/{name}/serviceaccounts/default" for name in sorted({*spaces, "enclave-app"})]
    until(lambda: all(server.api.read(path) is not None for path in accounts))
    assert server.submit(pod("before", FOREIGN), really=True).said == "admitted"
    assert server.submit(pod("own", OWN), really=True).said == "admitted"
    server.install(policies_of(load_law()))
    server.wait_until("refused", canary("canary"))
    yield server
    stop(folder)


@pytest.fixture(scope="module")
def answers(server: ApiServer) -> dict[str, list[Answer]]:
    """What the API server says of every object of every case, by the case's id."""
    with ThreadPoolExecutor(4) as pool:
        return dict(pool.map(lambda case: (case.id, [server.submit(body) for body in objects(case)]), cases()))


def said(answers: Sequence[Answer]) -> str:
    """Return what became of a case as a whole."""
    found = {answer.said for answer in answers}
    return next(word for word in ("refused", "not valid", "not served", "admitted") if word in found)


def is_one_way(case: Case) -> bool:
    """Return whether only a wrong refusal counts."""
    return any(fnmatchcase(case.id, pattern) for pattern in table["one_way"])


def expected(case: Case) -> str:
    """Return what the table says of a case: its own verdict, or how and why the API server differs."""
    listed = [
        (answer, entry["because"])
        for answer, key in (("admitted", "admitted_by_design"), ("not valid", "not_valid"))
        for entry in table[key]
        for pattern in entry["cases"]
        if fnmatchcase(case.id, pattern)
    ]
    assert len(listed) <= 1, f"{case.id} is listed twice: {listed}"
    if listed:
        return listed[0][0]
    return "refused" if case.refused else "admitted"


def differences(answers: dict[str, list[Answer]]) -> dict[str, str]:
    """Return how the answers differ from the table, by the id of the case."""
    wrong = {}
    for case in cases():
        got = said(answers[case.id])
        if is_one_way(case):
            if got == "refused" and not case.refused:
                wrong[case.id] = f"refused, though clean: {[answer.message for answer in answers[case.id]]}"
            continue
        wanted = expected(case)
        if got == "not served" or (got, wanted) == ("not valid", "refused"):
            continue
        if got != wanted:
            wrong[case.id] = f"{got}, not {wanted}: {[answer.message for answer in answers[case.id]]}"
    return wrong


def test_the_api_server_says_what_the_pack_says_or_differs_by_design(answers: dict[str, list[Answer]]) -> None:
    assert differences(answers) == {}
    count = Counter(said(given) for given in answers.values())
    assert count["refused"] >= 300
    assert count["admitted"] >= 190


def test_a_refusal_names_one_of_the_rules_that_the_case_is_labelled_with(answers: dict[str, list[Answer]]) -> None:
    wrong = {
        case.id: answer.message
        for case in cases()
        for answer in answers[case.id]
        if answer.said == "refused" and case.rules and not any(rule in answer.message for rule in case.rules)
    }
    assert wrong == {}


def external_name(name: str) -> Object:
    spec = {"type": "ExternalName", "externalName": name}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "elsewhere", "namespace": "enclave-app"},
        "spec": spec,
    }


def test_the_api_server_says_what_the_pack_says_about_every_name_of_the_shared_table(server: ApiServer) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = dict(zip(NAMES, pool.map(lambda name: server.submit(external_name(name)).said, NAMES), strict=True))
    assert {
        name: answer for name, answer in found.items() if answer != ("admitted" if NAMES[name] else "refused")
    } == {}


def test_no_entry_of_the_table_is_idle(answers: dict[str, list[Answer]]) -> None:
    by_id = {case.id: case for case in cases()}
    idle = []
    for key in ("admitted_by_design", "not_valid"):
        for entry in table[key]:
            for pattern in entry["cases"]:
                found = [case for name, case in by_id.items() if fnmatchcase(name, pattern)]
                differing = [c for c in found if said(answers[c.id]) != ("refused" if c.refused else "admitted")]
                idle += [] if differing else [pattern]
    assert idle == []


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("a namespace of a segment", namespace("new", APP)),
        ("a pod of the own registry", pod("new", OWN)),
        ("a pod on a node of the site", pod("new", OWN, nodeName="hamar-building-1")),
    ],
)
def test_what_a_site_needs_is_admitted(what: str, body: Object, server: ApiServer) -> None:
    assert server.submit(body).said == "admitted", what


def test_a_foreign_image_is_refused_in_an_update(server: ApiServer) -> None:
    patch = {"spec": {"containers": [{"name": "app", "image": FOREIGN}]}}
    assert server.change(f"{PODS}/own", patch).said == "refused"


def test_an_own_image_is_admitted_in_an_update(server: ApiServer) -> None:
    patch = {"spec": {"containers": [{"name": "app", "image": OWN.replace(":1", ":2")}]}}
    assert server.change(f"{PODS}/own", patch).said == "admitted"


@pytest.mark.parametrize(("image", "answer"), [(FOREIGN, "refused"), (OWN, "admitted")])
def test_a_debug_container_is_asked_about(image: str, answer: str, server: ApiServer) -> None:
    patch = {"spec": {"ephemeralContainers": [{"name": "debug", "image": image}]}}
    assert server.change(f"{PODS}/own/ephemeralcontainers", patch).said == answer


def test_a_pod_from_before_the_policies_may_lose_a_finalizer_and_gain_a_label(server: ApiServer) -> None:
    patch = {"metadata": {"labels": {"seen": "yes"}, "finalizers": []}}
    assert server.change(f"{PODS}/before", patch).said == "admitted"


def test_a_namespace_from_before_the_policies_may_change_all_but_its_segment(server: ApiServer) -> None:
    path = "/api/v1/namespaces/before"
    assert server.change(path, {"metadata": {"annotations": {"seen": "yes"}}}).said == "admitted"
    assert server.change(path, {"metadata": {"labels": {"enclave/segment": "none"}}}).said == "refused"
    assert server.change(path, {"metadata": {"labels": APP}}).said == "admitted"


def test_a_namespace_cannot_leave_its_segment(server: ApiServer) -> None:
    patch = {"metadata": {"labels": {"enclave/segment": None}}}
    assert server.change("/api/v1/namespaces/enclave-app", patch).said == "refused"


def run_pod(server: ApiServer, space: str, user: str | None) -> str:
    arguments = ["kubectl", "run", "x", "-n", space, "--image", FOREIGN, "--dry-run=server"]
    done = server.place.run(*arguments, *(["--as", user] if user else []))
    assert done.returncode == 0 or "jurisdiction-images" in done.stderr, done.stderr
    return "refused" if done.returncode else "admitted"


def test_its_controllers_make_pods_of_their_own_workloads(server: ApiServer) -> None:
    assert run_pod(server, "kube-system", CONTROLLER) == "admitted"


def test_nobody_else_brings_foreign_images_into_its_namespace(server: ApiServer) -> None:
    assert run_pod(server, "kube-system", None) == "refused"


def test_its_controllers_bring_none_into_other_namespaces(server: ApiServer) -> None:
    assert run_pod(server, "enclave-app", CONTROLLER) == "refused"


@pytest.mark.parametrize("name", ["default", "kube-public", "kube-system"])
def test_its_namespaces_need_no_segment(name: str, server: ApiServer) -> None:
    assert server.change(f"/api/v1/namespaces/{name}", {"metadata": {"labels": {"x": "y"}}}).said == "admitted"


def test_a_workload_becomes_pods_with_endpoints(server: ApiServer) -> None:
    """Really, through every controller and the scheduler: nothing of the cluster's own is locked out."""
    labels = {"app": "site"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "app", "image": OWN}]}}
    spec = {"replicas": 3, "selector": {"matchLabels": labels}, "template": template}
    metadata = {"name": "site", "namespace": "enclave-app"}
    made = [
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata,
            "spec": {"selector": labels, "ports": [{"port": 443}]},
        },
    ]
    for body in made:
        assert server.submit(body, really=True).said == "admitted"
    slices = "/apis/discovery.k8s.io/v1/namespaces/enclave-app/endpointslices"
    until(lambda: sum(len(s.get("endpoints") or []) for s in server.api.read(slices)["items"]) == 3)


def signing_request(signer: str) -> Object:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "app")])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    text = base64.b64encode(request.public_bytes(serialization.Encoding.PEM)).decode()
    spec = {"request": text, "signerName": signer, "usages": ["client auth"]}
    version = "certificates.k8s.io/v1"
    return {"apiVersion": version, "kind": "CertificateSigningRequest", "metadata": {"name": "app"}, "spec": spec}


@pytest.mark.parametrize(
    ("signer", "answer"),
    [
        ("ca.evil.net/pods", "refused"),
        ("ca.hamar.example/pods", "admitted"),
        ("kubernetes.io/kube-apiserver-client", "admitted"),
    ],
)
def test_certificates_are_signed_by_the_cluster_or_an_own_signer(signer: str, answer: str, server: ApiServer) -> None:
    assert server.submit(signing_request(signer)).said == answer


def test_policies_are_refused_by_nobody_but_bind_everybody(server: ApiServer) -> None:
    """An API server asks no policy about policies: who may write them is a matter of its roles, and of the pack."""
    made = server.api.read(f"{REGISTRATION}/validatingadmissionpolicies")["items"]
    bound = server.api.read(f"{REGISTRATION}/validatingadmissionpolicybindings")["items"]
    assert {item["spec"]["failurePolicy"] for item in made} == {"Fail"}
    assert {item["spec"]["policyName"] for item in bound} == {item["metadata"]["name"] for item in made}
    assert {action for item in bound for action in item["spec"]["validationActions"]} == {"Deny"}
    assert server.kinds.get((f"{REGISTRATION.removeprefix('/apis/')}beta1", "MutatingAdmissionPolicy")) is None


def test_a_policy_that_does_not_bind_would_be_noticed(server: ApiServer) -> None:
    """The seeded bug of this family: without the images' binding the comparison with the table fails."""
    path = f"{REGISTRATION}/validatingadmissionpolicybindings/jurisdiction-images"
    assert server.api.request("DELETE", path)[0] == 200
    server.wait_until("admitted", pod("foreign", FOREIGN))
    images = [case for case in cases() if case.id.startswith("E105")]
    unbound = {case.id: [server.submit(body) for body in objects(case)] for case in images}
    assert any(said(answers) != expected(case) for case, answers in zip(images, unbound.values(), strict=True))
