"""What load balancers of whatever kind pass on, and to where: a balancer decides nothing, so it is no gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from enclave_policies.network.aws import types
from enclave_policies.network.aws.balancers import Standing, forwarded_to, members_of, ports_of, targets_of
from enclave_policies.network.aws.values import told
from enclave_policies.network.networks import NOWHERE, AddressSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enclave_policies.network.aws.elements import Host
    from enclave_policies.network.aws.references import References
    from enclave_policies.network.aws.zones import Place
    from enclave_policies.network.ports import PortSet
    from enclave_policies.resources.resource import Resource

_ACTIONS: Final = (
    *((type_, "defaultActions") for type_ in types.LISTENERS),
    *((type_, "actions") for type_ in types.LISTENER_RULES),
)
"""What says where a listener passes on to, and the input that does."""


class PassedOn(NamedTuple):
    """One balancer and a group of targets: where it stands, where they do, and ``addresses`` that it names.

    Who asks it on ``listened`` is passed on. ``known``: whether somebody says who the targets are; else they may be any
    host of the balancer's VPC.
    """

    balancer: str
    group: str
    listened: PortSet
    standing: tuple[Place, ...]
    targets: tuple[Place, ...]
    addresses: AddressSet
    known: bool

    def __str__(self) -> str:
        """Return what it is called in messages."""
        who = "" if self.known else ", whose targets nobody names"
        return f"load balancer {self.balancer} (target group {self.group}{who})"


def passed_on(references: References, hosts: Sequence[Host], places: Iterable[Place]) -> Iterator[PassedOn]:
    """Yield what every balancer of a stack passes on, by its listeners and by their rules."""
    standing = Standing(hosts, places)
    seen: set[tuple[str, str, PortSet]] = set()
    for says, name in ((one, name) for type_, name in _ACTIONS for one in references.all(type_)):
        for group in forwarded_to(references, says, name):
            for balancer, ports in _balancers(references, says):
                if (balancer.urn, group.urn, ports) not in seen:
                    seen.add((balancer.urn, group.urn, ports))
                    yield from _passed(references, (balancer, group, ports), standing)


def _passed(references: References, what: tuple[Resource, Resource, PortSet], standing: Standing) -> Iterator[PassedOn]:
    balancer, group, ports = what
    here = tuple(dict.fromkeys(standing.at(balancer.urn)))
    if not here:
        return
    targets = targets_of(references, group, standing)
    members = list(members_of(references, group))
    given = [member for member in members if isinstance(member, AddressSet)]
    if targets is None and members and len(given) == len(members):
        targets = ()  # addresses at which nobody of the stack stands
    known = targets is not None
    if targets is None:
        targets = tuple(place for one in {place.vpc for place in here} for place in standing.of_vpc[one])
    yield PassedOn(balancer.name, group.name, ports, here, targets, NOWHERE.union(*given), known)


def _balancers(references: References, says: Resource) -> Iterator[tuple[Resource, PortSet]]:
    """Yield the balancers that a listener is of, or a rule's listener, and the ports that it listens on."""
    own = says.type in types.LISTENERS
    for listener in (says,) if own else references.one(says, "listenerArn", types.LISTENERS).found:
        for balancer in references.one(listener, "loadBalancerArn", types.BALANCERS).found:
            yield balancer, ports_of(told(listener, "port"), ("tcp", "udp"))
