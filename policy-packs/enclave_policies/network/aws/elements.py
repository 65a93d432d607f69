"""The parts of a network in AWS, each read from resources; they are told apart by identity."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from enclave_policies.network.networks import ANYWHERE
from enclave_policies.network.ports import EVERYTHING

if TYPE_CHECKING:
    from enclave_policies.network.networks import AddressSet
    from enclave_policies.network.ports import PortSet

FOREIGN: Final = "a group outside this stack"
"""The key that hosts of another network may carry when a rule names a group that is not of this stack."""


@dataclass(frozen=True, eq=False, slots=True)
class Rule:
    """What one security group rule permits: to ``addresses`` and to hosts that carry one of ``groups``."""

    ports: PortSet
    addresses: AddressSet
    groups: frozenset[str]
    label: str


@dataclass(eq=False, slots=True)
class Group:
    """A security group; ``key`` is its URN, or its id where it is not of this stack."""

    key: str
    name: str
    vpc: str | None
    segment: str | None
    site: str | None
    ingress: list[Rule] = field(default_factory=list)
    egress: list[Rule] = field(default_factory=list)


@dataclass(frozen=True, eq=False, slots=True)
class Entry:
    """One entry of a network ACL; entries are asked in the order of ``number``."""

    number: int
    allow: bool
    ports: PortSet
    addresses: AddressSet
    label: str


@dataclass(eq=False, slots=True)
class Acl:
    """A network ACL with its entries in order, one list for each direction."""

    name: str
    vpc: str | None
    ingress: list[Entry] = field(default_factory=list)
    egress: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, eq=False, slots=True)
class Route:
    """One route; ``destination`` None means that nobody knows it. ``key`` is the target's URN or id, if it has one."""

    destination: AddressSet | None
    kind: str
    key: str | None
    label: str
    certain: bool = True


@dataclass(eq=False, slots=True)
class Table:
    """A route table, without the local route that each VPC's table has."""

    name: str
    vpc: str | None
    routes: list[Route] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Vpc:
    """A VPC and all of its addresses."""

    key: str
    name: str
    site: str | None
    addresses: AddressSet
    default_group: Group
    main: list[Table] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Subnet:
    """A subnet; more than one table or ACL means that any of them may be its own."""

    key: str
    name: str
    vpc: Vpc
    segment: str | None
    site: str
    addresses: AddressSet
    public: bool
    tables: list[Table] = field(default_factory=list)
    acls: list[Acl] = field(default_factory=list)


@dataclass(frozen=True, eq=False, slots=True)
class Host:
    """What stands in subnets and carries groups.

    ``public`` says why it has a public address, ``entrance`` why outsiders enter by it; None where nothing does.
    """

    name: str
    type: str
    urn: str
    subnets: tuple[Subnet, ...]
    groups: tuple[Group, ...]
    public: str | None = None
    entrance: str | None = None


def open_group(key: str, label: str) -> Group:
    """Return a group that permits everything: an unknown group must be taken for that."""
    rule = Rule(EVERYTHING, ANYWHERE, frozenset(), label)
    return Group(key, key, None, None, None, [rule], [rule])


def open_acl(label: str) -> Acl:
    """Return a network ACL that permits everything."""
    entry = Entry(0, True, EVERYTHING, ANYWHERE, label)
    return Acl("unknown", None, [entry], [entry])


def open_table(name: str, label: str) -> Table:
    """Return a route table that may lead anywhere."""
    return Table(name, None, [Route(None, "unknown", None, label, certain=False)])
