"""What joins a network to the outside without a gateway of its own: managed services, and what belongs to others.

Found by an independent red team in 2026; each kind is documented in the user guide of its service.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.network.aws import types
from enclave_policies.network.aws.apis import Open, links
from enclave_policies.network.aws.values import dicts, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.network.aws.elements import Host
    from enclave_policies.network.aws.references import References
    from enclave_policies.resources.resource import Resource

NOTEBOOK: Final = "aws:sagemaker/notebookInstance:NotebookInstance"
NOTEBOOKS: Final = "aws:sagemaker/domain:Domain"
FUNCTION: Final = "aws:lambda/function:Function"
FUNCTION_URL: Final = "aws:lambda/functionUrl:FunctionUrl"
RESOLVER_RULE: Final = "aws:route53/resolverRule:ResolverRule"
RESOLVER_ASSOCIATION: Final = "aws:route53/resolverRuleAssociation:ResolverRuleAssociation"
INTERFACE_ATTACHMENT: Final = "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment"
OWN_RULES: Final = "rslvr-autodefined-rr-"
"""How the ids of the resolver's own rules begin, which lead to where it would ask anyway."""
ALWAYS: Final[Mapping[str, str]] = {
    "aws:apprunner/vpcConnector:VpcConnector": "connector of services outside",
    "aws:cloudfront/vpcOrigin:VpcOrigin": "origin of a distribution",
    "aws:globalaccelerator/endpointGroup:EndpointGroup": "global accelerator",
    "aws:globalaccelerator/customRoutingEndpointGroup:CustomRoutingEndpointGroup": "global accelerator",
    "aws:quicksight/vpcConnection:VpcConnection": "connection from QuickSight",
    "aws:verifiedaccess/endpoint:Endpoint": "verified access",
    "aws:vpclattice/resourceGateway:ResourceGateway": "resource gateway",
    "aws:ec2/trafficMirrorSession:TrafficMirrorSession": "traffic mirror",
    "aws:vpc/routeServerPropagation:RouteServerPropagation": "route server",
    "aws:vpc/routeServerPeer:RouteServerPeer": "route server",
}
"""Types that always lead in, lead out, or let somebody else decide the ways."""
TRANSIT_NAMES: Final = (
    types.TRANSIT_ROUTE,
    types.TRANSIT_PREFIXES,
    types.TRANSIT_ASSOCIATION,
    types.TRANSIT_PROPAGATION,
)


class Join(NamedTuple):
    """One such opening: the resource, its kind, and the hosts by which it reaches segments."""

    resource: Resource
    kind: str
    hosts: tuple[Host, ...] = ()
    why: str = ""


def joins(references: References, hosts: list[Host]) -> Iterator[Join]:
    """Yield what joins the network of a stack to the outside, or two of its segments, without a gateway."""
    by_urn: dict[str, tuple[Host, ...]] = {}
    for host in hosts:
        by_urn[host.urn] = (*by_urn.get(host.urn, ()), host)
    for link in links(references, hosts):
        if isinstance(link, Open):
            yield Join(link.link, "link from an API", by_urn.get(link.link.urn, ()), link.why)
    for resource in references.all(*ALWAYS):
        yield Join(resource, ALWAYS[resource.type], by_urn.get(resource.urn, ()))
    for resource in references.all(NOTEBOOK, NOTEBOOKS):
        kind = _switched(resource)
        if kind is not None and resource.urn in by_urn:
            yield Join(resource, kind, by_urn[resource.urn])
    for url in references.all(FUNCTION_URL):
        functions = references.one(url, "functionName", (FUNCTION,)).found
        inside = tuple(host for one in functions for host in by_urn.get(one.urn, ()))
        if inside or not functions:
            yield Join(url, "public address of a function", inside)
    yield from _of_others(references)
    yield from _on_two_sides(references, by_urn)


def _switched(resource: Resource) -> str | None:
    """Return what a switch of a service opens, None where it is off; those of SageMaker are on by default."""
    if resource.type == NOTEBOOK:
        return None if told(resource, "directInternetAccess") == "Disabled" else "notebook on the internet"
    return None if told(resource, "appNetworkAccessType") == "VpcOnly" else "notebooks on the internet"


def _of_others(references: References) -> Iterator[Join]:
    """Yield routes to attachments of others, and rules of others by which names are resolved."""
    for resource in references.all(*TRANSIT_NAMES):
        if references.one(resource, "transitGatewayAttachmentId", types.TRANSIT_ATTACHMENTS).foreign:
            yield Join(resource, "transit gateway attachment of others")
    for resource in references.all(RESOLVER_ASSOCIATION):
        strange = references.one(resource, "resolverRuleId", (RESOLVER_RULE,)).foreign
        if any(not key.startswith(OWN_RULES) for key in strange):
            yield Join(resource, "resolver rule of others")


def _on_two_sides(references: References, by_urn: Mapping[str, tuple[Host, ...]]) -> Iterator[Join]:
    """Yield machines with interfaces in several segments: whoever holds one passes between them."""
    interfaces: dict[str, set[str]] = defaultdict(set)
    for machine, interface in _worn(references):
        interfaces[machine].add(interface)
    for resource in references.all(types.INSTANCE):
        legs = {host for urn in interfaces[resource.urn] for host in by_urn.get(urn, ())}
        every = tuple(sorted((*by_urn.get(resource.urn, ()), *legs), key=lambda host: host.name))
        if len({(subnet.site, subnet.segment) for host in every for subnet in host.subnets}) > 1:
            yield Join(resource, "machine in several segments", every)


def _worn(references: References) -> Iterator[tuple[str, str]]:
    """Yield the URNs of each machine and an interface of it, whichever of the two, or a third, says so."""
    machines, cards = (types.INSTANCE,), (types.INTERFACE,)
    for machine in references.all(*machines):
        for name in ("networkInterfaces", "primaryNetworkInterface"):
            for block in dicts(machine.props.get(name)):
                named: Any = block.get("networkInterfaceId")
                yield from ((machine.urn, one.urn) for one in references.of(machine, name, named, cards).found)
    for attachment in references.all(INTERFACE_ATTACHMENT):
        for machine in references.one(attachment, "instanceId", machines).found:
            for one in references.one(attachment, "networkInterfaceId", cards).found:
                yield machine.urn, one.urn
    for interface in references.all(*cards):
        for block in dicts(interface.props.get("attachments")):
            for machine in references.of(interface, "attachments", block.get("instance"), machines).found:
                yield machine.urn, interface.urn
