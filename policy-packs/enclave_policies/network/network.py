"""The network of a whole stack: what is meant, and what packets can do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from enclave_policies.network.aws import AwsNetwork
from enclave_policies.network.graph import Graph, Model, graph_of
from enclave_policies.network.intent import TYPE, Intent, IntentError, read_intent
from enclave_policies.network.kubernetes import KubernetesNetwork
from enclave_policies.network.networks import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclave_policies.resource import Resource
    from enclave_policies.stack import Stack


@dataclass(frozen=True)
class Network:
    """What packets can do in a stack; ``intent`` is None where nobody says what is meant, and ``problem`` why."""

    intent: Intent | None
    problem: str | None
    graph: Graph
    internet_ways: Mapping[str, Sequence[InternetWay]]


def network_of(resources: Sequence[Resource]) -> Network:
    """Return the network that the resources of a stack make."""
    intent, problem = _intent(resources)
    models: tuple[Model, ...] = (AwsNetwork(resources), KubernetesNetwork(resources))
    people = intent.people if intent else NOWHERE
    return Network(intent, problem, graph_of(models, people, intent.networks if intent else {}), models)


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
