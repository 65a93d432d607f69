"""What the network is meant to do, as one component whose inputs every judge of the stack can read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi

from components.addresses import segment_network
from components.declaration.arrivals import arrivals
from components.declaration.connections import connections, declared_connections, receivers_of, watches, wave_jobs
from components.declaration.fronts import sources_of
from components.declaration.model import AwsSite, ClientVpn
from components.declaration.physical import gateway_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from components.declaration.connections import Connection
    from components.declaration.model import Declaration, Invariant


@dataclass(frozen=True)
class NetworkIntentArgs:
    """The declaration whose paths and invariants are told."""

    declaration: Declaration


class NetworkIntent(pulumi.ComponentResource):
    """The declared connections and invariants between ends (`connections`: outside, SITE/SEGMENT), as plain data."""

    def __init__(self, name: str, args: NetworkIntentArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:index:NetworkIntent", name, intent(args.declaration), opts)
        self.register_outputs({})


def intent(declaration: Declaration) -> dict[str, Any]:
    """Return the component's inputs: networks, who comes over what, what stands in front, connections, invariants."""
    sites = [name for name, site in declaration.sites.items() if site.provisioned]
    invariants = declaration.invariants
    return {
        "networks": {
            f"{name}/{segment}": str(segment_network(declaration.sites[name].cidr, given.slot))
            for name in sites
            for segment, given in declaration.segments.items()
        },
        "people": sorted({str(network) for entry in declaration.entries for network in entry.from_}),
        "inspector": sorted({str(one.address) for one in receivers_of(declaration).values()}),
        "apiServers": sorted(
            str(declaration.sites[name].cidr) for name in watches(declaration) if declaration.sites[name].provisioned
        ),
        "waveSources": sorted({str(job.source.address) for _, job in wave_jobs(declaration).values()}),
        "waveStorages": sorted({str(job.storage.address) for _, job in wave_jobs(declaration).values()}),
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
        "arrivals": [
            {
                "at": f"{one.site}/{one.entry.to}",
                "over": one.over.over,
                "people": str(one.network),
                "countries": [one.entry.country, declaration.sites[one.site].country],
                "basis": one.over.basis,
                **(_dialled(one.over) if isinstance(one.over, ClientVpn) else {}),
            }
            for one in arrivals(declaration)
        ],
        "fronts": list(_fronts(declaration, sites)),
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


def _dialled(over: ClientVpn) -> dict[str, Any]:
    """Return who may dial in, and by what they prove who they are."""
    return {
        "groups": list(over.groups),
        "server": over.server_certificate,
        "authority": over.client_authority,
        "provider": over.saml_provider,
        "hours": over.session_hours,
    }


def _fronts(declaration: Declaration, sites: list[str]) -> Iterable[dict[str, Any]]:
    """Yield what alone stands where people meet each gateway: its name and image there, address, class and sources."""
    for site in sites:
        for name, gateway in declaration.gateways.items():
            of_aws = isinstance(declaration.sites[site], AwsSite)
            balancer = gateway.balancers.get(site)
            given = {"address": str(balancer.address), "class": balancer.class_} if balancer else {}
            yield {
                "at": f"{site}/{gateway.front}",
                "gateway": f"{site}/{gateway.segment}",
                "called": gateway_name(declaration, site, name) if of_aws else name,
                "image": gateway.image,
                "sources": [str(network) for network in sources_of(declaration, gateway)],
                **given,
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
