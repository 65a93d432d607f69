"""Workloads stand where their labels say and their stack knows, and one image alone answers for a gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.network.kubernetes import KubernetesNetwork, standing
from enclave_policies.resources.unknown import UNKNOWN

from tests.enclave_policies.network.kubernetes.objects import PREFIX, namespace, resource

if TYPE_CHECKING:
    from enclave_policies.resources.resource import Resource

GATEWAY = namespace("gate", {"enclave/site": "hamar", "enclave/segment": "gateway"})
URN = f"{PREFIX}kubernetes:apps/v1:Deployment::"


def workload(where: Any, name: str, image: Any = "registry.example/a", **labels: str) -> Resource:
    containers = [{"name": "c", "image": image}] if isinstance(image, str) else image
    template = {"metadata": {"labels": {"app": "gate"}}, "spec": {"containers": containers}}
    metadata = {"name": name, "namespace": where, "labels": labels}
    return resource("Deployment", name, {"metadata": metadata, "spec": {"template": template}})


def service(where: str = "gate", **selector: str) -> Resource:
    return resource(
        "Service", "front", {"metadata": {"name": "front", "namespace": where}, "spec": {"selector": selector}}
    )


def told(*resources: Resource) -> dict[str, str]:
    """What is wrong, by the name of the resource that it is said of; a question mark where nobody can tell."""
    found = KubernetesNetwork([GATEWAY, *resources]).misplaced(frozenset({"gateway"}))
    return {one.urn.removeprefix(URN): f"{one.problem}{'?' if one.open else ''}" for one in found}


def patched(name: str, **labels: str) -> Resource:
    return resource("NamespacePatch", name, {"metadata": {"name": name, "labels": labels}})


WRONG: dict[str, tuple[list[Resource], dict[str, str]]] = {
    "in its segment nothing is wrong": ([workload("gate", "w", **{"enclave/segment": "gateway"})], {}),
    "a namespace that the stack makes without a segment is told of by itself": (
        [namespace("team"), workload("team", "w")],
        {},
    ),
    "a namespace that the stack only labels, with no segment": (
        [patched("team", owner="x"), workload("team", "w")],
        {"w": "makes pods in the namespace team, which belongs to no segment"},
    ),
    "a namespace that every cluster has": (
        [workload("kube-system", "w")],
        {"w": "makes pods in the namespace kube-system, which belongs to no segment"},
    ),
    "a namespace of another stack": (
        [workload("team", "w")],
        {"w": "makes pods in the namespace team, which this stack does not make: nobody can tell its segment?"},
    ),
    "of a namespace that is not known, that is told of by itself": ([workload(UNKNOWN, "w")], {}),
    "a patch of another stack's workload, which is told of by itself": (
        [resource("DeploymentPatch", "w", dict(workload("team", "w").props))],
        {},
    ),
    "its own labels say another segment": (
        [workload("gate", "w", **{"enclave/segment": "store"})],
        {"w": "says enclave/segment store and stands in the namespace gate of hamar/gateway"},
    ),
    "one Service leads to different images": (
        [workload("gate", "w"), workload("gate", "v", "registry.example/b"), service(app="gate")],
        {
            "w": "answers for Service gate/front of the gateway beside Deployment v, with other images",
            "v": "answers for Service gate/front of the gateway beside Deployment w, with other images",
        },
    ),
    "an image that cannot be read is another one": (
        [workload("gate", "w"), workload("gate", "v", ["c"]), service(app="gate")],
        {
            "w": "answers for Service gate/front of the gateway beside Deployment v, with other images",
            "v": "answers for Service gate/front of the gateway beside Deployment w, with other images",
        },
    ),
    "one Service leads to the same images": (
        [workload("gate", "w"), workload("gate", "v"), service(app="gate")],
        {},
    ),
    "a Service of another namespace leads to none of them": (
        [workload("gate", "w"), workload("gate", "v", "registry.example/b"), service("default", app="gate")],
        {},
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_workload_that_stands_where_it_should_not_is_told(case: str) -> None:
    resources, expected = WRONG[case]
    assert told(*resources) == expected


def test_a_judge_that_reads_no_images_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(standing, "images", lambda _spec: frozenset())
    with pytest.raises(AssertionError):
        test_a_workload_that_stands_where_it_should_not_is_told("one Service leads to different images")
