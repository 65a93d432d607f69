"""A variable that a pod takes from a ConfigMap or Secret of the stack has the verdict of the one that a pod writes."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder import load_law
from enclave_policies.reading import taken
from enclave_policies.resources.resource import Resource
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.rules.jurisdiction import JURISDICTION

import located_yaml
from tests.enclave_policies.sampling import samples, urn

if TYPE_CHECKING:
    from collections.abc import Mapping

LAW = load_law()
HAMAR = samples("image-registry")[0].as_provider()
CASES: Mapping[str, list[Any]] = located_yaml.load(Path(__file__).with_name("taken.yaml")).data
NEEDS = {"HONEYCOMB_API_KEY": "x"}
SAYS = {"HONEYCOMB_API_ENDPOINT": "https://otel.hamar.example"}
TAKES = [{"configMapRef": {"name": "app"}}]


def an_object(kind: str, name: Any, body: Mapping[str, Any], **more: Any) -> Resource:
    version = {"Deployment": "apps/v1", "CronJob": "batch/v1"}.get(kind, "core/v1")
    props = {"metadata": {"name": name, "namespace": "enclave-app"}, **body}
    type_ = f"kubernetes:{version}:{kind}"
    return Resource(urn(type_, f"{name}"), type_, f"{name}", props, HAMAR, custom=True, **more)


def a_pod(container: Mapping[str, Any]) -> Resource:
    whole = {"name": "app", "image": "registry.hamar.example/app:1", **container}
    return an_object("Pod", "pod", {"spec": {"containers": [whole]}})


def keeper(called: str, values: Mapping[str, str]) -> Resource:
    kind, _, name = called.partition("/")
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    return an_object(kind, name, {"data": encoded if kind == "Secret" else values})


def refusals(*stack: Resource) -> list[str]:
    found = judge_stack(stack, LAW, JURISDICTION).values()
    return [finding.message for each in found for finding in each if finding.refuses]


def judged(case: Mapping[str, Any]) -> list[str]:
    return refusals(a_pod(case["container"]), *(keeper(name, values) for name, values in case["keeps"].items()))


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["case"])
def test_what_a_pod_would_be_refused_for_writing_it_is_refused_for_taking(case: Mapping[str, Any]) -> None:
    assert judged(case)


@pytest.mark.parametrize("case", CASES["passes"], ids=lambda case: case["case"])
def test_what_a_pod_may_write_it_may_take(case: Mapping[str, Any]) -> None:
    assert judged(case) == []


@pytest.mark.parametrize("kind", ["Deployment", "CronJob", "a list", "a custom resource", "values of a chart"])
def test_every_kind_of_object_takes_variables(kind: str) -> None:
    container = {"name": "app", "image": "registry.hamar.example/app:1", "envFrom": TAKES}
    pod = {"spec": {"containers": [container]}}
    bodies: dict[str, tuple[str, dict[str, Any]]] = {
        "Deployment": ("kubernetes:apps/v1:Deployment", {"spec": {"template": pod}}),
        "CronJob": ("kubernetes:batch/v1:CronJob", {"spec": {"jobTemplate": {"spec": {"template": pod}}}}),
        "a list": (
            "kubernetes:core/v1:PodList",
            {"items": [{"metadata": {"name": "pod", "namespace": "enclave-app"}, **pod}]},
        ),
        "a custom resource": ("kubernetes:apps.hamar.example/v1:Worker", {"spec": {"env": [], "envFrom": TAKES}}),
        "values of a chart": (
            "kubernetes:apps.hamar.example/v1:Worker",
            {"spec": {"extraEnvVars": [], "extraEnvFrom": TAKES, "extraEnv": {}}},
        ),
    }
    type_, body = bodies[kind]
    props = {"metadata": {"name": "x", "namespace": "enclave-app"}, **body}
    taking = Resource(urn(type_, "x"), type_, "x", props, HAMAR, custom=True)
    both = keeper("ConfigMap/app", {**NEEDS, **SAYS})
    assert any("Honeycomb" in said for said in refusals(taking, keeper("ConfigMap/app", NEEDS)))
    assert not any("Honeycomb" in said for said in refusals(taking, both))


@pytest.mark.parametrize(
    ("pod", "kept"),
    [
        pytest.param({"name": UNKNOWN}, "app", id="the reference's name is known later"),
        pytest.param({"name": "app"}, UNKNOWN, id="the object's name is known later"),
        pytest.param({"name": UNKNOWN}, UNKNOWN, id="both names are known later"),
    ],
)
def test_a_name_that_is_not_known_yet_may_be_any_of_the_stack(pod: dict[str, Any], kept: Any) -> None:
    taking = a_pod({"env": [{"name": "HONEYCOMB_API_KEY", "value": "x"}], "envFrom": [{"configMapRef": pod}]})
    assert refusals(taking, an_object("ConfigMap", kept, {"data": SAYS})) == []
    assert refusals(taking, an_object("ConfigMap", kept, {"data": {"other": "x"}}))


def test_an_object_of_another_namespace_or_cluster_is_not_the_one_that_is_taken() -> None:
    taking = a_pod({"env": [{"name": "HONEYCOMB_API_KEY", "value": "x"}], "envFrom": TAKES})
    other = {"metadata": {"name": "app", "namespace": "enclave-store"}, "data": SAYS}
    type_ = "kubernetes:core/v1:ConfigMap"
    assert refusals(taking, Resource(urn(type_, "app"), type_, "app", other, HAMAR, custom=True))


def test_a_sealed_secret_that_chooses_a_place_is_undetermined_under_any_key() -> None:
    """A password's key tells nothing of the variable that takes it."""

    def said(variable: str) -> list[str]:
        env = [{"name": variable, "valueFrom": {"secretKeyRef": {"name": "app", "key": "password"}}}]
        return refusals(a_pod({"env": env}), an_object("Secret", "app", {"data": {"password": UNKNOWN}}, sealed=True))

    assert any("JUR-049" in each and "API_URL" in each for each in said("API_URL"))
    assert said("DB_PASSWORD") == []


def test_the_same_thing_is_refused_once_where_it_stands() -> None:
    (said,) = refusals(a_pod({"envFrom": TAKES}), keeper("ConfigMap/app", {"API_URL": "https://collect.example.net"}))
    assert "data API_URL" in said


def test_a_reading_that_forgets_what_pods_take_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(taken, "with_taken", lambda found, _survey, _keeping: found.body)
    assert any(judged(case) for case in CASES["passes"])
    assert not all(judged(case) for case in CASES["refused"])
