"""What the rules on the whole network share: the intent that is judged, and a path as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.network.intent import TYPE
from enclave_policies.network.network import network_in
from enclave_policies.reading.finding import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enclave_policies.network.intent import Intent
    from enclave_policies.network.path import Hop
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def meant(reading: Reading, stack: Stack) -> Intent | None:
    """Return what is meant, when the resource is what says so; a stack without it is refused by SEG-001."""
    return network_in(stack).intent if reading.resource.type == TYPE else None


def steps(hops: Iterable[Hop]) -> Iterator[Step]:
    """Yield hops as a finding tells them, each with the rules that let it pass."""
    for hop in hops:
        yield Step(hop.source, hop.target, str(hop.ports), hop.because)
