"""The work of holding rules against rules grows no faster than the cluster does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.network.graph import graph_of
from enclave_policies.network.kubernetes import KubernetesNetwork, index
from enclave_policies.network.kubernetes.selectors import Selector
from enclave_policies.network.kubernetes.ways import Policies

from tests.counting import counted
from tests.enclave_policies.network.kubernetes.clusters import GROWING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FEW, MANY = 60, 240


def work(cluster: str, count: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how often labels were held against a selector and one end of a connection was asked, for a whole graph."""
    asked: list[None] = []

    with monkeypatch.context() as patch:
        patch.setattr(Selector, "matches", counted(asked, Selector.matches))
        patch.setattr(Policies, "ways", counted(asked, Policies.ways))
        graph_of([KubernetesNetwork(GROWING[cluster](count))], {}, {}).path("internet", "hamar/store")
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
