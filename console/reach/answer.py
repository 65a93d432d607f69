"""The answer to whether packets get from one end to another: a path, the proof that there is none, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from enclave_policies.network.intent import API_SERVER, ELSEWHERE, INSPECTOR, INTERNET, OUTSIDE, PERSON
from enclave_policies.network.ports import PortSet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.network.graph import Graph
    from enclave_policies.network.network import Network
    from enclave_policies.network.networks import AddressSet
    from enclave_policies.network.path import Hop

    from console.reach.asking import Asking

Verdict = Literal["reached", "kept_out", "undetermined"]
WORDS: Final = {
    INTERNET: "the internet",
    PERSON: "people",
    INSPECTOR: "the inspector",
    API_SERVER: "the API servers",
    ELSEWHERE: "other private networks",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """``path`` is the way there, also one that depends on what is not known; ``unknown`` says what that is.

    ``reachable``: what the source reaches at all. ``kept``: why each of these, and the source, does not get to the
    target, by reason. Both are empty where there is a path.
    """

    asking: Asking
    verdict: Verdict
    path: tuple[Hop, ...] = ()
    unknown: tuple[str, ...] = ()
    reachable: tuple[str, ...] = ()
    kept: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def stepping_stones(self) -> tuple[str, ...]:
        """The ends in between: packets do not go on by themselves there, somebody passes them on."""
        return tuple(hop.target for hop in self.path[:-1])


def answer_of(network: Network, asking: Asking, others: Mapping[str, AddressSet]) -> Answer:
    """Return the answer; ``others`` are addresses that are ends of their own."""
    graph = network.graph_with(others)
    without = others.__contains__
    path = asking.path(graph.certain, without) or asking.path(graph, without)
    meant = () if network.intent else (f"the stack does not say what its network is meant to do: {network.problem}",)
    if path is not None:
        return Answer(asking, "reached" if path.is_certain else "undetermined", path.hops, meant)
    if unknown := (*meant, *network.undetermined, *network.unreadable):
        return Answer(asking, "undetermined", unknown=unknown)
    found = [] if asking.direct else graph.reachable(asking.source)
    kept: dict[str, list[str]] = {}
    outside = {*OUTSIDE, *others}
    for end in [asking.source, *(end for end in found if end not in outside)]:  # no path leads over what is outside
        kept.setdefault(_first_reason(graph, end, asking, outside), []).append(end)
    return Answer(
        asking, "kept_out", (), (), tuple(found), tuple((reason, tuple(ends)) for reason, ends in kept.items())
    )


def _first_reason(graph: Graph, end: str, asking: Asking, outside: set[str]) -> str:
    target = asking.target
    if hops := graph.direct(end, target):  # on other ports than the one that is asked for
        return f"what gets through is on {_ports(hops)}"
    if end in outside:
        return f"nothing there lets {WORDS.get(end, end)} in"
    if target in outside:
        return f"no rule and no route lets it out to {WORDS.get(target, target)}"
    if not _of_one_site(end, target):
        return "nothing leads from the one site to the other"
    return next(iter(graph.reasons(end, target)), "no rule opens a way")


def _ports(hops: list[Hop]) -> PortSet:
    found = PortSet()
    for hop in hops:
        found = found.union(hop.ports)
    return found


def _of_one_site(one: str, other: str) -> bool:
    return one.partition("/")[0] == other.partition("/")[0]
