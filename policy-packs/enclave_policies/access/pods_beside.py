"""Further containers in a gateway's pods, which may see or do nothing that is the gateway's alone.

An approval of the image would cover what a further container of it does. Who sees the authorizer's socket can take its
place; who sees the certificates can speak as the gateway; who sees the receiver's token can ship as it; who may write
record, bundle or grants decides for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access.authorizers import image_digest
from enclave_policies.access.pods_started import programs_of, volume_of
from enclave_policies.access.recognised import listed, mapped
from enclave_policies.identifiers.shown import shown
from hosts.gateway.starting import BUNDLE, GRANTS, PROJECTED, RECEIVER, RECORD, SECRET, SOCKETS, TLS
from hosts.watch.starting import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.access.pods_started import Problem
    from enclave_policies.access.recognised import Pods

OWN: Final = frozenset({SOCKETS.volume, TLS.volume, RECEIVER.volume, KEY.volume})
KEPT: Final = frozenset({RECORD.volume, BUNDLE.volume, GRANTS.volume})
"""Volumes of a gateway that nobody beside its programs sees, and those that nobody else writes."""


def neighbours(pods: Pods) -> Iterator[Problem]:
    """Yield what is wrong with the containers beside a gateway's or a front's programs."""
    names = {program.name for program in programs_of(pods)}
    found = [(path, mapped(one)) for path, one in pods.containers]
    own = {image_digest(one.get("image")) for _, one in found if one.get("name") in names} - {None}
    others = [(path, one) for path, one in found if one.get("name") not in names]
    for path, one in others:
        if image_digest(one.get("image")) in own:
            name = shown(str(one.get("name")))
            yield path, f"starts a further container {name} of the gateway's image, which nobody approved"
        yield from _of_neighbour(pods, path, one)
    if others and pods.spec.get("shareProcessNamespace"):
        at = f"{pods.path}.shareProcessNamespace"
        yield at, "lets further containers see the gateway's programs, and all that these see"


def _of_neighbour(pods: Pods, path: str, container: Mapping[str, Any]) -> Iterator[Problem]:
    name = shown(str(container.get("name")))
    for mount in map(mapped, listed(container.get("volumeMounts"))):
        seen = _shared(pods, mount.get("name"))
        if seen in OWN or (seen in KEPT and mount.get("readOnly") is not True):
            how = "see" if seen in OWN else "write"
            yield f"{path}.volumeMounts", f"lets the further container {name} {how} the gateway's volume {seen}"
    for given in ("env", "envFrom"):
        if _certificates(pods) & _texts(container.get(given)):
            yield f"{path}.{given}", f"gives the gateway's certificates to the further container {name}"


def _shared(pods: Pods, name: Any) -> Any:
    """Return which of the gateway's volumes a volume is: the one of this name, or one that shows its certificates."""
    kind, said = volume_of(pods, name)
    if name in OWN | KEPT or kind not in (SECRET, PROJECTED):
        return name
    return TLS.volume if _certificates(pods) & _texts(said) else name


def _certificates(pods: Pods) -> set[str]:
    """Return the name of the Secret that the gateway's certificates lie in; none for a front, which has none."""
    name = mapped(volume_of(pods, TLS.volume)[1]).get("secretName")
    return {name} if isinstance(name, str) else set()


def _texts(value: Any) -> set[str]:
    if isinstance(value, dict | list):
        return {text for one in (value.values() if isinstance(value, dict) else value) for text in _texts(one)}
    return {value} if isinstance(value, str) else set()
