"""What the rules on the whole network share: the intent that is judged, and a path in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.network.intent import TYPE
from enclave_policies.network.network import network_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enclave_policies.network.intent import Intent
    from enclave_policies.network.path import Hop
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def meant(reading: Reading, stack: Stack) -> Intent | None:
    """Return what is meant, when the resource is what says so; a stack without it is refused by SEG-001."""
    return network_in(stack).intent if reading.resource.type == TYPE else None


def told(hops: Iterable[Hop]) -> str:
    """Return hops in one line, each with the rules that let it pass."""
    return "; then ".join(f"{hop.source} -> {hop.target} on {hop.ports} by {', '.join(hop.because)}" for hop in hops)
