"""What is worked out of a network grows as the stack does, whatever its shape; and it stays what it is."""

from __future__ import annotations

import pytest
from enclave_policies.network import indexed
from enclave_policies.network.aws import AwsModel, conversations, neighbours
from enclave_policies.network.aws.conversations import Conversations
from enclave_policies.network.aws.meeting import passing
from enclave_policies.network.aws.references import References
from enclave_policies.network.aws.values import common, either, without
from enclave_policies.network.graph import Graph, end_of, graph_of
from enclave_policies.network.intervals import overlapping
from enclave_policies.network.networks import AddressSet
from enclave_policies.network.ports import PortSet
from enclave_policies.network.ranges import Ranges

from tests.counting import counted
from tests.enclave_policies.network.aws.crowded import CROWDED
from tests.enclave_policies.network.aws.growing import GROWING
from tests.enclave_policies.network.aws.test_neighbours import held_one_by_one, told

SIZES = {**dict.fromkeys(GROWING, (40, 160)), **dict.fromkeys(CROWDED, (160, 640))}
"""Enough for each shape that an index takes less than asking one by one, and no more than there are networks."""
SHAPES = {**GROWING, **CROWDED}
COUNTED = (
    (AddressSet, "intersect", AddressSet.intersect),
    (PortSet, "intersect", PortSet.intersect),
    (Ranges, "meeting", Ranges.meeting),
    (References, "of", References.of),
    (Conversations, "between", Conversations.between),
    (conversations, "passing", passing),
    (indexed, "overlapping", overlapping),
    (neighbours, "common", common),
)
"""What holds two ends, or sets of addresses or ports, against each other, or reads a name."""


def work(name: str, count: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how often anything was held against something else until everybody was followed everywhere."""
    asked: list[None] = []

    for remembering in (common, either, without):  # what an earlier stack asked counts again
        remembering.cache_clear()
    with monkeypatch.context() as patch:
        for place, called, function in COUNTED:
            patch.setattr(place, called, counted(asked, function))
        model = AwsModel(SHAPES[name](count))
        graph = graph_of([model], {}, {})
        for source in ("internet", end_of(model.zones()[0]), end_of(model.zones()[-1])):
            graph.path(source, "site-0/store")
            graph.reachable(source)
    return len(asked)


def growth(name: str, monkeypatch: pytest.MonkeyPatch) -> float:
    """Return by how much more the work grows than the stack."""
    few, many = SIZES[name]
    return work(name, many, monkeypatch) / work(name, few, monkeypatch) / (many / few)


@pytest.mark.parametrize("name", SHAPES)
def test_the_work_grows_as_the_stack_does(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert growth(name, monkeypatch) <= 1.1


def test_work_that_grows_faster_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug: every zone is held against every other."""
    monkeypatch.setattr(
        AwsModel, "meetings", lambda self: (([one], [other]) for one in self.zones() for other in self.zones())
    )
    assert growth("services", monkeypatch) > 1.1


def test_hubs_that_are_held_rule_by_rule_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug: a place that carries all groups is like any other."""
    monkeypatch.setattr(neighbours._Neighbours, "_hubs", lambda _self: [])
    assert growth("ring", monkeypatch) > 1.1


@pytest.mark.parametrize("name", CROWDED)
def test_hosts_without_a_segment_meet_each_for_itself(name: str) -> None:
    resources = CROWDED[name](6 if name == "clique" else 12)
    found = held_one_by_one(AwsModel(resources))
    assert told(AwsModel(resources)) == found
    graph = graph_of([AwsModel(resources)], {}, {})
    for source in {source for source, _ in found}:
        paths = graph.paths(source)
        reached = {target for target in graph.ends if paths(target)} - {source}
        assert reached == set(graph.reachable(source)) == _closure(found, source)


def _closure(found: dict[tuple[str, str], str], source: str) -> set[str]:
    reached, waiting = {source}, [source]
    while waiting:
        end = waiting.pop()
        new = {target for here, target in found if here == end} - reached
        reached |= new
        waiting += new
    return reached - {source}


def test_a_host_that_another_stands_for_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug: of hosts without a segment, too, one of each subnet stands for all."""
    monkeypatch.setattr(Graph, "_crowds_of", {})
    with pytest.raises(AssertionError):
        test_hosts_without_a_segment_meet_each_for_itself("alike")
