"""What the readers of routes share: backends, names, and texts that may not be known yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.network.kubernetes.pods import whole_number
from enclave_policies.network.kubernetes.proxies.records import Backend, Gap
from enclave_policies.resources.unknown import UNKNOWN, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.objects import KubernetesObject

EVERY_NAME: Final = "*"


@dataclass(frozen=True, slots=True)
class Object:
    """An object whose routes are read: where it stands, and what it is called."""

    found: KubernetesObject
    urn: str
    namespace: str | Unknown
    name: str

    @property
    def spec(self) -> dict[str, Any]:
        """The specification, empty where it is not known: `unknown_spec` tells of that."""
        spec = self.found.spec
        return {} if spec is UNKNOWN else dict(spec)


@dataclass(slots=True)
class Collected:
    """Backends and gaps, in the order in which they are met."""

    backends: list[Backend] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def add(self, namespace: str | Unknown, service: Any, port: Any, path: str) -> None:
        """Add a Service by its name and port; what is no text is not known yet."""
        name = service if isinstance(service, str) and service else UNKNOWN
        self.backends.append(Backend(namespace, name, told_port(port), path))

    def gap(self, problem: str, path: str, *, known: bool = False) -> None:
        """Add something that is not followed."""
        self.gaps.append(Gap(f"{problem} ({path})", path, known))


def told_port(port: Any) -> int | str | None:
    """Return a port's number or name, None where it is neither."""
    return port if isinstance(port, str) else whole_number(port)


def blocks(value: Any, path: str, collected: Collected) -> Iterator[dict[str, Any]]:
    """Yield the blocks of a list; each that is not known yet is a gap."""
    for entry in map(mapping, entries(value)):
        if entry is UNKNOWN:
            collected.gap("passes on in a way that is not known yet", path)
        else:
            yield entry


def texts(value: Any) -> tuple[str | Unknown, ...]:
    """Return the texts of a list, UNKNOWN for each that is none."""
    return tuple(one if isinstance(one, str) else UNKNOWN for one in entries(value))


def unknown_spec(found: KubernetesObject, collected: Collected) -> None:
    """Tell of a specification that is not known, or that changes an object which is made elsewhere."""
    if found.spec is UNKNOWN:
        collected.gap("passes on in a way that is not known yet", "spec")
    elif found.patch and "spec" in found.body:
        collected.gap("changes what an object that is made elsewhere passes on", "spec")
