"""One object that nobody can read is named and undetermined; all others are judged as without it, and once."""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.judging.packs import EVERY
from enclave_policies.network import network as network_module
from enclave_policies.network.aws.model import AwsModel
from enclave_policies.network.kubernetes import cluster, policies
from enclave_policies.network.kubernetes.model import KubernetesNetwork
from enclave_policies.resources.resource import Resource
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.rules.key_custody import secret_duties
from enclave_policies.rules.segmentation import SEGMENTATION

from components.declaration import load_declaration
from tests.enclave_policies.network.aws.own_stack import registered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from enclave_policies.law import Law
    from enclave_policies.reading.rule import Question

STACK = Path(__file__).parents[3] / "stacks" / "local.yaml"
INTENT = "enclave:index:NetworkIntent"
URN = "urn:pulumi:test::enclave::"
SEEDS = [*range(148), 1342, 1667]  # the last broke rules on others
JUNK: Sequence[Any] = (
    *([], {}, [[]], [{}], [1], ["x"], "x", "", 1, -1, 1 << 70, 1.5, True, False, None),
    *({"a": []}, [["Ingress"]], {"a": {"b": 1}}, [None], ["10.0.0.0/99"], "10.0.0.1/8x", {"spec": 7}, "9" * 5000),
)
POD = {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [{"name": "c"}]}}


@cache
def law() -> Law:
    return EVERY.load(None, None)


@cache
def shipped() -> tuple[Resource, ...]:
    return tuple(registered(load_declaration(STACK), planned=False))


@cache
def few() -> tuple[Resource, ...]:
    """Two of each type of the shipped stack, in an order that is the same in each run, so that a seed is one fault."""
    of_type: dict[str, list[Resource]] = {}
    for one in shipped():
        of_type.setdefault(one.type, []).append(one)
    return tuple(one for same in of_type.values() for one in same[:2])


def said(resources: Sequence[Resource], rules: Sequence[Question] = SEGMENTATION) -> Mapping[str, frozenset[str]]:
    """What is found on each resource that is refused, by its URN."""
    found = judge_stack(resources, law(), rules)
    return {urn: frozenset(f"{one.rule} {one.problem}" for one in every) for urn, every in found.items() if every}


def made(type_: str, props: dict[str, Any]) -> Resource:
    return Resource(f"{URN}{type_}::broken", type_, "broken", props, outputs={"id": "broken"})


def in_cluster(kind: str, group: str, spec: Any, **metadata: Any) -> Resource:
    body = {"metadata": {"name": "broken", "namespace": "enclave-app", **metadata}, "spec": spec}
    return made(f"kubernetes:{group}:{kind}", body)


def policy(spec: Any, **metadata: Any) -> Resource:
    return in_cluster("NetworkPolicy", "networking.k8s.io/v1", spec, **metadata)


def deployment(spec: Any) -> Resource:
    return in_cluster("Deployment", "apps/v1", spec)


def group_rule(**props: Any) -> Resource:
    group = "aws:ec2/securityGroup:SecurityGroup:dublin-1-app"
    told = {"type": "ingress", "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.16.0.0/20"]}
    return made("aws:ec2/securityGroupRule:SecurityGroupRule", {"securityGroupId": group, **told, **props})


def prefixes(entries: Any) -> Resource:
    return made("aws:ec2/managedPrefixList:ManagedPrefixList", {"name": "x", "maxEntries": 5, "entries": entries})


def acl(**props: Any) -> Resource:
    entry = {"ruleNo": 100, "action": "deny", "protocol": "tcp", "fromPort": 1, "toPort": 2, "cidrBlock": "10.0.0.0/8"}
    told = {"vpcId": "aws:ec2/vpc:Vpc:dublin-1", "ingress": [{**entry, **props}], "egress": []}
    return made("aws:ec2/networkAcl:NetworkAcl", told)


