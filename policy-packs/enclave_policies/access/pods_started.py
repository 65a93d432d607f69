"""Whether pods of a gateway, a front or a watch start as they were approved: commands, mounts, what stands beside.

Image and bundle are approved by digest. A program that gets another word at its start, another file in its place or
another variable can do something else with both, so these are held to `hosts.gateway.starting`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access.authorizers import digest_in, words_of
from enclave_policies.access.recognised import FRONTS, GATEWAY, WATCHES, listed, mapped
from enclave_policies.identifiers.shown import shown
from enclave_policies.resources.unknown import UNKNOWN
from hosts.gateway.starting import (
    CLAIM,
    DRAIN,
    ENVOY,
    FRONT,
    MEMORY,
    PROJECTED,
    READY,
    SHIPPER,
    authorizer,
    receiver_token,
    shipped_to,
    shipper,
)
from hosts.watch.starting import WATCH, Scheduled, scheduled_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enclave_policies.access.recognised import Pods
    from hosts.gateway.starting import Place, Program

FIELDS: Final = frozenset(
    {"name", "image", "command", "volumeMounts", "env", "lifecycle", "readinessProbe", "livenessProbe", "startupProbe"}
    | {"imagePullPolicy", "ports", "resources", "resizePolicy", "securityContext"}
    | {"terminationMessagePath", "terminationMessagePolicy"}
)
"""What a container may say; the first line is looked at here, and no other changes what its program does."""
NOTHING: Final[tuple[Any, ...]] = (None, [], {}, False, "")
SHOWN: Final = 3
"""Words of a command that a message tells."""
STARTING: Final = ("command", "args", "volumeMounts", "env", "envFrom", "lifecycle")
HOOKS: Final = ("readinessProbe", "livenessProbe", "startupProbe")
MOUNT: Final = frozenset({"name", "mountPath", "readOnly", "recursiveReadOnly"})
UNREAD: Final = re.compile(r"(?:POD|NODE|HOST)_[A-Z_]+")
"""Variables that neither Envoy nor the authorizer reads, by name: what a cluster tells a pod of itself."""
RESOLVING: Final = ("hostAliases", "dnsConfig")
SCRATCH: Final = "/tmp"  # noqa: S108  a folder in a container

Problem = tuple[str, str]
"""A path among the inputs, and what is wrong there, as the rest of a sentence."""


def problems(pods: Pods) -> Iterator[Problem]:
    """Yield what differs from how such pods start."""
    by_name = {mapped(one).get("name"): (path, one) for path, one in pods.containers}
    for program in programs_of(pods):
        if program.name not in by_name:
            yield f"{pods.path}.containers", f"has no container {program.name}, which every {what(pods)} has"
            continue
        path, container = by_name[program.name]
        yield from _of_container(path, container, program)
        yield from _of_mounts(pods, path, container, program)
    if pods.kind == GATEWAY:
        yield from _of_record(pods)
    elif pods.kind == FRONTS:
        yield from _of_names(pods)


def what(pods: Pods) -> str:
    """Return what pods are, in one word."""
    return {GATEWAY: "gateway", FRONTS: "front"}.get(pods.kind, "watch")


def programs_of(pods: Pods) -> tuple[Program, ...]:
    """Return the programs that such pods run."""
    if pods.kind == FRONTS:
        return (FRONT,)
    if pods.kind == WATCHES:
        return (_watch(pods),)
    by_name = {mapped(one).get("name"): one for _, one in pods.containers}
    own = ENVOY, authorizer(str(digest_in(words_of(by_name.get("authorizer")))))
    if SHIPPER not in by_name:
        return own
    ships = shipped_to(words_of(by_name[SHIPPER]))
    return *own, shipper(**ships)  # whether it ships, and where to, ACC-012 asks


def _watch(pods: Pods) -> Program:
    """Return what looks; whom it measures by and tells, ACC-012 asks."""
    words = next((words_of(one) for _, one in pods.containers if mapped(one).get("name") == WATCH), [])
    return (scheduled_by(words) or Scheduled("", "", "", 1)).program


def _of_container(path: str, container: Mapping[str, Any], program: Program) -> Iterator[Problem]:
    command = container.get("command")
    if command != list(program.command):
        yield f"{path}.command", f"starts {program.name} by another command: {_differing(command, program.command)}"
    more = sorted(name for name, value in container.items() if name not in FIELDS and value not in NOTHING)
    if more:
        yield path, f"says more of the start of {program.name} than anybody approved ({', '.join(more)})"
    names = [str(mapped(one).get("name")) for one in listed(container.get("env"))]
    if odd := [name for name in names if not UNREAD.fullmatch(name)]:
        yield f"{path}.env", f"gives {program.name} variables that it may read ({', '.join(odd)})"
    lifecycle = mapped(container.get("lifecycle"))
    hooks = {f"lifecycle.{name}": hook for name, hook in lifecycle.items() if isinstance(hook, dict)}
    for name, hook in {**hooks, **{name: mapped(container.get(name)) for name in HOOKS}}.items():
        ran = mapped(hook.get("exec")).get("command")
        if ran is not None and ran not in (list(DRAIN), list(READY)):
            yield (
                f"{path}.{name}",
                f"runs {shown(str(next(iter(listed(ran)), '')))} in {program.name}, which nobody approved",
            )


def _differing(command: Any, approved: Sequence[str]) -> str:
    """Return in words how a command differs: what is more, what is missing, else its order; of flags, their names."""
    words = [str(word) for word in listed(command)]
    more = [shown(word.partition("=")[0]) for word in words if word not in approved][:SHOWN]
    less = [shown(word.partition("=")[0]) for word in approved if word not in words][:SHOWN]
    said = [f"{name} {', '.join(found)}" for name, found in (("with", more), ("without", less)) if found]
    return " and ".join(said) or "the same words, in another order or number"


def _of_mounts(pods: Pods, path: str, container: Mapping[str, Any], program: Program) -> Iterator[Problem]:
    """Yield what lies elsewhere than a program looks for it: the same volume for all of them, whole."""
    mounts = {
        str(mapped(one).get("mountPath")).rstrip("/"): mapped(one) for one in listed(container.get("volumeMounts"))
    }
    where = f"{path}.volumeMounts"
    if len(mounts) != len(listed(container.get("volumeMounts"))):
        yield where, f"mounts two volumes at one place in {program.name}"
    for place in program.places:
        mount = mounts.pop(place.path, None)
        if mount is None:
            yield where, f"gives {program.name} nothing at {place.path}"
        elif mount.get("name") != place.volume:
            yield where, f"gives {program.name} another volume than {place.volume} at {place.path}"
        elif more := sorted(name for name, value in mount.items() if name not in MOUNT and value not in (None, "")):
            yield where, f"gives {program.name} another part of {place.volume} ({', '.join(more)})"
        else:
            yield from _ofvolume_of(pods, place)
    for other, mount in mounts.items():
        if other != SCRATCH or volume_of(pods, mount.get("name"))[0] != MEMORY:
            yield where, f"puts a volume at {other} in {program.name}, which nobody approved"


def _ofvolume_of(pods: Pods, place: Place) -> Iterator[Problem]:
    kind, volume = volume_of(pods, place.volume)
    at = f"{pods.path}.volumes"
    if kind != place.kind:
        problem = f"has a volume {place.volume} that is {kind or 'nowhere'}, not {place.kind}"
        yield at, f"{problem}: the record would go with the pod" if place.kind == CLAIM else problem
    elif kind == PROJECTED and volume != receiver_token(_receiver(pods)):
        yield at, f"gives the volume {place.volume} another token than one for the receiver alone"
    elif mapped(volume).get("items"):
        yield at, f"gives files of the volume {place.volume} other names (items)"


def volume_of(pods: Pods, name: Any) -> tuple[str, Any]:
    """Return the kind of a volume and what it says; a StatefulSet's claims are volumes, and come first."""
    for claim in listed(mapped(pods.made.spec).get("volumeClaimTemplates")):
        if mapped(mapped(claim).get("metadata")).get("name") == name:
            return CLAIM, mapped(claim).get("spec")
    for volume in listed(pods.spec.get("volumes")):
        if mapped(volume).get("name") == name:
            said = {kind: what for kind, what in mapped(volume).items() if kind != "name" and what is not None}
            return next(iter(said.items()), ("", None))
    return "", None


