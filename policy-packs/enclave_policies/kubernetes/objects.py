"""The Kubernetes objects that a resource carries: itself, a patch read as its kind, or a list's items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.resources.latest import kept
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.resources.resource import Resource

PACKAGE: Final = "kubernetes"
PREFIX: Final = f"{PACKAGE}:"
HELM: Final = "helm.sh"
RELEASE: Final = "Release"
NO_OBJECTS: Final = frozenset({HELM, "yaml", "kustomize"})
"""What the SDK makes beside objects: components whose children are resources themselves, and releases: of those, the
values are read like a custom resource."""
BUILTIN_GROUPS: Final = frozenset(
    {"core", "apps", "autoscaling", "batch", "extensions", "meta", "policy", "apiregistration"}
    | {
        f"{name}.k8s.io"
        for name in (
            *("admissionregistration", "apiextensions", "apiregistration", "auditregistration", "certificates"),
            *("coordination", "discovery", "events", "flowcontrol.apiserver", "lifecycle", "networking", "node"),
            *("rbac.authorization", "resource", "scheduling", "settings", "storage", "storagemigration"),
        )
    }
)
UNREADABLE: Final[dict[str, Any]] = dict.fromkeys(("spec", "template", "webhooks", "data", "target"), UNKNOWN)
"""The body of an object that is not known yet."""
DEEPEST: Final = 20
"""Lists inside lists that are expanded; deeper ones count as not known."""


@dataclass(frozen=True, slots=True)
class KubernetesObject:
    """One object; ``path`` leads to it (``items.`` in a list), ``patch``: it changes an object made elsewhere.

    ``group`` is the API group (``core`` for the one without a name); ``custom``: Kubernetes itself does not define it.
    """

    kind: str
    group: str
    path: str
    body: Mapping[str, Any]
    patch: bool = False

    @property
    def custom(self) -> bool:
        """Whether a custom resource definition made the kind."""
        return self.group not in BUILTIN_GROUPS

    @property
    def spec(self) -> Any:
        """The specification, UNKNOWN where it is not known; an empty mapping where there is none."""
        return mapping(self.body.get("spec"))

    def metadata(self, name: str) -> Any:
        """Return one of the metadata; UNKNOWN where it is not known, None where it is absent."""
        metadata = self.body.get("metadata")
        return metadata.get(name) if isinstance(metadata, dict) else metadata


@kept
def objects_of(resource: Resource) -> tuple[KubernetesObject, ...]:
    """Return the objects of a resource, none for what is no Kubernetes object."""
    return tuple(_objects_in(resource)) if resource.type.startswith(PREFIX) else ()


def _objects_in(resource: Resource) -> Iterator[KubernetesObject]:
    _, _, rest = resource.type.partition(":")
    version, _, kind = rest.rpartition(":")
    group = version.partition("/")[0]
    if kind == RELEASE and group == HELM:
        yield KubernetesObject(kind, group, "", {"values": resource.props.get("values")})
    if group in NO_OBJECTS:
        return
    if resource.only_read:
        return  # it was read, and is only looked at
    own, said = resource.props.get("kind"), resource.props.get("apiVersion")
    patch = kind.endswith("Patch") and (own != kind or group in BUILTIN_GROUPS)
    named = isinstance(own, str) and own not in ("", kind)
    kind = str(own) if named else kind.removesuffix("Patch") if patch else kind
    if isinstance(said, str) and said:
        group = _group(said)  # the server goes by what the object says, not by what the type is called
    yield from _objects(kind, group, resource.props, patch=patch)


def _objects(
    kind: str, group: str, body: Any, *, path: str = "", patch: bool = False, depth: int = 0
) -> Iterator[KubernetesObject]:
    if not isinstance(body, dict) or depth > DEEPEST:
        yield KubernetesObject(kind, group, path, UNREADABLE)
    elif kind.endswith("List") and ("items" in body or group in BUILTIN_GROUPS):
        singular = kind.removesuffix("List")
        items = body.get("items")
        for item in items if isinstance(items, list) else [] if items is None else [UNKNOWN]:
            named = item if isinstance(item, dict) else {}
            own, version = named.get("kind"), named.get("apiVersion")
            yield from _objects(
                own if isinstance(own, str) and own else singular,
                _group(version) if isinstance(version, str) and version else group,
                item,
                path=f"{path}items.",
                depth=depth + 1,
            )
    else:
        yield KubernetesObject(kind, group, path, body, patch)


def _group(version: str) -> str:
    group, slash, _ = version.partition("/")
    return group if slash else "core"


def mapping(value: Any) -> Any:
    """Return a mapping as it is, UNKNOWN for a value that is not known or no mapping, an empty one for None."""
    if isinstance(value, dict):
        return value
    return {} if value is None else UNKNOWN


def entries(value: Any) -> list[Any]:
    """Return the entries of a list; UNKNOWN as the only one for what is no list, none for None."""
    if isinstance(value, list):
        return value
    return [] if value is None else [UNKNOWN]
