"""One text has one meaning wherever it stands: the table twins.yaml, asked of seven places."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.judging.packs import EVERY
from enclave_policies.law.folder.custody import load_custody_law
from enclave_policies.resources.resource import Provider, Resource

import located_yaml
from tests.enclave_policies.sampling import urn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from enclave_policies.law import Law

TABLE = Path(__file__).with_name("twins.yaml")
LAW = load_custody_law()
LEAST = 80
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0f0f0f0f-1111-2222-3333-444455556666"
TAGS = {"site": "dublin-1", "data-class": "restricted"}
KUBECONFIG = {
    "current-context": "hamar",
    "contexts": [{"name": "hamar", "context": {"cluster": "hamar"}}],
    "clusters": [{"name": "hamar", "cluster": {"server": "https://k8s.hamar.example:6443"}}],
}


class Twins(NamedTuple):
    """Settings that stand together, whether they are refused, and why."""

    group: str
    settings: Mapping[str, str]
    refused: bool
    because: str


def made(type_: str, props: Mapping[str, Any], name: str = "twin", **more: Any) -> Resource:
    """One resource of the provider of its package."""
    package, site = ("aws", "dublin-1") if type_.startswith("aws:") else ("kubernetes", "hamar")
    inputs = {"region": "eu-west-1"} if package == "aws" else {"kubeconfig": json.dumps(KUBECONFIG)}
    provider = f"pulumi:providers:{package}"
    return Resource(urn(type_, name), type_, name, props, Provider(urn(provider, site), provider, site, inputs), **more)


def an_object(type_: str, **body: Any) -> Resource:
    """One Kubernetes object of the enclave's namespace for applications."""
    version, _, kind = type_.removeprefix("kubernetes:").removeprefix("core/").rpartition(":")
    metadata = {"name": "app", "namespace": "enclave-app"}
    return made(type_, {"apiVersion": version, "kind": kind, "metadata": metadata, **body})


def pairs(settings: Mapping[str, str]) -> list[dict[str, str]]:
    """The settings as lists of variables have them."""
    return [{"name": name, "value": value} for name, value in settings.items()]


def a_function(settings: Mapping[str, str]) -> Resource:
    role = "arn:aws:iam::111122223333:role/app"
    props = {"region": "eu-west-1", "role": role, "runtime": "python3.13", "handler": "app.handler", "kmsKeyArn": KEY}
    return made("aws:lambda/function:Function", {**props, "tags": TAGS, "environment": {"variables": settings}})


def a_task(settings: Mapping[str, str]) -> Resource:
    container = {"name": "app", "image": "registry.hamar.example/app:1", "environment": pairs(settings)}
    props = {"region": "eu-west-1", "family": "app", "containerDefinitions": json.dumps([container])}
    return made("aws:ecs/taskDefinition:TaskDefinition", props)


def a_pod(settings: Mapping[str, str]) -> Resource:
    container = {"name": "app", "image": "registry.hamar.example/app:1", "env": pairs(settings)}
    return an_object("kubernetes:core/v1:Pod", spec={"containers": [container]})


def a_config_map(settings: Mapping[str, str]) -> Resource:
    return an_object("kubernetes:core/v1:ConfigMap", data=dict(settings))


def a_custom_resource(settings: Mapping[str, str]) -> Resource:
    return an_object("kubernetes:apps.hamar.example/v1:Worker", spec={"settings": dict(settings)})


def a_taking_pod(**container: Any) -> Resource:
    container = {"name": "app", "image": "registry.hamar.example/app:1", **container}
    return an_object("kubernetes:core/v1:Pod", spec={"containers": [container]})


def half_of_each(settings: Mapping[str, str]) -> tuple[Resource, ...]:
    """A pod that writes every other variable itself, and takes the rest from a ConfigMap as a whole."""
    written, taken = dict(list(settings.items())[::2]), dict(list(settings.items())[1::2])
    pod = a_taking_pod(env=pairs(written), envFrom=[{"configMapRef": {"name": "app"}}])
    return pod, a_config_map(taken)


def one_by_one(settings: Mapping[str, str]) -> tuple[Resource, ...]:
    """A pod that takes each variable by its key from a ConfigMap (Secrets are KEY-009's)."""
    env = [{"name": name, "valueFrom": {"configMapKeyRef": {"name": "app", "key": name}}} for name in settings]
    return a_taking_pod(env=env), a_config_map(settings)


PLACES: dict[str, Callable[[Mapping[str, str]], Resource | tuple[Resource, ...]]] = {
    "a Lambda variable": a_function,
    "an ECS variable": a_task,
    "a pod variable": a_pod,
    "a ConfigMap": a_config_map,
    "a custom resource": a_custom_resource,
    "a pod and the ConfigMap that it takes": half_of_each,
    "a ConfigMap that a pod takes key by key": one_by_one,
}
OTHERS = (
    made("aws:s3/bucket:Bucket", {"region": "eu-west-1", "bucket": "enclave-logs"}, "logs"),
    made("aws:kms/key:Key", {"region": "eu-west-1", "tags": TAGS}, "key", outputs={"arn": KEY, "id": KEY[-36:]}),
)


def twins() -> list[Twins]:
    """The table, in its order; ValueError for an entry that says no verdict or two, or no reason."""
    found = []
    for group, entries in located_yaml.load(TABLE).data.items():
        for entry in entries:
            verdict, *more = [name for name in ("refused", "passes") if name in entry]
            if more or set(entry) != {verdict, "because"} or not entry["because"]:
                raise ValueError(f"{group}: {entry}: say refused or passes, and because")
            found.append(Twins(group, entry[verdict], verdict == "refused", entry["because"]))
    return found


def refused_in(settings: Mapping[str, str], law: Law = LAW) -> dict[str, list[str]]:
    """What every pack refuses about these settings in each place."""
    found = {}
    for place, make in PLACES.items():
        made = make(settings)
        resources = (made,) if isinstance(made, Resource) else made
        verdicts = judge_stack([*resources, *OTHERS], law, EVERY.rules)
        found[place] = [each.message for one in resources for each in verdicts[one.urn] if each.refuses]
    return found


def test_the_table_is_large_and_each_kind_of_text_has_both_verdicts() -> None:
    table = twins()
    assert len(table) >= LEAST
    for group in {each.group for each in table}:
        assert {each.refused for each in table if each.group == group} == {True, False}, group
    asked = [json.dumps(each.settings) for each in table]
    assert sorted(asked) == sorted(set(asked)), "a text stands in the table twice"


@pytest.mark.parametrize("each", twins(), ids=lambda each: f"{each.group}: {'; '.join(each.settings.values())[:60]}")
def test_a_text_has_its_one_verdict_wherever_it_stands(each: Twins) -> None:
    found = refused_in(each.settings)
    wrong = {place: said for place, said in found.items() if bool(said) is not each.refused}
    assert not wrong, f"{each.because}; it should be {'refused' if each.refused else 'clean'}"


def test_a_law_that_owns_one_host_more_is_noticed_in_every_place() -> None:
    """The seeded bug of this family."""
    settings = {"API_URL": "https://collect.example.net/v1"}
    assert all(refused_in(settings).values())
    assert not any(refused_in(settings, replace(LAW, dns_zones=frozenset({"example.net"}))).values())
