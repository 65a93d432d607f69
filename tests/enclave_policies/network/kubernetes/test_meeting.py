"""Rules are held against rules, and never every pod against every other; what is found is the same."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.network.graph import end_of, graph_of
from enclave_policies.network.kubernetes import KubernetesNetwork, index
from enclave_policies.network.kubernetes.meeting import Crowd
from enclave_policies.network.kubernetes.selectors import Selector
from enclave_policies.network.kubernetes.ways import Policies
from enclave_policies.network.networks import NOWHERE

from tests.enclave_policies.network.kubernetes.clusters import GROWING, any_cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SEEDS = range(150)
FEW, MANY = 60, 240
Ways = dict[tuple[str, str], set[str]]


def model(seed: int) -> KubernetesNetwork:
    return KubernetesNetwork(any_cluster(Random(seed)))  # noqa: S311 (no secret depends on it)


def held_one_by_one(network: KubernetesNetwork) -> Ways:
    """Every pod against every other, as the documentation tells it."""
    found: Ways = defaultdict(set)
    for source in network.zones():
        for target in network.zones():
            for hop in network.between(source, target):
                found[end_of(source), end_of(target)].add(str(hop.ports))
    return dict(found)


def told(network: KubernetesNetwork) -> Ways:
    graph = graph_of([network], NOWHERE, {})
    ends = {end_of(zone) for zone in network.zones()}
    found = {(one, other): {str(hop.ports) for hop in graph.direct(one, other)} for one in ends for other in ends}
    return {pair: ports for pair, ports in found.items() if ports}


def wrong() -> Iterator[int]:
    return (seed for seed in SEEDS if told(model(seed)) != held_one_by_one(model(seed)))


def test_rules_held_against_rules_say_what_pods_held_against_pods_do(capsys: pytest.CaptureFixture[str]) -> None:
    ways = sum(len(told(model(seed))) for seed in SEEDS)
    with capsys.disabled():
        print(f"\n{len(SEEDS)} clusters, {ways} pairs of ends that meet")  # noqa: T201
    assert list(wrong()) == []
    assert ways > 20 * len(SEEDS)


_meant, _named, _standing = Crowd._meant, Crowd._named, Crowd._standing
BUGS: Mapping[str, tuple[str, Callable[..., Any]]] = {
    "what is not known names nobody": ("_meant", lambda self, peer, own: peer.pods.known and _meant(self, peer, own)),
    "a rule without peers names nobody": (
        "_named",
        lambda self, rule, policy: rule.peers and _named(self, rule, policy),
    ),
    "all pods have the same names for their ports": ("_by_names", lambda _self, pods: iter((pods,))),
    "one segment stands for all": ("_standing", lambda self, pods: islice(_standing(self, pods), 1)),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_wrong_meeting_is_noticed(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bugs of this family."""
    name, instead = BUGS[bug]
    monkeypatch.setattr(Crowd, name, lambda *given: instead(*given) or 0)
    assert any(True for _ in wrong())


def work(cluster: str, count: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how often labels were held against a selector and one end of a connection was asked, for a whole graph."""
    asked: list[None] = []

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def count_and_ask(*given: Any) -> Any:
            asked.append(None)
            return function(*given)

        return count_and_ask

    with monkeypatch.context() as patch:
        patch.setattr(Selector, "matches", counted(Selector.matches))
        patch.setattr(Policies, "ways", counted(Policies.ways))
        graph_of([KubernetesNetwork(GROWING[cluster](count))], NOWHERE, {}).path("internet", "hamar/store")
    return len(asked)


def growth(cluster: str, monkeypatch: pytest.MonkeyPatch) -> float:
    """Return by how much more the work grows than the cluster."""
    return work(cluster, MANY, monkeypatch) / work(cluster, FEW, monkeypatch) / (MANY / FEW)


@pytest.mark.parametrize("cluster", GROWING)
def test_the_work_grows_as_the_cluster_does(cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert growth(cluster, monkeypatch) <= 1.1


SLOW: Mapping[str, tuple[object, str, Callable[..., Any]]] = {
    "every selector is held against every pod": (index, "wanted", lambda _selector: None),
    "every pod is held against every other": (
        KubernetesNetwork,
        "meetings",
        lambda self: (([one], [other]) for one in self.zones() for other in self.zones()),
    ),
}


@pytest.mark.parametrize("bug", SLOW)
def test_work_that_grows_faster_is_noticed(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, instead = SLOW[bug]
    monkeypatch.setattr(place, name, instead)
    assert any(growth(cluster, monkeypatch) > 1.1 for cluster in GROWING)
