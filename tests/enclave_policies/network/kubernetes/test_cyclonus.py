"""Our model of network policies says what cyclonus says, on every case that cyclonus makes up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.network.kubernetes import policies
from enclave_policies.network.kubernetes.pods import Pod
from enclave_policies.network.kubernetes.policies import INGRESS, Peer, RulePort
from enclave_policies.network.kubernetes.selectors import EVERY_OBJECT, Labels, Requirement, Selector, every
from enclave_policies.network.kubernetes.ways import Policies
from enclave_policies.network.networks import NOWHERE, AddressSet
from enclave_policies.network.ports import PortSet

from tests.enclave_policies.network.kubernetes.peer import cases, differences, installed

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def theirs() -> list[dict[str, Any]]:
    return cases(installed())


def test_our_answers_are_those_of_cyclonus(theirs: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    wrong = [found for case in theirs if (found := list(differences(case)))]
    families = {name: sum(case["family"] == name for case in theirs) for name in ("IPv4", "IPv6")}
    steps = [step for case in theirs for step in case["steps"]]
    answers = sum(len(cell) for step in steps for row in step["answers"].values() for cell in row.values())
    with capsys.disabled():
        print(  # noqa: T201 (the figure is the point of the test)
            f"\ncyclonus: {len(theirs) - len(wrong)}/{len(theirs)} cases ({families['IPv4']} of IPv4, "
            f"{families['IPv6']} of IPv6, {len(steps)} steps, {answers} connections) are answered alike"
        )
    assert families["IPv4"] >= 230
    assert families["IPv6"] >= 40
    assert [found[0] for found in wrong] == []


def _open_without_egress(given: Any, direction: str, problems: list[str]) -> Any:
    return () if direction == policies.EGRESS else _rules(given, direction, problems)


_rules, _on, _ways, _binding = policies._rules, RulePort.on, Policies.ways, Policies.binding
_block = policies._block


def _only_labels(selector: Selector, labels: Labels) -> bool:
    return all(labels.value(one.key) in one.values for one in selector.requirements if len(one.values) == 1)


def _everywhere(self: Policies, peer: Peer, pod: Pod) -> Any:
    if peer.block is not None:
        return bool(peer.block.intersect(pod.addresses))
    spaces = peer.namespaces or EVERY_OBJECT
    return every((spaces.matches(self.namespaces[pod.namespace]), peer.pods.matches(pod.labels)))


BUGS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "expressions are not read": (Selector, "matches", _only_labels),
    "In and NotIn are mixed up": (
        Requirement,
        "_within",
        lambda self, value: None if value is None else value not in self.values,
    ),
    "a peer without namespaces means every namespace": (
        Policies,
        "names",
        lambda self, peer, _policy, pod: _everywhere(self, peer, pod),
    ),
    "exceptions of a block are forgotten": (
        policies,
        "_block",
        lambda given, where, problems: _block({**given, "except": []}, where, problems),
    ),
    "a block means no pods": (AddressSet, "intersect", lambda _self, _other: NOWHERE),
    "endPort is not read": (
        RulePort,
        "on",
        lambda self, target: PortSet.of("tcp", (self.first, self.first)) if self.first else _on(self, target),
    ),
    "every port with a name is the same": (Pod, "named", lambda _self, _name, protocol: PortSet.of(protocol)),
    "egress is never restricted": (policies, "_rules", _open_without_egress),
    "only the first policy counts": (Policies, "binding", lambda *given: _binding(*given)[:1]),
    "a pod that no policy selects is closed": (
        Policies,
        "ways",
        lambda self, pod, *more: _ways(self, pod, *more) if self.binding(pod, more[0]) else iter(()),
    ),
    "both ends are asked who comes in": (
        Policies,
        "ways",
        lambda self, pod, _side, other: _ways(self, pod, INGRESS, other),
    ),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_wrong_matcher_is_noticed(bug: str, theirs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, wrong = BUGS[bug]
    monkeypatch.setattr(place, name, wrong)
    assert any(next(differences(case), None) for case in theirs)
