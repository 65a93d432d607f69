"""Every resource that opens a VPC to the internet or to outsiders, with the segments that it opens."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from enclave_policies.network.aws import types
from enclave_policies.network.aws.services import joins
from enclave_policies.network.aws.tables import KIND_OF_TYPE
from enclave_policies.network.aws.values import told
from enclave_policies.network.networks import ANYWHERE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enclave_policies.network.aws.dial_ins import DialIn
    from enclave_policies.network.aws.elements import Host, Subnet
    from enclave_policies.network.aws.references import References
    from enclave_policies.network.aws.routing import Routing
    from enclave_policies.resources.resource import Resource

Segments = tuple[tuple[str, str | None], ...]
_LISTED: Final = {
    **{type_: kind for type_, kind in KIND_OF_TYPE.items() if kind != "appliance"},
    types.EIP: "elastic address",
    types.ENDPOINT_SERVICE: "endpoint service",
    types.VPN: "vpn connection",
    types.DIRECT_CONNECT: "direct connect",
    types.TRANSIT_PEERING: "transit gateway peering",
    types.CLIENT_VPN: "client vpn",
    "aws:vpclattice/serviceNetworkVpcAssociation:ServiceNetworkVpcAssociation": "service network",
    "aws:networkmanager/vpcAttachment:VpcAttachment": "core network",
}
"""What is listed even where no segment uses it."""
_SERVICES_OF_AWS: Final = ("com.amazonaws.", "aws.", "com.amazonaws.vpce.")


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening: ``kind`` and the resource's name and URN (its id where it is not of the stack).

    ``segments`` holds each (site, segment) that it opens, sorted, segment None where nobody said which; empty where
    nothing uses it yet. ``because`` says how it reaches them. ``dialled`` is what a Client VPN of the stack is.
    """

    kind: str
    name: str
    urn: str
    segments: Segments
    because: tuple[str, ...] = ()
    dialled: DialIn | None = None


def openings(
    references: References,
    routing: Routing,
    subnets: Iterable[Subnet],
    hosts: Iterable[Host],
    dialled: Mapping[str, DialIn],
) -> list[Opening]:
    """Return every opening of a stack, sorted by kind and name."""
    subnets, hosts = list(subnets), list(hosts)
    by_urn: dict[str, list[Host]] = defaultdict(list)
    for host in hosts:
        by_urn[host.urn].append(host)
    reached: dict[tuple[str, str], set[tuple[str, str | None]]] = defaultdict(set)
    reasons: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for subnet in subnets:
        for table in subnet.tables:
            for arrival in routing.arrivals(table, subnet.vpc, ANYWHERE):
                if arrival.vpc is not subnet.vpc and arrival.kind != "local":
                    key = (arrival.kind, arrival.key or arrival.labels[0])
                    reached[key].add((subnet.site, subnet.segment))
                    reasons[key].update(dict.fromkeys(arrival.labels))
    for resource in references.all(*_LISTED):
        reached.setdefault((_LISTED[resource.type], resource.urn), set())
    found = [_way(references, kind, key, reached[kind, key], reasons[kind, key]) for kind, key in reached]
    found = [opening for opening in found if opening.kind != "elastic address" and not routing.is_inside(opening.urn)]
    found += _addresses(references, subnets, hosts, by_urn)
    found += _balancers(references, hosts)
    found += _strange_endpoints(references, by_urn)
    found += _strange_client_vpns(references, by_urn)
    found += [
        Opening(
            join.kind, join.resource.name, join.resource.urn, _segments(join.hosts), (join.why,) if join.why else ()
        )
        for join in joins(references, hosts)
    ]
    return sorted(
        _with_entrances(found, references, hosts, dialled),
        key=lambda opening: (opening.kind, opening.name, opening.urn),
    )


def _way(
    references: References, kind: str, key: str, reached: set[tuple[str, str | None]], reasons: dict[str, None]
) -> Opening:
    resource = references.by_urn.get(key)
    return Opening(kind, resource.name if resource else key, key, _sorted(reached), tuple(reasons))


def _sorted(reached: Iterable[tuple[str, str | None]]) -> Segments:
    return tuple(sorted(set(reached), key=lambda item: (item[0], item[1] or "")))