def _receiver(pods: Pods) -> str:
    """Return whom a token must be for: the receiver that its program ships to, or that a watch measures by."""
    if pods.kind == WATCHES:
        words = next((words_of(one) for _, one in pods.containers if mapped(one).get("name") == WATCH), [])
        start = scheduled_by(words)
        return start.to if start else ""
    ships = (one for _, one in pods.containers if mapped(one).get("name") == SHIPPER)
    return next((shipped_to(words_of(one))["to"] for one in ships), "")


def _of_record(pods: Pods) -> Iterator[Problem]:
    kept = mapped(mapped(pods.made.spec).get("persistentVolumeClaimRetentionPolicy"))
    for when, what in kept.items():
        if what not in ("Retain", None):
            path = f"{pods.made.path}spec.persistentVolumeClaimRetentionPolicy"
            yield path, f"loses the record when its set goes ({when}: {shown(str(what))})"


def _of_names(pods: Pods) -> Iterator[Problem]:
    """Yield what would let a front take another machine for its gateway."""
    for name in RESOLVING:
        if pods.spec.get(name):
            yield f"{pods.path}.{name}", f"can lead people elsewhere than to the gateway ({name})"
    if pods.spec.get("dnsPolicy") not in (None, "", "ClusterFirst"):
        yield f"{pods.path}.dnsPolicy", "can lead people elsewhere than to the gateway (dnsPolicy)"


def unknown(pods: Pods) -> bool:
    """Return whether nobody knows yet how pods start: a command, a mount or a list of them."""
    read = [pods.spec.get(name) for name in ("containers", "initContainers", "volumes")]
    read += [mapped(one).get(name) for _, one in pods.containers for name in STARTING]
    return UNKNOWN in [item for value in read for item in (value if isinstance(value, list) else [value])]
