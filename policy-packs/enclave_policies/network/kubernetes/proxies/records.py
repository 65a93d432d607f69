"""What a route says, whoever's kind it is: who passes on, for which names, to which Services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from enclave_policies.network.kubernetes.selectors import Selector
    from enclave_policies.resources.unknown import Unknown


@dataclass(frozen=True, slots=True)
class Backend:
    """A Service that requests are passed on to; ``port``: its number or name, None where nobody says or knows.

    ``path`` tells where the object names it.
    """

    namespace: str | Unknown
    service: str | Unknown
    port: int | str | None
    path: str


@dataclass(frozen=True, slots=True)
class Gap:
    """What an object asks for that this model does not follow: a problem, and the input that asks.

    ``known``: that it is no place of ours.
    """

    problem: str
    path: str
    known: bool = False


@dataclass(frozen=True, slots=True)
class Parent:
    """What a route hangs on: a Gateway, or a class of Ingresses (``namespace`` is None)."""

    namespace: str | Unknown | None
    name: str | Unknown


@dataclass(frozen=True, slots=True)
class Route:
    """One object by which a proxy passes on what reaches it.

    ``names``: the hosts that it answers to, ``*`` for every one; empty: those of its parents. ``nameless``: what it
    passes on has no names (TCP, UDP). ``inside``: sidecars of the asking pods pass on, which the pods' own policies
    bind. ``kind`` and ``namespace`` are what a ReferenceGrant knows it by; ``granting``: it may leave its namespace by
    such a grant only. ``named_by``: the input that names its hosts.
    """

    urn: str
    kind: str
    namespace: str | Unknown
    name: str
    parents: tuple[Parent, ...] = ()
    names: tuple[str | Unknown, ...] = ()
    backends: tuple[Backend, ...] = ()
    gaps: tuple[Gap, ...] = ()
    nameless: bool = False
    inside: bool = False
    granting: bool = False
    named_by: str = "spec.hostnames"

    def __str__(self) -> str:
        """Return what it is called in messages."""
        return f"{self.kind} {self.namespace if isinstance(self.namespace, str) else '?'}/{self.name}"


@dataclass(frozen=True, slots=True)
class Front:
    """A Gateway; ``pods``: labels of the proxies that serve it, None where its class decides which they are.

    ``open``: a listener of it takes every name. ``kind``: its class, empty where it has none.
    """

    namespace: str | Unknown
    name: str
    pods: Selector | None
    open: bool
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """A ReferenceGrant: routes of these (kind, namespace) may lead to Services of its own; None: to every Service."""

    namespace: str | Unknown
    sources: tuple[tuple[str | Unknown, str | Unknown], ...]
    services: tuple[str | Unknown, ...] | None
