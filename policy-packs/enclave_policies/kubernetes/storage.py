"""Where volumes lie: what a volume's source, a class's parameters and a driver's name tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.kubernetes.own import names_own_place
from enclave_policies.places.regions import Refusal
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.judge import refusals, refused_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.catalog.controllers import Runs
    from enclave_policies.law import Law

SERVERS: Final = {
    "nfs": ("server",),
    "cephfs": ("monitors",),
    "rbd": ("monitors",),
    "iscsi": ("targetPortal", "portals"),
    "quobyte": ("registry",),
    "scaleIO": ("gateway",),
    "gitRepo": ("repository",),
}
"""Volume source → its inputs that name hosts."""
SILENT: Final = frozenset({"cinder", "photonPersistentDisk", "portworxVolume", "storageos", "flocker", "vsphereVolume"})
"""Volume sources whose ids tell no place; ``csi`` with a handle that names no host is another."""
PARAMETERS: Final = {"csi": "volumeAttributes", "flexVolume": "options"}
DRIVERS_OWN: Final = ("storage.kubernetes.io/", "csi.storage.k8s.io/")
"""Parameters that Kubernetes and its drivers tell each other."""
HOST, PLACE = "server", "region"
"""What a text that nothing names is read as."""
SEGMENTS: Final = re.compile(r"[/:#,;|]+")
SEPARATORS: Final = re.compile(r"[#,;|\s]+|##|:/(?!/)")


class Trouble(NamedTuple):
    """Why a volume may not be used; ``refusal`` None: nobody can tell."""

    path: str
    refusal: Refusal | None


def troubles_of_volume(
    path: str, name: str, source: Any, law: Law, *, aws: bool, placed: bool = False
) -> Iterator[Trouble]:
    """Yield what is wrong with a volume source.

    ``aws``: the cluster is AWS's own, in an approved region; ``placed``: something else says that it is at the site.
    """
    given = mapping(source)
    if given is UNKNOWN:
        yield Trouble(path, None)
        return
    if _is_clouds(law.controllers.runs("volume-source", name), aws=aws):
        yield Trouble(path, Refusal(f"a cloud's own storage ({name})", None, None))
    for key in SERVERS.get(name, ()):
        value = given.get(key)
        for host in entries(value) if isinstance(value, list) else [value]:
            if host is not None:
                yield from _hosts(f"{path}.{key}", host, law)
    yield from troubles_of_driver(f"{path}.driver", given.get("driver"), law, aws=aws)
    if name in PARAMETERS:
        key = PARAMETERS[name]
        yield from troubles_of_parameters(f"{path}.{key}", given.get(key), law)
    if "volumeHandle" in given:
        yield from _handle(f"{path}.volumeHandle", given["volumeHandle"], law)
    if not placed and (name in SILENT or ("volumeHandle" in given and not _tells(given, law, aws=aws))):
        yield Trouble(path, None)


def _tells(source: dict[str, Any], law: Law, *, aws: bool) -> bool:
    """Whether a CSI volume shows that it lies at the site: by its driver, or by a host or a name of the site."""
    runs = law.controllers.runs("storage-driver", str(source.get("driver")))
    if runs is not None and not _is_clouds(runs, aws=aws):
        return True
    attributes = mapping(source.get("volumeAttributes"))
    texts = [source.get("volumeHandle"), *(attributes.values() if attributes is not UNKNOWN else ())]
    return any(
        names_own_place(part, law) for text in texts if isinstance(text, str) for part in SEPARATORS.split(text) if part
    )


def _is_clouds(runs: Runs | None, *, aws: bool) -> bool:
    """Whether volumes lie in a cloud that the cluster is not of."""
    return runs == "cloud" or (runs == "aws" and not aws)


def troubles_of_driver(path: str, driver: Any, law: Law, *, aws: bool) -> Iterator[Trouble]:
    """Yield what is wrong with a driver's or provisioner's name."""
    if driver is UNKNOWN:
        yield Trouble(path, None)
    elif isinstance(driver, str) and _is_clouds(law.controllers.runs("storage-driver", driver), aws=aws):
        yield Trouble(path, Refusal(f"a cloud's own storage ({shown(driver)})", None, None))


def troubles_of_parameters(path: str, parameters: Any, law: Law) -> Iterator[Trouble]:
    """Yield what is wrong with a driver's parameters: hosts, regions and buckets of other places."""
    given = mapping(parameters)
    if given is UNKNOWN:
        yield Trouble(path, None)
        return
    for key, value in given.items():
        if str(key).startswith(DRIVERS_OWN):
            continue
        if value is UNKNOWN or (isinstance(value, str) and "bucket" in key.lower() and value not in law.buckets):
            yield Trouble(f"{path}.{key}", None)
        elif isinstance(value, str):
            yield from (Trouble(f"{path}.{key}", refusal) for refusal in refusals(str(key), value, law))


def _hosts(path: str, host: Any, law: Law) -> Iterator[Trouble]:
    if not isinstance(host, str):
        yield Trouble(path, None)
    else:
        yield from (Trouble(path, refusal) for refusal in refusals(HOST, host, law))


def _handle(path: str, handle: Any, law: Law) -> Iterator[Trouble]:
    """A handle is the driver's own: a disk's id, or server and share with marks between."""
    if not isinstance(handle, str):
        yield Trouble(path, None)
        return
    found = [refusal for part in SEPARATORS.split(handle) if part for refusal in refusals(HOST, part, law)]
    found += [refusal for part in SEGMENTS.split(handle) if (refusal := refused_place(PLACE, part, law))]
    yield from (Trouble(path, refusal) for refusal in dict.fromkeys(found))
