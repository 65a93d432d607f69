"""The network of a whole stack: what is meant, and what packets can do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from enclave_policies.network.aws.model import AwsModel
from enclave_policies.network.graph import Graph, graph_of
from enclave_policies.network.intent import TYPE, Intent, IntentError, read_intent
from enclave_policies.network.kubernetes.model import KubernetesNetwork
from enclave_policies.network.networks import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclave_policies.network.aws.ways import Way
    from enclave_policies.reading.stack import Stack
    from enclave_policies.resources.resource import Resource


@dataclass(frozen=True)
class Network:
    """What packets can do in a stack; ``intent`` is None where nobody says what is meant, and ``problem`` says why.

    ``openings`` join it to the internet or to outsiders. While anything is ``undetermined``, no answer is a proof.
    """

    intent: Intent | None
    problem: str | None
    graph: Graph
    openings: tuple[Way, ...]
    undetermined: tuple[str, ...]


def network_of(resources: Sequence[Resource]) -> Network:
    """Return the network that the resources of a stack make."""
    intent, problem = _intent(resources)
    networks = intent.networks if intent else {}
    aws, kubernetes = AwsModel(resources), KubernetesNetwork(resources, networks)
    graph = graph_of((aws, kubernetes), intent.people if intent else NOWHERE, networks)
    unknown = (*aws.undetermined, *map(str, kubernetes.undetermined()))
    return Network(intent, problem, graph, tuple(aws.internet_ways()), unknown)


@lru_cache(maxsize=2)
def network_in(stack: Stack) -> Network:
    """As `network_of`, made once for all rules that ask about a stack."""
    return network_of([reading.resource for reading in stack.readings.values()])


def _intent(resources: Sequence[Resource]) -> tuple[Intent | None, str | None]:
    found = [resource for resource in resources if resource.type == TYPE]
    if len(found) != 1:
        return None, f"there are {len(found)} resources of the type {TYPE} in the stack, and one says what is meant"
    try:
        return read_intent(found[0]), None
    except IntentError as error:
        return None, f"{found[0].name} {error}"
