"""The network of a whole stack: what is meant, and what packets can do."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from enclave_policies.network.aws.model import AwsModel
from enclave_policies.network.graph import Graph, end_of, graph_of
from enclave_policies.network.intent import API_SERVER, INSPECTOR, PERSON, TYPE, Intent, IntentError, read_intent
from enclave_policies.network.kubernetes.model import KubernetesNetwork
from enclave_policies.network.malformed import MOST_PATHS, malformed
from enclave_policies.network.networks import NOWHERE
from enclave_policies.network.settled import settled
from enclave_policies.reading.gathered import once

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.network.aws.entering import Entering
    from enclave_policies.network.aws.openings import Opening
    from enclave_policies.network.aws.passing_on import PassedOn
    from enclave_policies.network.kubernetes.cluster import Undetermined
    from enclave_policies.network.kubernetes.proxied import Asked, Unfollowed
    from enclave_policies.network.kubernetes.standing import Misplaced
    from enclave_policies.network.networks import AddressSet
    from enclave_policies.network.ports import PortSet
    from enclave_policies.reading.stack import Stack
    from enclave_policies.resources.resource import Resource


PARTS: Final = {
    "_aws_told": "what is not known of AWS",
    "_kubernetes_told": "what is not known of the clusters",
    "_openings": "what opens it to the internet and to outsiders",
    "_asked": "what proxies pass on",
    "_doors": "who enters by doors of AWS",
    "_standing": "what stands where in AWS",
    "_listening": "what listens in the clusters",
}
"""What is worked out of every network, and what it tells."""


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
        return graph_of((self._aws, self._kubernetes), self._outsiders, self._networks)

    def graph_with(self, others: Mapping[str, AddressSet]) -> Graph:
        """Return the graph with ends of its own for some addresses that are no segment's, each by a name."""
        models = (self._aws, self._kubernetes)
        return graph_of(models, self._outsiders, self._networks, others) if others else self.graph

    @property
    def _outsiders(self) -> Mapping[str, AddressSet]:
        return self.intent.outsiders if self.intent else dict.fromkeys((PERSON, INSPECTOR, API_SERVER), NOWHERE)

    @property
    def openings(self) -> tuple[Opening, ...]:
        """What joins it to the internet or to outsiders, as far as that can be worked out (see faults)."""
        return () if self._error("_openings") else self._openings

    @settled
    def faults(self) -> tuple[str, ...]:
        """What could not be worked out because something broke, each in words: nothing is known of it then.

        Who reaches whom is worked out only where somebody says what is meant.
        """
        parts = {**PARTS, **({"graph": "who reaches whom"} if self.intent else {})}
        broken = ((words, self._error(name)) for name, words in parts.items())
        return tuple(f"{words} cannot be worked out ({type(error).__name__})" for words, error in broken if error)

    @settled
    def broken(self) -> Mapping[str, tuple[str, ...]]:
        """Objects that broke what reads them, by their URN, each with why; they count as not known."""
        found: dict[str, tuple[str, ...]] = {}
        for one in () if self._error("_kubernetes_told") else self._kubernetes_told:
            if one.broken:
                found[one.urn] = (*found.get(one.urn, ()), one.message)
        return found

    @settled
    def undetermined(self) -> tuple[str, ...]:
        """What nobody can know; while there is any, no answer is a proof."""
        of_aws = () if self._error("_aws_told") else self._aws_told
        of_clusters = () if self._error("_kubernetes_told") else self._kubernetes_told
        return (*of_aws, *map(str, of_clusters), *self.faults)

    @settled
    def unreadable(self) -> tuple[str, ...]:
        """Which objects have values that nobody can read, each with their paths."""
        found = ((resource, ", ".join(islice(malformed(resource), MOST_PATHS))) for resource in self._resources)
        return tuple(
            f"{resource.name} ({resource.type}) cannot be read ({paths})" for resource, paths in found if paths
        )

    @settled
    def _aws_told(self) -> tuple[str, ...]:
        return self._aws.undetermined

    @settled
    def _kubernetes_told(self) -> tuple[Undetermined, ...]:
        return self._kubernetes.undetermined()

    @property
    def asked(self) -> Mapping[str, tuple[Asked | Unfollowed, ...]]:
        """What routes ask proxies of the clusters to pass on, by the URN of what asks, as far as that is known."""
        return {} if self._error("_asked") else self._asked

    @settled
    def _openings(self) -> tuple[Opening, ...]:
        return tuple(self._aws.openings())

    @settled
    def _asked(self) -> Mapping[str, tuple[Asked | Unfollowed, ...]]:
        found: dict[str, tuple[Asked | Unfollowed, ...]] = {}
        for one in self._kubernetes.asked():
            found[one.urn] = (*found.get(one.urn, ()), one)
        return found

    @property
    def doors(self) -> Mapping[str, tuple[Entering, ...]]:
        """What lets in whoever may call AWS, past every packet filter, by the URN of the door, as far as is known."""
        return {} if self._error("_doors") else self._doors

    @settled
    def _doors(self) -> Mapping[str, tuple[Entering, ...]]:
        found: dict[str, tuple[Entering, ...]] = {}
        for one in self._aws.doors:
            found[one.urn] = (*found.get(one.urn, ()), one)
        return found

    @settled
    def misplaced(self) -> Mapping[str, tuple[Misplaced, ...]]:
        """The workloads that stand where they should not, by URN; none while nothing is meant."""
        gateways = frozenset(crossing.segment for crossing in self.intent.must_cross) if self.intent else frozenset()
        found: dict[str, tuple[Misplaced, ...]] = {}
        for one in self._kubernetes.misplaced(gateways) if self.intent else ():
            found[one.urn] = (*found.get(one.urn, ()), one)
        return found

    @property
    def standing(self) -> Mapping[str, frozenset[str]]:
        """In which segments each resource of AWS stands, by its URN, as far as is known."""
        return {} if self._error("_standing") else self._standing

    @settled
    def _standing(self) -> Mapping[str, frozenset[str]]:
        every = self._aws.standing.items()
        return {urn: frozenset(f"{site}/{segment}" for site, segment in ends if segment) for urn, ends in every}

    @property
    def listening(self) -> Mapping[str, tuple[tuple[str, KubernetesObject], ...]]:
        """The Services and workloads of each resource, by its URN, each with the end that it stands in, as known."""
        return {} if self._error("_listening") else self._listening

    @settled
    def _listening(self) -> Mapping[str, tuple[tuple[str, KubernetesObject], ...]]:
        found: dict[str, tuple[tuple[str, KubernetesObject], ...]] = {}
        for end, one in self._kubernetes.listening():
            found[one.urn] = (*found.get(one.urn, ()), (end, one.found))
        return found

    @settled
    def passed_on(self) -> tuple[PassedOn, ...]:
        """What load balancers pass on, and to where."""
        return self._aws.passed_on

    def lost(self, end: str, clients: AddressSet, ports: PortSet) -> tuple[str, ...]:
        """Return what drops clients of the balancers at an end, behind which targets see the clients' addresses."""
        zones = [zone for zone in self._aws.zones() if end_of(zone) == end]
        return tuple(dict.fromkeys(words for zone in zones for words in self._aws.lost(zone, clients, ports)))

    def _error(self, name: str) -> Exception | None:
        try:
            getattr(self, name)
        except Exception as error:  # noqa: BLE001 (whatever broke: it is told among the faults)
            return error
        return None

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
