"""Which pods are those of a gateway, of a front or of a watch: by what they run, mount and are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access.authorizers import AUTHORIZER, CONTAINERS, words_of
from enclave_policies.access.bundles import CONFIG_MAP, bundles_of
from enclave_policies.kubernetes.objects import PACKAGE, objects_of
from enclave_policies.kubernetes.podspec import POD_SPECS, path_of_pods, pod_spec
from enclave_policies.reading.gathered import each, once
from hosts.gateway.starting import DIGEST_ANNOTATION, FRONT, FRONT_FILE
from hosts.watch.starting import ACCOUNT, PROGRAM, WATCH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

NAME: Final = "app.kubernetes.io/name"
FRONTS: Final = "gateway-front"
GATEWAY: Final = "gateway"
WATCHES: Final = WATCH


@dataclass(frozen=True)
class Pods:
    """Pods that a resource makes: ``kind`` is GATEWAY, FRONTS or WATCHES, ``path`` leads to their specification."""

    kind: str
    path: str
    made: KubernetesObject
    spec: Mapping[str, Any]

    @property
    def containers(self) -> list[tuple[str, Any]]:
        """Each container, those that only begin included, with its path."""
        return [
            (f"{self.path}.{name}[{number}]", one)
            for name in CONTAINERS
            for number, one in enumerate(listed(self.spec.get(name)))
        ]

    @property
    def labels(self) -> Mapping[str, Any]:
        """What Services find them by."""
        return mapped(template(self.made).get("metadata")).get("labels") or {}


def started(reading: Reading, stack: Stack) -> Iterator[Pods]:
    """Yield the pods of gateways, fronts and watches that a resource makes."""
    for found in objects_of(reading.resource):
        spec = pod_spec(found)
        kind = _kind(found, spec, stack) if isinstance(spec, dict) else None
        if kind is not None:
            yield Pods(kind, path_of_pods(found), found, spec)


def _kind(found: KubernetesObject, spec: Mapping[str, Any], stack: Stack) -> str | None:
    metadata = mapped(template(found).get("metadata"))
    words = [text for name in CONTAINERS for one in listed(spec.get(name)) for text in words_of(one)]
    said = " ".join(text for text in words if isinstance(text, str))
    mounted = {mapped(mapped(one).get("configMap")).get("name") for one in listed(spec.get("volumes"))}
    held = config_maps(stack)
    if (
        f"{AUTHORIZER} serve" in said
        or DIGEST_ANNOTATION in mapped(metadata.get("annotations"))
        or any(held.get(name) == GATEWAY for name in mounted if isinstance(name, str))
    ):
        return GATEWAY
    if (
        mapped(metadata.get("labels")).get(NAME) == FRONTS
        or FRONT.command[2] in said
        or any(held.get(name) == FRONTS for name in mounted if isinstance(name, str))
    ):
        return FRONTS
    if spec.get("serviceAccountName") == ACCOUNT or any(PROGRAM in text for text in said.split()):
        return WATCHES
    return None


@once
def config_maps(stack: Stack) -> Mapping[str, str]:
    """Return the ConfigMaps that hold a bundle (GATEWAY) or a front's configuration (FRONTS), by name."""
    found: dict[str, str] = {}
    for names in each(stack, stack.of_package(PACKAGE), lambda reading: tuple(_named(reading))):
        found.update(names)
    return found


def _named(reading: Reading) -> Iterator[tuple[str, str]]:
    yield from ((bundle.name, GATEWAY) for bundle in bundles_of(reading.resource))
    for found in objects_of(reading.resource):
        if found.kind == CONFIG_MAP and FRONT_FILE in mapped(found.body.get("data")):
            yield str(found.metadata("name")), FRONTS


def template(found: KubernetesObject) -> Mapping[str, Any]:
    """Return what pods are made from: the object itself, for a pod."""
    value: Any = found.body
    for name in POD_SPECS.get(found.kind, ("spec", "template", "spec"))[:-1]:
        value = mapped(value).get(name)
    return mapped(value)


def mapped(value: Any) -> Mapping[str, Any]:
    """Return a mapping as it is, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """Return a list as it is, an empty one for anything else."""
    return value if isinstance(value, list) else []
