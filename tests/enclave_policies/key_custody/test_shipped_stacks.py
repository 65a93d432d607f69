"""The shipped stacks hold their keys as the rules want it: no false alarm, and no blind eye either."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder.custody import load_custody_law
from enclave_policies.resources.resource import UNKNOWN, Provider, Resource
from enclave_policies.rules.key_custody import KEY_CUSTODY

from components.declaration import load_declaration
from tests.components.declarations import stacks
from tests.components.shapes import Registered, shape
from tests.enclave_policies.sampling import urn

if TYPE_CHECKING:
    from collections.abc import Callable

STACKS = ("local", "eu-prod")
NAMED = ("aws:kms/key:Key", "aws:s3/bucket:Bucket")
HAMAR = {
    "clusters": [{"name": "hamar", "cluster": {"server": "https://k8s.hamar.example:6443"}}],
    "contexts": [{"name": "hamar", "context": {"cluster": "hamar", "user": "deployer"}}],
    "current-context": "hamar",
}
"""The kubeconfig of the cluster that the law lists; its storage classes are the law's, too."""
PLACES = {"aws": {"region": "eu-west-1"}, "kubernetes": {"kubeconfig": json.dumps(HAMAR)}}


@lru_cache(maxsize=2)
def stack(name: str) -> tuple[Resource, ...]:
    """Return what the components register, with the ids and ARNs that the mocks made up."""
    found = shape(load_declaration(stacks / f"{name}.yaml"))
    return tuple(_resource(each) for each in found if each.type.startswith(("aws:", "kubernetes:")))


def _resource(each: Registered) -> Resource:
    package = each.type.partition(":")[0]
    provider = Provider(each.provider, f"pulumi:providers:{package}", each.provider.split("::")[3], PLACES[package])
    outputs = {"id": f"{each.name}-id", "arn": f"arn:aws:x:eu-west-1:111122223333:{each.name}"}
    return Resource(urn(each.type, each.name), each.type, each.name, each.inputs, provider, outputs=outputs)


def planned(resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """Return the resources as a plan has them: the ids and ARNs of keys and buckets unknown, their sources recorded."""
    sources = {
        (resource.outputs[key], resource.type): resource.urn
        for resource in resources
        if resource.type in NAMED
        for key in ("id", "arn")
    }

    def unknown(value: Any, wanted: str, found: list[str]) -> Any:
        if isinstance(value, dict):
            return {key: unknown(item, wanted, found) for key, item in value.items()}
        if isinstance(value, list):
            return [unknown(item, wanted, found) for item in value]
        source = sources.get((value, wanted)) if isinstance(value, str) else None
        if source is None:
            return value
        found.append(source)
        return UNKNOWN

    made = []
    for resource in resources:
        props, depends = {}, {}
        for key, value in resource.props.items():
            found: list[str] = []
            props[key] = unknown(value, NAMED[key == "bucket"], found)
            if found:
                depends[key] = tuple(found)
        made.append(replace(resource, props=props, depends=depends, outputs={}))
    return tuple(made)


def alarms(resources: tuple[Resource, ...]) -> Counter[str]:
    judged = judge_stack(resources, load_custody_law(), KEY_CUSTODY)
    return Counter(finding.rule for findings in judged.values() for finding in findings)


@pytest.mark.parametrize("form", [tuple, planned], ids=["state", "plan"])
@pytest.mark.parametrize("name", STACKS)
def test_no_rule_raises_a_false_alarm_on_a_shipped_stack(
    name: str, form: Callable[[tuple[Resource, ...]], tuple[Resource, ...]]
) -> None:
    assert len(stack(name)) > 300
    assert alarms(form(stack(name))) == Counter()


@pytest.mark.parametrize("form", [tuple, planned], ids=["state", "plan"])
def test_seeded_bug_a_site_that_uses_the_keys_of_the_other_is_caught(
    form: Callable[[tuple[Resource, ...]], tuple[Resource, ...]],
) -> None:
    swapped = tuple(
        replace(resource, props=json.loads(json.dumps(resource.props).replace(":dublin-2-", ":dublin-1-")))
        if resource.name.startswith("dublin-2")
        else resource
        for resource in stack("local")
    )
    assert alarms(form(swapped))["KEY-002"] >= 3


def test_seeded_bug_keys_without_conditions_rotation_or_window_are_caught() -> None:
    def broken(resource: Resource) -> Resource:
        if resource.type != NAMED[0]:
            return resource
        policy = json.loads(resource.props["policy"])
        statements = [{**one, "Condition": {}} for one in policy["Statement"]]
        props = {**resource.props, "policy": json.dumps({**policy, "Statement": statements})}
        return replace(resource, props={**props, "enableKeyRotation": False, "deletionWindowInDays": 7})

    found = alarms(tuple(broken(resource) for resource in stack("eu-prod")))
    assert {"KEY-003", "KEY-004", "KEY-005", "KEY-012"} <= set(found)