BROKEN: Mapping[str, Resource] = {
    "a policy's types are lists": policy({"podSelector": {}, "policyTypes": [["Ingress"]]}),
    "a policy's types are a mapping": policy({"podSelector": {}, "policyTypes": {"Ingress": True}}),
    "a policy's selector is a text": policy({"podSelector": "all", "policyTypes": ["Ingress"]}),
    "a policy's labels are lists": policy({"podSelector": {"matchLabels": {"app": ["x"]}}}),
    "a policy's rules are a text": policy({"podSelector": {}, "ingress": "none"}),
    "a policy's peer is a number": policy({"podSelector": {}, "ingress": [{"from": [7]}]}),
    "a policy's block is no network": policy({"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": "x"}}]}]}),
    "a policy's port is a list": policy({"podSelector": {}, "ingress": [{"ports": [{"port": [443]}]}]}),
    "a policy's spec is a text": policy("deny"),
    "a policy's name is a list": policy({"podSelector": {}}, name=["x"]),
    "a list for a prefix list's mapping": prefixes([["10.0.0.0/8"]]),
    "a prefix list of a number": prefixes(7),
    "a prefix list of no network": prefixes([{"cidr": "10.0.0.0/99"}]),
    "a prefix list of a mapping of mappings": prefixes({"cidr": {"cidr": "10.0.0.0/8"}}),
    "a rule's type is a list": group_rule(type=["ingress"]),
    "a rule's protocol is a mapping": group_rule(protocol={"tcp": True}),
    "a rule's port is a word": group_rule(fromPort="https"),
    "a rule's networks are numbers": group_rule(cidrBlocks=[10]),
    "a rule's group is a list of lists": group_rule(sourceSecurityGroupId=[["sg-1"]]),
    "an entry's action is a number": acl(action=7),
    "an entry's number is a mapping": acl(ruleNo={"number": 100}),
    "an entry's network is a list": acl(cidrBlock=["10.0.0.0/8"]),
    "a deployment's spec is a list": deployment([]),
    "a deployment's template is a text": deployment({"template": "pod"}),
    "a deployment's labels are a list": deployment({"template": {**POD, "metadata": {"labels": ["app"]}}}),
    "a deployment's ports are numbers": deployment(
        {"template": {**POD, "spec": {"containers": [{"name": "c", "ports": [443]}]}}}
    ),
    "a deployment's host network is a list": deployment({"template": {**POD, "spec": {"hostNetwork": ["yes"]}}}),
    "a service's selector is a list": in_cluster("Service", "core/v1", {"selector": ["app"], "ports": []}),
    "a namespace's labels are lists": made(
        "kubernetes:core/v1:Namespace", {"metadata": {"name": "broken", "labels": {"enclave/segment": ["app"]}}}
    ),
}


def judged(resource: Resource) -> tuple[bool, dict[str, str]]:
    """Whether a resource is undetermined, and what is said of others than it and of what the network should be."""
    found = judge_stack([*shipped(), resource], law(), SEGMENTATION)
    named = any(one.verdict == "undetermined" for one in found[resource.urn])
    others = {urn: every[0].problem for urn, every in found.items() if every and urn != resource.urn}
    return named, {urn: problem for urn, problem in others.items() if INTENT not in urn}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_object_is_named_and_the_others_are_judged_as_without_it(name: str) -> None:
    assert judged(BROKEN[name]) == (True, {})


def test_what_stands_beside_the_broken_ones_is_sound() -> None:
    sound = [policy({"podSelector": {}, "policyTypes": ["Ingress"]}), prefixes([{"cidr": "10.16.0.0/20"}])]
    sound += [group_rule(), acl(), deployment({"template": POD})]
    for resource in sound:
        assert judged(resource) == (False, {}), resource.type


@pytest.mark.parametrize("name", ["a policy's types are lists", "a rule's type is a list", "a prefix list of a number"])
def test_the_models_are_made_once_whatever_is_broken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []

    def counted(model: type) -> Callable[..., object]:
        def count_and_make(*given: object) -> object:
            built.append(model.__name__)
            return model(*given)

        return count_and_make

    monkeypatch.setattr(network_module, "AwsModel", counted(AwsModel))
    monkeypatch.setattr(network_module, "KubernetesNetwork", counted(KubernetesNetwork))
    said([*shipped(), BROKEN[name]])
    assert sorted(built) == ["AwsModel", "KubernetesNetwork"]


