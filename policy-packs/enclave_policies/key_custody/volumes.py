"""How the volumes of a cluster are encrypted: storage classes by their provisioner, claims by their class."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.objects import PACKAGE, entries, mapping, objects_of
from enclave_policies.kubernetes.podspec import path_of_pods, pod_spec
from enclave_policies.reading.gathered import each, once
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.law.custody import Provisioner
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

IS_DEFAULT = "storageclass.kubernetes.io/is-default-class"


class Trouble(NamedTuple):
    """Why the volumes of a class would not be encrypted, and the input that decides it; ``open``: nobody can tell."""

    words: str
    path: str
    open: bool = False


def trouble_of_class(found: KubernetesObject, provisioners: Mapping[str, Provisioner]) -> Trouble | None:
    """Return what is wrong with a storage class, None where it encrypts by a key that it names."""
    name, parameters = found.body.get("provisioner"), mapping(found.body.get("parameters"))
    if not isinstance(name, str) or parameters is UNKNOWN:
        unknown = "parameters" if parameters is UNKNOWN else "provisioner"
        return Trouble("makes volumes in a way that is not known yet", unknown, open=True)
    known = provisioners.get(name)
    if known is None:
        return Trouble(
            f"makes volumes by {shown(name)}, a provisioner that the law does not know", "provisioner", open=True
        )
    if known.cannot is not None:
        return Trouble(f"makes volumes by {shown(name)}: {known.cannot}", "provisioner")
    if known.inherits is not None:
        return None
    setting, path = parameters.get(known.setting), f"parameters.{known.setting}"
    if setting is UNKNOWN:
        return Trouble(f"makes volumes with a setting that is not known yet ({path})", path, open=True)
    if str(setting).lower() not in known.values:
        return Trouble(f"makes volumes that are not encrypted ({path} is not {known.values[0]})", path)
    if known.key is not None and not parameters.get(known.key):
        path = f"parameters.{known.key}"
        return Trouble(f"makes volumes that are encrypted by no key of the enclave's ({path} is absent)", path)
    return None


def storage_classes_asked(found: KubernetesObject) -> Iterator[tuple[str, Any]]:
    """Yield the path and name of each storage class that an object asks for; None where it leaves it to the cluster.

    A claim of a volume that is there already (``volumeName``, ``storageClassName: ""``) asks for none.
    """
    if found.kind in ("PersistentVolumeClaim", "PersistentVolume") and not found.patch:
        yield from _asked(f"{found.path}spec", found.spec, made=found.kind == "PersistentVolume")
    if found.kind == "StatefulSet" and found.spec is not UNKNOWN:
        for claim in entries(found.spec.get("volumeClaimTemplates")):
            spec = mapping(claim.get("spec")) if isinstance(claim, dict) else UNKNOWN
            yield from _asked(f"{found.path}spec.volumeClaimTemplates.spec", spec)
    pods = pod_spec(found)
    for volume in entries(pods.get("volumes")) if isinstance(pods, dict) else ():
        claim = volume.get("ephemeral") if isinstance(volume, dict) else None
        if claim is not None:
            template = mapping(claim.get("volumeClaimTemplate")) if isinstance(claim, dict) else UNKNOWN
            spec = UNKNOWN if template is UNKNOWN else mapping(template.get("spec"))
            yield from _asked(f"{path_of_pods(found)}.volumes.ephemeral.volumeClaimTemplate.spec", spec)


def _asked(path: str, spec: Any, *, made: bool = False) -> Iterator[tuple[str, Any]]:
    if spec is UNKNOWN:
        yield path, UNKNOWN
    elif made or "storageClassName" not in spec or spec["storageClassName"]:
        yield f"{path}.storageClassName", spec.get("storageClassName") or ("" if made else None)


class Classes(NamedTuple):
    """The storage classes of a stack, and whether one of them is the cluster's default."""

    names: frozenset[str]
    has_default: bool


def classes_in(stack: Stack) -> frozenset[str]:
    """Return the names of the storage classes that the stack makes, each judged itself."""
    return _of(stack).names


def default_class(stack: Stack) -> bool:
    """Return whether the stack makes the cluster's default storage class."""
    return _of(stack).has_default


@once
def _of(stack: Stack) -> Classes:
    made = list(chain.from_iterable(each(stack, stack.of_package(PACKAGE), _classes)))
    names = frozenset(name for name, _ in made if isinstance(name, str))
    has_default = any(is_default for _, is_default in made)
    return Classes(names, has_default)


def _classes(reading: Reading) -> list[tuple[Any, bool]]:
    """Return the name of each storage class that a resource makes, and whether it is the default one."""
    found = [one for one in objects_of(reading.resource) if one.kind == "StorageClass"]
    told = [(one.metadata("name"), mapping(one.metadata("annotations"))) for one in found]
    return [(name, notes is not UNKNOWN and str(notes.get(IS_DEFAULT)).lower() == "true") for name, notes in told]