def _segments(hosts: Iterable[Host]) -> Segments:
    return _sorted((subnet.site, subnet.segment) for host in hosts for subnet in host.subnets)


def _addresses(
    references: References, subnets: list[Subnet], hosts: list[Host], by_urn: Mapping[str, list[Host]]
) -> Iterator[Opening]:
    """Yield public addresses: of subnets that give them, of hosts that have one, and elastic ones."""
    for subnet in subnets:
        if subnet.public:
            words = f"subnet {subnet.name}: mapPublicIpOnLaunch"
            yield Opening("public address", subnet.name, subnet.key, ((subnet.site, subnet.segment),), (words,))
    for host in hosts:
        if host.public and not host.type.endswith(":LoadBalancer"):
            yield Opening("public address", host.name, host.urn, _segments([host]), (host.public,))
    for resource in references.all(types.EIP):
        wearers = {
            one.urn
            for name in ("instance", "networkInterface")
            for one in references.one(resource, name, (types.INSTANCE, types.INTERFACE)).found
        }
        users = [host for urn in wearers for host in by_urn.get(urn, ())]
        yield Opening("elastic address", resource.name, resource.urn, _segments(users))


def _balancers(references: References, hosts: list[Host]) -> Iterator[Opening]:
    for host in hosts:
        if host.public and host.type.endswith(":LoadBalancer") and host.urn in references.by_urn:
            yield Opening("internet-facing load balancer", host.name, host.urn, _segments([host]), (host.public,))


def _strange_endpoints(references: References, by_urn: Mapping[str, list[Host]]) -> Iterator[Opening]:
    """Yield interface endpoints that lead to a service which is not of AWS."""
    for endpoint in references.all(types.ENDPOINT):
        name = told(endpoint, "serviceName")
        of_aws = isinstance(name, str) and name.startswith(_SERVICES_OF_AWS[:2]) and "vpce-svc" not in name
        if not of_aws:
            words = f"endpoint {endpoint.name} leads to {name if isinstance(name, str) else 'an unknown service'}"
            users = _segments(by_urn.get(endpoint.urn, ()))
            yield Opening("endpoint of another's service", endpoint.name, endpoint.urn, users, (words,))


def _strange_client_vpns(references: References, by_urn: Mapping[str, list[Host]]) -> Iterator[Opening]:
    """Yield what lets people further by a client VPN that is no resource of the stack: nobody sees who dials in."""
    for part in references.all(*types.OF_CLIENT_VPN):
        if not references.one(part, "clientVpnEndpointId", (types.CLIENT_VPN,)).found:
            words = f"{part.name} is of a client VPN that is no resource of the stack"
            yield Opening("client vpn", part.name, part.urn, _segments(by_urn.get(part.urn, ())), (words,))


def _with_entrances(
    found: list[Opening], references: References, hosts: list[Host], dialled: Mapping[str, DialIn]
) -> Iterator[Opening]:
    """Yield the openings, those of outsiders that enter by a host with the host's segments."""
    behind: dict[str, list[Host]] = defaultdict(list)
    entered = [host for host in hosts if host.entrance or host.type == types.CLIENT_VPN_NETWORK]
    for host in {host.urn: host for host in entered}.values():
        for urn in _leading_to(references, references.by_urn[host.urn]):
            behind[urn].append(host)
    for opening in found:
        users = behind.get(opening.urn, [])
        reasons = tuple(host.entrance for host in users if host.entrance)
        yield Opening(
            opening.kind,
            opening.name,
            opening.urn,
            _sorted((*opening.segments, *_segments(users))),
            (*opening.because, *reasons),
            dialled.get(opening.urn),
        )


def _leading_to(references: References, host: Resource) -> set[str]:
    """Return the URNs of the endpoint services and client VPNs that lead to a host."""
    found = {one.urn for one in references.one(host, "clientVpnEndpointId", (types.CLIENT_VPN,)).found}
    for name in ("networkLoadBalancerArns", "gatewayLoadBalancerArns"):
        services = references.naming(types.ENDPOINT_SERVICE, name, types.BALANCERS)
        found.update(service.urn for service in services.get(host.urn, ()))
    return found
