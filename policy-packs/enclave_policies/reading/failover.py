"""What a stack's root component says must survive the loss of a site, and where its copies are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from enclave_policies.reading.enclave import TYPE
from enclave_policies.reading.gathered import each, once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


class UnreadableError(Exception):
    """What is told has no shape that can be judged; the text is its property path."""


@dataclass(frozen=True, slots=True)
class Replica:
    """Buckets of a site that are copied to another one; ``buckets``: name there → name here."""

    source: str
    target: str
    classes: frozenset[str]
    buckets: Mapping[str, str]

    def at(self, site: str) -> frozenset[str]:
        """Return the buckets that it has on a site."""
        there = self.buckets if site == self.source else ()
        return frozenset((*there, *(self.buckets.values() if site == self.target else ())))


@dataclass(frozen=True, slots=True)
class Failover:
    """The sites that people are sent to, the classes that must survive any of them, and the replicas by name."""

    order: tuple[str, ...]
    classes: frozenset[str]
    replicas: Mapping[str, Replica]


def failover_of(reading: Reading) -> Failover | None:
    """Return what a root component says; None where it says nothing. Raises UnreadableError."""
    told = reading.setting("failover")
    if told is None:
        return None
    if not isinstance(told, dict):
        raise UnreadableError("failover")
    replicas = told.get("replicas", {})
    if not isinstance(replicas, dict):
        raise UnreadableError("failover.replicas")
    return Failover(
        _names(told.get("order"), "failover.order"),
        frozenset(_names(told.get("classes"), "failover.classes")),
        {str(name): _replica(one, f"failover.replicas.{name}") for name, one in replicas.items()},
    )


def _replica(told: Any, path: str) -> Replica:
    if not isinstance(told, dict):
        raise UnreadableError(path)
    source, target, buckets = told.get("from"), told.get("to"), told.get("buckets")
    if not isinstance(source, str) or not isinstance(target, str):
        raise UnreadableError(f"{path}.from" if not isinstance(source, str) else f"{path}.to")
    if not isinstance(buckets, dict) or not all(isinstance(each, str) for each in buckets.values()):
        raise UnreadableError(f"{path}.buckets")
    return Replica(source, target, frozenset(_names(told.get("classes"), f"{path}.classes")), buckets)


def _names(told: Any, path: str) -> tuple[str, ...]:
    if not isinstance(told, list) or not all(isinstance(name, str) for name in told):
        raise UnreadableError(path)
    return tuple(told)


@once
def failovers_of(stack: Stack) -> tuple[Failover, ...]:
    """Return what the stack says, as far as it can be read; what cannot, JUR-055 refuses."""
    return tuple(found for found in each(stack, stack.of_type(TYPE), _readable) if found is not None)


def _readable(reading: Reading) -> Failover | None:
    try:
        return failover_of(reading)
    except UnreadableError:
        return None