def test_a_model_that_cannot_be_made_at_all_is_tried_once_and_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []

    def breaks(resources: object) -> AwsModel:
        tried.append(resources)
        raise TypeError("unhashable")

    monkeypatch.setattr(network_module, "AwsModel", breaks)
    found = said(shipped())
    assert len(tried) == 1
    assert all(INTENT in urn for urn in found)
    assert any("cannot be worked out (TypeError)" in words for every in found.values() for words in every)
    nobody_means = [one for one in shipped() if one.type.startswith("aws:ec2/eip") or one.type.startswith("pulumi")]
    assert all("cannot be worked out" in words for every in said(nobody_means).values() for words in every)


def _places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*way, key)
        yield from _places(item, (*way, key))


def with_junk(seed: int) -> tuple[list[Resource], str]:
    """The few with one value replaced by something else, and the URN of the resource that has it."""
    chance = Random(seed)  # noqa: S311 (no secret)
    resources = list(few())
    while True:
        at = chance.randrange(len(resources))
        side = chance.choice(["props", "props", "outputs"])
        told = copy.deepcopy(dict(getattr(resources[at], side)))
        places = list(_places(told))
        if places and INTENT not in resources[at].type:
            break
    *way, last = chance.choice(places)
    holder: Any = told
    for key in way:
        holder = holder[key]
    holder[last] = chance.choice(JUNK)
    changed: dict[str, Any] = {side: told}
    resources[at] = replace(resources[at], **changed)
    return resources, resources[at].urn


def broken_by_junk(seeds: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    """Where a rule breaks on another resource than the one with junk in it."""
    before = said(few(), EVERY.rules)
    for seed in seeds:
        resources, junk = with_junk(seed)
        for urn, words in said(resources, EVERY.rules).items():
            new = words - before.get(urn, frozenset())
            yield from ((seed, urn, one) for one in new if urn != junk and "the rule broke" in one)


def test_whatever_stands_in_an_object_no_rule_breaks_on_another(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{len(SEEDS)} values of {len(few())} resources replaced by junk")  # noqa: T201
    assert list(broken_by_junk(SEEDS)) == []


BALANCER = "aws:lb/loadBalancer:LoadBalancer"


def test_a_balancers_name_that_is_a_list_breaks_no_rule_on_its_listeners() -> None:
    """The junk above found it, once in many runs, when the order of the few still differed from run to run."""
    broken = [replace(one, props={**one.props, "name": []}) if one.type == BALANCER else one for one in few()]
    found = said(broken, EVERY.rules)
    assert any(one.type == BALANCER for one in broken)
    assert [urn for urn, words in found.items() if BALANCER not in urn and "the rule broke" in str(words)] == []


ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role"


def _role_of_lists() -> list[Resource]:
    """The few with a role whose verbs are lists, which breaks what gathers the roles of a stack."""
    broken = {"metadata": {"name": "x"}, "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": [["get"]]}]}
    return [*few(), made(ROLE, broken)]


def test_a_role_that_nobody_can_read_leaves_the_bindings_judged() -> None:
    found = said(_role_of_lists(), (secret_duties.rule,))
    assert [urn for urn in found if not said(few(), (secret_duties.rule,)).get(urn)] == [f"{URN}{ROLE}::broken"]


def _without_guard(_stack: object, readings: Any, read: Callable[[Any], object]) -> Iterator[object]:
    return (read(reading) for reading in readings)


def test_gathering_that_one_object_can_break_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of what is gathered."""
    monkeypatch.setattr(secret_duties, "each", _without_guard)
    with pytest.raises(AssertionError):
        test_a_role_that_nobody_can_read_leaves_the_bindings_judged()


def test_a_cluster_that_one_object_can_break_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of the models: nothing is told apart from what breaks."""
    actual = policies.read_policy

    def breaks(found: Any, *given: Any) -> Any:
        if found.body.get("spec") is UNKNOWN:
            return actual(found, *given)
        raise TypeError("unhashable")

    sound = policy({"podSelector": {}, "policyTypes": ["Ingress"]})
    monkeypatch.setattr(cluster, "read_policy", breaks)
    kept = said([*shipped(), sound])
    assert kept
    assert all("cannot be read" in "".join(words) or INTENT in urn for urn, words in kept.items())
    monkeypatch.setattr(cluster.Cluster, "take", cluster.Cluster.add)
    assert any("cannot be worked out" in words for every in said([*shipped(), sound]).values() for words in every)
