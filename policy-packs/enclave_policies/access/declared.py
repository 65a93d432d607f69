"""What an inspection must consist of, read from the component of each site that the stack itself carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.reading.gathered import each, once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

IN_AWS: Final = "enclave:aws:Inspection"
IN_CLUSTER: Final = "enclave:kubernetes:Inspection"


@dataclass(frozen=True, slots=True)
class Look:
    """Actions that the inspector has; ``resources`` are empty where they are about the copy's key."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """The inspector's program that looks at a site: its role there, the ARN by which it comes, what it must see."""

    inspector: str
    role: str
    arn: str
    external_id: str
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class InAws:
    """A site in AWS: ``recorded`` are beginnings of ARNs of objects, ``recorders`` the roles that add to the copy."""

    site: str
    inspector: str
    reader: str
    keeper: str
    bucket: str
    trail: str
    recorded: tuple[str, ...]
    recorders: tuple[str, ...]
    looks: tuple[Look, ...]
    watch: Program | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """The watch that a cluster runs by itself: its namespace, the minutes between two runs, and where alerts go."""

    namespace: str
    minutes: int
    alerts: str


@dataclass(frozen=True, slots=True)
class InCluster:
    """A cluster: what each of the groups sees (GROUP/RESOURCE) in each namespace, and of the cluster itself.

    ``receiver`` is where its gateways ship their record (https://HOST/BUCKET), "" where it stays on the site; ``at`` is
    how their pods find it, as a pod's hostAliases.
    """

    site: str
    groups: tuple[str, ...]
    namespaces: Mapping[str, tuple[str, ...]]
    cluster: tuple[str, ...]
    receiver: str = ""
    at: tuple[Any, ...] = ()
    watch: Watched | None = None


def in_aws(reading: Reading) -> InAws:
    """Return what a site in AWS must have. Raises KeyError and TypeError where the inputs do not say it."""
    given = reading.resource.props
    inspector, told = str(given["inspector"]), given.get("watch")
    return InAws(
        site=str(given["site"]),
        inspector=inspector,
        reader=str(given["reader"]),
        keeper=str(given["keeper"]),
        bucket=str(given["bucket"]),
        trail=str(given["trail"]),
        recorded=_texts(given["recorded"]),
        recorders=_texts(given["recorders"]),
        looks=_looks(given["looks"]),
        watch=_program(inspector, told) if told else None,
    )


def _program(inspector: str, told: Mapping[str, Any]) -> Program:
    role, arn, external_id = (str(told[name]) for name in ("role", "program", "externalId"))
    return Program(inspector, role, arn, external_id, _looks(told["looks"]))


def _looks(given: Any) -> tuple[Look, ...]:
    return tuple(Look(_texts(one["actions"]), _texts(one["resources"])) for one in given)


def in_cluster(reading: Reading) -> InCluster:
    """Return what a cluster must have. Raises KeyError and TypeError where the inputs do not say it."""
    given = reading.resource.props
    spaces = {str(name): _texts(looks) for name, looks in dict(given["namespaces"]).items()}
    receiver, at = str(given.get("receiver", "")), tuple(given.get("receiverAt", ()))
    told = given.get("watch")
    watch = Watched(str(told["namespace"]), int(told["minutes"]), str(told["alerts"])) if told else None
    return InCluster(str(given["site"]), _texts(given["groups"]), spaces, _texts(given["cluster"]), receiver, at, watch)


@once
def sites_in_aws(stack: Stack) -> tuple[InAws, ...]:
    """Return what every site in AWS must have; a component that does not say it is undetermined, and left out."""
    return tuple(each(stack, stack.of_type(IN_AWS), in_aws))


@once
def clusters(stack: Stack) -> tuple[InCluster, ...]:
    """Return what every cluster must have; a component that does not say it is undetermined, and left out."""
    return tuple(each(stack, stack.of_type(IN_CLUSTER), in_cluster))


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list | tuple):
        raise TypeError("a list is wanted")
    return tuple(map(str, values))
