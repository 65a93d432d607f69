"""Every way that is opened in the shipped stack is refused with its path; changes that open nothing are not."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from enclave_policies.judging.judge import judge_in_stack, judge_reading, try_read
from enclave_policies.law.folder import load_law
from enclave_policies.network import network
from enclave_policies.network.aws import apis, balancers, gates, meeting, model
from enclave_policies.network.aws.doors import Setting
from enclave_policies.network.aws.gates import Gate, Gates
from enclave_policies.network.aws.model import AwsModel
from enclave_policies.network.aws.routing import Routing
from enclave_policies.network.graph import Graph
from enclave_policies.network.intent import read_intent
from enclave_policies.network.kubernetes import cluster
from enclave_policies.network.kubernetes.model import KubernetesNetwork
from enclave_policies.network.networks import AddressSet
from enclave_policies.network.path import Path as Hops
from enclave_policies.network.ports import EVERYTHING
from enclave_policies.reading.stack import Stack
from enclave_policies.rules.segmentation import (
    SEGMENTATION,
    api_way,
    internet_way,
    only_front,
    open_range,
    pod_exposure,
    resolver,
)

from components.declaration import load_declaration
from tests.enclave_policies.network.aws.own_stack import registered
from tests.enclave_policies.segmentation.breaking import changed, read_book
from tests.enclave_policies.wellformed import ill_formed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from enclave_policies.network.aws.openings import Opening
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.resources.resource import Resource

    from tests.enclave_policies.segmentation.breaking import Change

LOCAL = Path(__file__).parents[3] / "stacks" / "local.yaml"
BOOK = read_book()
FEWEST_BREAKS, FEWEST_NEAR_MISSES = 40, 15
MODES = ("state", "plan")


@cache
def shipped(mode: str) -> tuple[Resource, ...]:
    return tuple(registered(load_declaration(LOCAL), planned=mode == "plan"))


@cache
def _readings(mode: str) -> dict[int, Reading]:
    return {id(one): try_read(one, load_law()) for one in shipped(mode)}


def judged(resources: Sequence[Resource], mode: str) -> list[Finding]:
    """Return what the pack finds; what the shipped stack has too was read before."""
    known = _readings(mode)
    readings = [known.get(id(one)) or try_read(one, load_law()) for one in resources]
    stack = Stack(readings)
    return [
        finding
        for one in readings
        for finding in (*judge_reading(one, SEGMENTATION), *judge_in_stack(one, stack, SEGMENTATION))
    ]


def found(change: Change, mode: str) -> list[Finding]:
    return judged(changed(shipped(mode), change, BOOK.types, planned=mode == "plan"), mode)


def missed(change: Change, mode: str) -> str | None:
    """Return what should have been said of a break and was not."""
    findings = found(change, mode)
    silent = change.rules - {finding.rule for finding in findings}
    if silent:
        return f"{change.id}: {', '.join(sorted(silent))} said nothing"
    if ill := ill_formed(findings):
        return f"{change.id}: {'; '.join(ill)}"
    if not any(all(text in finding.message for text in change.path) for finding in findings):
        told = "\n".join(finding.message for finding in findings)
        return f"{change.id}: no message has all of {change.path}:\n{told}"
    return None


def named(changes: Sequence[Change]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("change", changes, ids=[change.id for change in changes])


@pytest.mark.parametrize("mode", MODES)
def test_nothing_of_the_shipped_stack_is_refused(mode: str) -> None:
    assert [finding.message for finding in judged(shipped(mode), mode)] == []


@pytest.mark.parametrize("mode", MODES)
@named(BOOK.breaks)
def test_an_opened_way_is_refused_with_its_path(change: Change, mode: str) -> None:
    assert missed(change, mode) is None


@pytest.mark.parametrize("mode", MODES)
@named(BOOK.near_misses)
def test_what_opens_nothing_is_not_refused(change: Change, mode: str) -> None:
    assert [finding.message for finding in found(change, mode)] == []


def test_there_are_enough_breaks_and_each_family_has_a_near_miss(capsys: pytest.CaptureFixture[str]) -> None:
    breaks, near_misses = Counter(one.family for one in BOOK.breaks), Counter(one.family for one in BOOK.near_misses)
    with capsys.disabled():
        print(f"\n{breaks.total()} breaks and {near_misses.total()} near misses, each as a state and as a plan")  # noqa: T201
    assert breaks.total() >= FEWEST_BREAKS
    assert near_misses.total() >= FEWEST_NEAR_MISSES
    assert set(breaks) <= set(near_misses)
    names = [one.id for one in (*BOOK.breaks, *BOOK.near_misses)]
    assert len(set(names)) == len(names)


def test_every_rule_of_the_pack_has_a_break() -> None:
    assert {rule.id for rule in SEGMENTATION} == {rule for one in BOOK.breaks for rule in one.rules}


def _without_ports(_model: object, *_args: object) -> list[object]:
    return []


SEEDED: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "group": lambda patch: patch.setattr(AwsModel, "between", _without_ports),
    "acl": lambda patch: patch.setattr(AwsModel, "between", _without_ports),
    "internet": lambda patch: patch.setattr(AwsModel, "openings", lambda _: []),
    "ipv6": lambda patch: patch.setattr(open_range, "PUBLIC", AddressSet.of("0.0.0.0/0")),
    "public address": lambda patch: patch.setattr(AwsModel, "openings", lambda _: []),
    "neighbours": lambda patch: patch.setattr(AwsModel, "openings", lambda _: []),
    "segments": lambda patch: patch.setattr(network, "read_intent", _everywhere),
    "resolvers": lambda patch: patch.setattr(resolver, "KEEPS", frozenset({"FORWARD", "DELEGATE"})),
    "balancers": lambda patch: patch.setattr(balancers, "keeps_addresses", lambda _group: False),
    "proxies": lambda patch: patch.setattr(KubernetesNetwork, "asked", lambda _: ()),
    "links": lambda patch: patch.setattr(apis, "_is_bound", lambda *_: True),
    "peerings": lambda patch: patch.setattr(Routing, "is_inside", lambda *_: True),
    "doors": lambda patch: patch.setattr(Setting, "holds", lambda *_: False),
    "names": lambda patch: patch.setattr(resolver, "AMAZON", frozenset({"9.9.9.9"})),
    "policy": lambda patch: patch.setattr(KubernetesNetwork, "between", _without_ports),
    "default deny": lambda patch: patch.setattr(KubernetesNetwork, "from_outside", _without_ports),
    "namespace": lambda patch: patch.setattr(KubernetesNetwork, "between", _without_ports),
    "pods": lambda patch: patch.setattr(pod_exposure, "CONTAINERS", ()),
    "services": lambda patch: patch.setattr(pod_exposure, "INSIDE", {"ClusterIP", "NodePort", "LoadBalancer"}),
    "answers": lambda patch: patch.setattr(meeting, "ASKED_FROM", gates.EPHEMERAL),
    "patches": lambda patch: patch.setattr(
        cluster, "patched", lambda made: [one for one in made if not one.found.patch]
    ),
    "standing": lambda patch: patch.setattr(KubernetesNetwork, "misplaced", lambda *_: ()),
    "passed on": lambda patch: patch.setattr(model, "passed_on", lambda *_: ()),
    "api": lambda patch: patch.setattr(api_way, "WAYS", frozenset()),
    "arriving": lambda patch: patch.setattr(internet_way, "openings_of_links", _every_opening),
    "front": lambda patch: patch.setattr(only_front, "_fronts", lambda *_: {}),
    "invariants": lambda patch: patch.setattr(Graph, "paths", _one_hop),
}
"""Family → a bug that its breaks must bring to light."""


def _every_opening(openings: Sequence[Opening], *_: object) -> frozenset[str]:
    return frozenset(way.urn for way in openings)


def _one_hop(graph: Graph, source: str, *_: object) -> Callable[[str], Hops | None]:
    return lambda target: next((Hops((hop,)) for hop in graph.direct(source, target)), None)


_read_intent = read_intent


def _everywhere(resource: Resource) -> object:
    """Return the intent with a network for whatever name a subnet may say."""

    class Anything(dict[str, object]):
        def get(self, _name: str, _default: object = None) -> object:
            return AddressSet.of("0.0.0.0/0")

    intent = _read_intent(resource)
    object.__setattr__(intent, "networks", Anything(intent.networks))
    return intent


@pytest.mark.parametrize("family", sorted({one.family for one in BOOK.breaks}))
def test_a_seeded_bug_is_noticed_by_the_breaks_of_its_family(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    SEEDED[family](monkeypatch)
    assert any(missed(one, "state") for one in BOOK.breaks if one.family == family)


def _passes(_gates: Gates, _acl: object, _direction: str, wanted: AddressSet) -> tuple[Gate, ...]:
    return (Gate(wanted, EVERYTHING, ((EVERYTHING, "any"),)),)


def test_a_model_without_network_acls_is_noticed_by_the_near_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of the near misses."""
    monkeypatch.setattr(Gates, "acl", _passes)
    assert any(found(one, "state") for one in BOOK.near_misses if one.family in ("group", "acl"))
