"""What the network is meant to do, as one component whose inputs every judge of the stack can read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi

from components.addresses import segment_network
from components.declaration.connections import connections, declared_connections

if TYPE_CHECKING:
    from collections.abc import Iterable

    from components.declaration.connections import Connection
    from components.declaration.model import Declaration, Invariant


@dataclass(frozen=True)
class NetworkIntentArgs:
    """The declaration whose paths and invariants are told."""

    declaration: Declaration


class NetworkIntent(pulumi.ComponentResource):
    """The declared connections and invariants between ends (internet, person, SITE/SEGMENT), as plain data."""

    def __init__(self, name: str, args: NetworkIntentArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:index:NetworkIntent", name, intent(args.declaration), opts)
        self.register_outputs({})


def intent(declaration: Declaration) -> dict[str, Any]:
    """Return the inputs of the component: networks by segment, people's networks, links, connections, invariants."""
    sites = [name for name, site in declaration.sites.items() if site.provisioned]
    invariants = declaration.invariants
    return {
        "networks": {
            f"{name}/{segment}": str(segment_network(declaration.sites[name].cidr, given.slot))
            for name in sites
            for segment, given in declaration.segments.items()
        },
        "people": sorted({str(network) for entry in declaration.entries for network in entry.from_}),
        "restricted": sorted(
            f"{name}/{segment}" for name in sites for segment, given in declaration.segments.items() if given.classes
        ),
        "links": [
            {
                "name": name,
                "between": link.between,
                "countries": [declaration.sites[site].country for site in link.between],
                "basis": link.basis,
            }
            for name, link in declaration.links.items()
        ],
        "ways": _written(connection for _, connection in declared_connections(declaration, sites)),
        "mustDeny": _written(_expanded(invariants.must_deny, sites)),
        "mustPermit": _written(_expanded(invariants.must_permit, sites)),
        "mustCross": [
            {
                "from": connection.source,
                "to": connection.target,
                "segment": declaration.gateways[crossing.gateway].segment,
            }
            for crossing in invariants.must_cross
            for connection in connections(crossing.from_, crossing.to, "any", (), sites)
        ],
    }


def _expanded(invariants: Iterable[Invariant], sites: list[str]) -> Iterable[Connection]:
    for invariant in invariants:
        yield from connections(invariant.from_, invariant.to, invariant.protocol or "any", invariant.ports, sites)


def _written(found: Iterable[Connection]) -> list[dict[str, str]]:
    """Return each connection once, as plain data."""
    return [
        {
            "from": connection.source,
            "to": connection.target,
            "protocol": connection.protocol,
            "ports": str(connection.ports),
        }
        for connection in dict.fromkeys(found)
    ]
