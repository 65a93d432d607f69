"""The model reads NetworkPolicies as Kubernetes' documentation defines them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from enclave_policies.network.kubernetes import KubernetesNetwork, policies, ways
from enclave_policies.network.kubernetes.policies import RulePort
from enclave_policies.network.kubernetes.selectors import Requirement
from enclave_policies.network.networks import ANYWHERE, AddressSet
from enclave_policies.network.ports import PortSet

from located_yaml.loader import loads
from tests.enclave_policies.network.kubernetes.objects import namespace, pod, policy
from tests.enclave_policies.network.kubernetes.peer import together

CASES = Path(__file__).with_name("cases.yaml")
HTTP = [{"name": "c", "ports": [{"name": "http", "containerPort": 8080.0}]}]  # numbers of the engine's are floating
CLUSTER = (
    namespace("a", {"team": "a"}),
    namespace("b", {"team": "b"}),
    pod("a", "web", {"app": "web"}, "10.0.0.1", containers=HTTP),
    pod("a", "db", {"app": "db"}, "10.0.0.2", containers=[{"name": "c"}]),
    pod("b", "web", {"app": "web"}, "10.0.1.1", containers=HTTP),
)
WHERE = {
    "a/web": "namespace a, pods app=web",
    "a/db": "namespace a, pods app=db",
    "b/web": "namespace b, pods app=web",
}


def cases() -> list[Any]:
    data = loads(CASES.read_text(encoding="utf-8"), str(CASES)).data
    assert isinstance(data, list)
    return [pytest.param(case, id=case["name"]) for case in data]


def answer(network: KubernetesNetwork, question: str) -> PortSet:
    """Return the ports by which one end reaches another; an end that is no pod is a network outside."""
    zones = {zone.where: zone for zone in network.zones()}
    source, _, target = question.partition(" > ")
    if source not in WHERE:
        return together(network.from_outside(AddressSet.of(source), zones[WHERE[target]]))
    if target not in WHERE:
        return together(network.to_outside(zones[WHERE[source]], AddressSet.of(target)))
    return together(network.between(zones[WHERE[source]], zones[WHERE[target]]))


@pytest.mark.parametrize("case", cases())
def test_policies_mean_what_the_documentation_says(case: dict[str, Any]) -> None:
    policies = [
        policy(spec.get("namespace", "a"), f"p{number}", **{key: spec[key] for key in spec if key != "namespace"})
        for number, spec in enumerate(case.get("policies", []))
    ]
    network = KubernetesNetwork([*CLUSTER, *policies])
    assert network.undetermined() == ()
    assert {question: str(answer(network, question)) for question in case["open"]} == case["open"]


_rules, _matches = policies._rules, Requirement.matches
BUGS: dict[str, tuple[Any, str, Any]] = {
    "only the first rule counts": (policies, "_rules", lambda *given: list(_rules(*given))[:1]),
    "NotIn needs the label, as cyclonus has it": (
        Requirement,
        "matches",
        lambda self, labels: labels.value(self.key) is not None and _matches(self, labels),
    ),
    "outsiders are asked for their ports' names": (
        RulePort,
        "on",
        lambda self, _target: PortSet.of(self.protocol.lower()),
    ),
    "selectors name outsiders too": (ways, "_blocks", lambda _peers: ANYWHERE),
}


def all_cases() -> None:
    for case in cases():
        test_policies_mean_what_the_documentation_says(*case.values)


@pytest.mark.parametrize("bug", BUGS)
def test_a_wrong_reading_is_noticed(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*BUGS[bug])
    with pytest.raises(AssertionError):
        all_cases()
