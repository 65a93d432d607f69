"""The network of a whole stack: what is meant, and what packets can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.network.aws.model import AwsModel
from enclave_policies.network.graph import Graph, end_of, graph_of
from enclave_policies.network.intent import TYPE, Intent, IntentError, read_intent
from enclave_policies.network.kubernetes.model import KubernetesNetwork
from enclave_policies.network.networks import NOWHERE
from enclave_policies.network.settled import settled
from enclave_policies.reading.gathered import once

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enclave_policies.network.aws.entering import Entering
    from enclave_policies.network.aws.ways import Way
    from enclave_policies.network.kubernetes.proxied import Asked, Unfollowed
    from enclave_policies.network.networks import AddressSet
    from enclave_policies.network.ports import PortSet
    from enclave_policies.reading.stack import Stack
    from enclave_policies.resources.resource import Resource


class Network:
    """What packets can do in a stack; each part is worked out when it is first asked for, and once.

    ``intent`` is None where nobody says what is meant, and ``problem`` says why.
    """

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._resources = resources
        self.intent, self.problem = _intent(resources)

    @settled
    def graph(self) -> Graph:
        """Every hop between two ends."""
        people = self.intent.people if self.intent else NOWHERE
        return graph_of((self._aws, self._kubernetes), people, self._networks)

    @settled
    def openings(self) -> tuple[Way, ...]:
        """What joins it to the internet or to outsiders."""
        return tuple(self._aws.internet_ways())

    @settled
    def undetermined(self) -> tuple[str, ...]:
        """What nobody can know; while there is any, no answer is a proof."""
        return (*self._aws.undetermined, *map(str, self._kubernetes.undetermined()))

    @settled
    def asked(self) -> Mapping[str, tuple[Asked | Unfollowed, ...]]:
        """What routes ask proxies of the clusters to pass on, by the URN of what asks."""
        found: dict[str, tuple[Asked | Unfollowed, ...]] = {}
        for one in self._kubernetes.asked():
            found[one.urn] = (*found.get(one.urn, ()), one)
        return found

    @settled
    def doors(self) -> Mapping[str, tuple[Entering, ...]]:
        """What lets in whoever may call AWS, past every packet filter, by the URN of the door."""
        found: dict[str, tuple[Entering, ...]] = {}
        for one in self._aws.doors:
            found[one.urn] = (*found.get(one.urn, ()), one)
        return found

    def lost(self, end: str, clients: AddressSet, ports: PortSet) -> tuple[str, ...]:
        """Return what drops clients of the balancers at an end, behind which targets see the clients' addresses."""
        zones = [zone for zone in self._aws.zones() if end_of(zone) == end]
        return tuple(dict.fromkeys(words for zone in zones for words in self._aws.lost(zone, clients, ports)))

    @property
    def _networks(self) -> Mapping[str, AddressSet]:
        return self.intent.networks if self.intent else {}

    @settled
    def _aws(self) -> AwsModel:
        return AwsModel(self._resources)

    @settled
    def _kubernetes(self) -> KubernetesNetwork:
        return KubernetesNetwork(self._resources, self._networks)


def network_of(resources: Sequence[Resource]) -> Network:
    """Return the network that the resources of a stack make."""
    return Network(resources)


@once
def network_in(stack: Stack) -> Network:
    """As `network_of`, the same one for all rules that ask about a stack."""
    return network_of([reading.resource for reading in stack.readings.values()])


def _intent(resources: Sequence[Resource]) -> tuple[Intent | None, str | None]:
    found = [resource for resource in resources if resource.type == TYPE]
    if len(found) != 1:
        return None, f"there are {len(found)} resources of the type {TYPE} in the stack, and one says what is meant"
    try:
        return read_intent(found[0]), None
    except IntentError as error:
        return None, f"{found[0].name} {error}"
