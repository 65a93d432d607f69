"""Rules are held against rules, and never every pod against every other; what is found is the same."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.network.graph import end_of, graph_of
from enclave_policies.network.kubernetes import KubernetesNetwork
from enclave_policies.network.kubernetes.meeting import Crowd

from tests.enclave_policies.network.kubernetes.clusters import any_cluster
from tests.enclave_policies.network.kubernetes.objects import namespace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SEEDS, TENS = range(150), range(0, 150, 10)
NO_PORT = "what one end lets out and what the other lets in have no port in common"
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
    graph = graph_of([network], {}, {})
    ends = {end_of(zone) for zone in network.zones()}
    found = {(one, other): {str(hop.ports) for hop in graph.direct(one, other)} for one in ends for other in ends}
    return {pair: ports for pair, ports in found.items() if ports}


def is_wrong(seed: int) -> bool:
    return told(model(seed)) != held_one_by_one(model(seed))


@pytest.mark.parametrize("first", TENS)
def test_rules_held_against_rules_say_what_pods_held_against_pods_do(first: int) -> None:
    assert [seed for seed in range(first, first + 10) if is_wrong(seed)] == []


def test_there_is_enough_that_meets(capsys: pytest.CaptureFixture[str]) -> None:
    ways = sum(len(held_one_by_one(model(seed))) for seed in SEEDS)
    with capsys.disabled():
        print(f"\n{len(SEEDS)} clusters, {ways} pairs of ends that meet")  # noqa: T201
    assert ways > 20 * len(SEEDS)


def told_though_they_do_not_meet(seed: int) -> Iterator[tuple[str, ...]]:
    """Yield why, for all that is told to meet and does not."""
    network = model(seed)
    for sources, targets in network.meetings():
        yield from (why for one in sources for other in targets if (why := network.blocked(one, other)))


@pytest.mark.parametrize("first", TENS)
def test_of_what_is_told_to_meet_only_names_of_ports_keep_any_apart(first: int) -> None:
    found = {why for seed in range(first, first + 10) for why in told_though_they_do_not_meet(seed)}
    assert found <= {(NO_PORT,)}


def test_where_every_pod_is_in_a_segment_one_stands_for_each() -> None:
    labels = {"enclave/site": "hamar", "enclave/segment": "app"}
    network = KubernetesNetwork([namespace(name, labels) for name in ("a", "default", "kube-system")])
    assert {zone.segment for zone in network.zones()} == {"app"}
    assert [(len(sources), len(targets)) for sources, targets in network.meetings()] == [(1, 1)]


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
    assert any(map(is_wrong, SEEDS))
