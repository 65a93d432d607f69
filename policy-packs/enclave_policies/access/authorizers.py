"""Where gateways run: pods and hosts that start an authorizer, the bundle it insists on, and the images."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access.hosts import hosts_of
from enclave_policies.kubernetes.objects import objects_of
from enclave_policies.kubernetes.podspec import path_of_pods, pod_spec
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.resources.resource import Resource

AUTHORIZER: Final = "enclave-gateway"
FLAG: Final = "--digest"
CONTAINERS: Final = ("initContainers", "containers")
BY_DIGEST: Final = re.compile(r".+@sha256:([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True)
class Authorizer:
    """One authorizer; ``path`` is of its containers, or of its host's user data, among the inputs.

    ``digest`` is that of the bundle that it insists on: None where it insists on none, UNKNOWN where nobody knows; of a
    host that is told two, both. ``images`` are those of all that runs beside it: None for one that is named without a
    digest, or UNKNOWN. ``at`` is where a host looks for its bundle, each bucket with a key; None in a cluster.
    """

    path: str
    digest: Any
    images: frozenset[Any]
    at: tuple[tuple[str, str], ...] | None = None


def authorizers_of(resource: Resource) -> Iterator[Authorizer]:
    """Yield the authorizers that a resource starts."""
    for host in hosts_of(resource):
        images = frozenset(map(image_digest, host.images or ("",)))
        yield Authorizer(host.path, " and ".join(host.digests) or None, images, host.at)
    for found in objects_of(resource):
        pods = pod_spec(found)
        if not isinstance(pods, dict):
            continue
        containers = [each for name in CONTAINERS for each in _listed(pods.get(name))]
        for words in map(words_of, containers):
            if AUTHORIZER in words and "serve" in words:
                digest = UNKNOWN if UNKNOWN in words else digest_in(words)
                yield Authorizer(f"{path_of_pods(found)}.containers", digest, frozenset(map(_image, containers)))


def image_digest(reference: Any) -> Any:
    """Return the digest (hex) by which an image is named, None where it is named otherwise; UNKNOWN stays."""
    if reference is UNKNOWN:
        return UNKNOWN
    found = BY_DIGEST.fullmatch(reference) if isinstance(reference, str) else None
    return found[1] if found else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _image(container: Any) -> Any:
    return image_digest(container.get("image")) if isinstance(container, dict) else container


def words_of(container: Any) -> list[Any]:
    """Return the words of a container's command."""
    if not isinstance(container, dict):
        return []
    return [word for name in ("command", "args") for word in _listed(container.get(name))]


def digest_in(words: list[Any]) -> Any:
    """Return the digest that a command names; None where it names none. The last one counts, as for the authorizer."""
    named = None
    for index, word in enumerate(words):
        if isinstance(word, str) and word.startswith(f"{FLAG}="):
            named = word.removeprefix(f"{FLAG}=")
        elif word == FLAG:
            named = words[index + 1] if index + 1 < len(words) else None
    return named
