"""What is asked of a network: from where, to where, over others or directly, on which port."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from enclave_policies.network.graph import Crowd, Graph
from enclave_policies.network.path import Path
from enclave_policies.network.ports import PortSet

if TYPE_CHECKING:
    from collections.abc import Callable

    from enclave_policies.network.path import Hop


@dataclass(frozen=True, slots=True)
class Asking:
    """One question. ``direct``: in one hop. ``port``: the port of the target, on any protocol that has ports."""

    source: str
    target: str
    direct: bool = False
    port: int | None = None

    @property
    def on(self) -> str:
        """The port in words, as the end of a sentence; nothing where any will do."""
        return "" if self.port is None else f" on port {self.port}"

    def path(self, graph: Graph, without: Callable[[str], bool]) -> Path | None:
        """Return what answers it in a graph, None for nothing; no path leads over an end for which ``without`` is."""
        asked = graph if self.port is None else on_port(graph, self.target, self.port)
        if not self.direct:
            return asked.path(self.source, self.target, without)
        hops = asked.direct(self.source, self.target)
        return Path(tuple(hops[:1])) if hops else None


def on_port(graph: Graph, target: str, port: int) -> Graph:
    """Return the graph with only those hops to an end that a port of it lets in; all other hops stay."""
    wanted = PortSet.from_mapping({protocol: [(port, port)] for protocol in ("tcp", "udp", "sctp")})
    hops = {
        end: [found for hop in hops for found in ((hop,) if hop.target != target else _narrowed([hop], wanted))]
        for end, hops in graph.hops.items()
    }
    crowds: list[Crowd] = []
    for crowd in graph.crowds:
        if target not in crowd.targets:
            crowds.append(crowd)
            continue
        crowds.append(replace(crowd, targets=crowd.targets - {target}))
        for source in sorted(crowd.sources):
            found = _narrowed(crowd.hops(source, target), wanted)
            if found:
                hops.setdefault(source, []).extend(found)
    return Graph(hops, partial(graph.reasons), crowds)


def _narrowed(hops: list[Hop], wanted: PortSet) -> list[Hop]:
    narrowed = (replace(hop, ports=hop.ports.intersect(wanted)) for hop in hops)
    return [hop for hop in narrowed if hop.ports]
