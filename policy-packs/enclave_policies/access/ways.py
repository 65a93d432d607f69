"""Where a front in a cluster leads people: to a Service, whose pods are to be those of a gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.access.authorizers import authorizers_of, image_digest
from enclave_policies.access.bundles import CONFIG_MAP
from enclave_policies.access.recognised import GATEWAY, WATCHES, config_maps, listed, mapped, started
from enclave_policies.kubernetes.objects import PACKAGE, objects_of
from enclave_policies.reading.gathered import each, once
from enclave_policies.reading.stack import sources
from enclave_policies.resources.unknown import UNKNOWN
from hosts.gateway.starting import BUNDLE, FRONT, FRONT_FILE, FRONT_PLACE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.access.recognised import Pods
    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def fronts_configurations(reading: Reading) -> Iterator[tuple[str, Any, bool]]:
    """Yield each front's configuration in a resource: its path, its text, and whether nobody can change it there."""
    for found in objects_of(reading.resource):
        data = mapped(found.body.get("data"))
        if found.kind == CONFIG_MAP and FRONT_FILE in data:
            yield f"{found.path}data", data[FRONT_FILE], found.body.get("immutable") is True


def beside(pods: Pods, reading: Reading, stack: Stack) -> Iterator[tuple[str, str]]:
    """Yield what pods take that this stack does not hold or nobody approved: a ConfigMap, an image of a front."""
    if pods.kind == WATCHES:
        return
    place, held = BUNDLE if pods.kind == GATEWAY else FRONT_PLACE, config_maps(stack)
    for volume in listed(pods.spec.get("volumes")):
        name = mapped(mapped(volume).get("configMap")).get("name")
        if mapped(volume).get("name") != place.volume:
            continue
        # Of a name that nobody knows yet, the authorizer itself refuses another bundle; a front refuses nothing.
        known = name is UNKNOWN and (pods.kind == GATEWAY or _comes_from_front(reading, stack))
        if not known and (not isinstance(name, str) or held.get(name) != pods.kind):
            yield f"{pods.path}.volumes", f"takes its {place.volume} from a ConfigMap that this stack does not hold"
    if pods.kind != GATEWAY:
        for path, one in pods.containers:
            image = image_digest(mapped(one).get("image"))
            if mapped(one).get("name") == FRONT.name and image is not UNKNOWN and image not in _images(stack):
                yield f"{path}.image", "runs an image that no gateway of this stack runs, so nobody has approved it"


def patched(reading: Reading, stack: Stack) -> Iterator[tuple[str, str]]:
    """Yield patches of what makes a gateway's or a front's pods: nobody would judge both as one."""
    for found in objects_of(reading.resource):
        called = (_provider(reading), found.kind, found.metadata("namespace"), found.metadata("name"))
        if found.patch and called in _makers(stack):
            yield f"{found.path}spec", "changes how a gateway's pods start, by a patch"


@once
def _makers(stack: Stack) -> frozenset[tuple[Any, ...]]:
    def own(reading: Reading) -> list[tuple[Any, ...]]:
        made = [pods.made for pods in started(reading, stack) if not pods.made.patch]
        return [(_provider(reading), one.kind, one.metadata("namespace"), one.metadata("name")) for one in made]

    return frozenset(called for found in each(stack, stack.of_package(PACKAGE), own) for called in found)


@once
def _images(stack: Stack) -> frozenset[Any]:
    """Return the digests of all images that gateways run."""
    found = each(stack, stack.readings.values(), lambda reading: tuple(authorizers_of(reading.resource)))
    return frozenset(image for many in found for one in many for image in one.images)


def _comes_from_front(reading: Reading, stack: Stack) -> bool:
    return any(any(fronts_configurations(one)) for one in sources(reading, "spec", stack))


def gateways_service(where: tuple[str, int], reading: Reading, stack: Stack) -> bool:
    """Return whether a host and port are those of a Service of the same cluster that selects a gateway's pods."""
    host, port = where
    own = _provider(reading)
    return any(
        _is_called(service, host) and _has(service, port) and _selects_gateways(service, provider, stack)
        for provider, service in _services(stack)
        if provider == own
    )


def _provider(reading: Reading) -> str | None:
    return reading.resource.provider.urn if reading.resource.provider else None


@once
def _services(stack: Stack) -> tuple[tuple[str | None, KubernetesObject], ...]:
    readings = stack.of_package(PACKAGE)
    return tuple(
        (_provider(reading), found)
        for reading in readings
        for found in objects_of(reading.resource)
        if found.kind == "Service" and not found.patch
    )


@once
def _gateways(stack: Stack) -> tuple[tuple[str | None, Pods], ...]:
    def own(reading: Reading) -> list[tuple[str | None, Pods]]:
        return [(_provider(reading), pods) for pods in started(reading, stack) if pods.kind == GATEWAY]

    return tuple(pair for found in each(stack, stack.of_package(PACKAGE), own) for pair in found)


def _is_called(service: KubernetesObject, host: str) -> bool:
    name, _, rest = host.partition(".")
    namespace, _, suffix = rest.partition(".")
    found = service.metadata("namespace")
    return service.metadata("name") == name and found in (namespace, UNKNOWN) and suffix in ("svc", "svc.cluster.local")


def _has(service: KubernetesObject, port: int) -> bool:
    ports = mapped(service.spec).get("ports")
    return isinstance(ports, list) and any(mapped(one).get("port") == port for one in ports)


def _selects_gateways(service: KubernetesObject, provider: str | None, stack: Stack) -> bool:
    selector = mapped(mapped(service.spec).get("selector"))
    namespace = service.metadata("namespace")
    return bool(selector) and any(
        selects(selector, pods.labels) and pods.made.metadata("namespace") in (namespace, UNKNOWN)
        for other, pods in _gateways(stack)
        if other == provider
    )


def selects(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """Return whether a Service's selector fits a pod's labels."""
    return all(labels.get(name) == value for name, value in selector.items())
