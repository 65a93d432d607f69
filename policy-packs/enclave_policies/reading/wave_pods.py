"""In what objects on a cluster are others than the declared workers of a wave: their Job, settings and ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.kubernetes.podspec import path_of_pods
from enclave_policies.resources.unknown import UNKNOWN
from hosts.wave.starting import PROGRAM, SETTINGS_FILE, called, credentials_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.reading.wave_workers import StoreAt, Workers
    from hosts.wave.starting import Settings

CONTAINERS: Final = ("containers", "initContainers", "ephemeralContainers")
RESOLVER: Final = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
}
"""The cluster's own resolver, which pods of every segment may ask."""
Problem = tuple[str, str]
"""The path of an input, and what is wrong there as the rest of a sentence."""


def runs_worker(spec: Any) -> bool:
    """Return whether some container starts the worker's program, whatever the pods are called."""
    words = (
        word
        for one in (_containers(spec) if isinstance(spec, dict) else ())
        for part in ("command", "args")
        for word in entries(one.get(part))
    )
    return any(isinstance(word, str) and PROGRAM in word.split("/")[-1].split() for word in words)


def otherwise_run(found: KubernetesObject, spec: Mapping[str, Any], workers: Workers) -> Iterator[Problem]:
    """Yield in what pods that bear a wave's name are others than its workers."""
    settings = workers.settings
    if found.kind != "Job":
        yield f"{found.path}spec", f"runs a wave by another kind than Job ({found.kind})"
    elif settings is None:
        yield f"{found.path}spec", "runs workers of a wave that is not planned"
    else:
        yield from _job(found, settings)
        if found.metadata("namespace") != workers.namespace:
            yield f"{found.path}metadata.namespace", "runs workers where they are not declared"
        pods = path_of_pods(found)
        yield from ((f"{pods}.containers", words) for words in _container(spec, workers, settings))
        for name, want in _around(workers):
            if spec.get(name) != want:
                yield f"{pods}.{name}", f"gives workers another {name} than the declared one"
        wanted = {"configMap": [found.metadata("name")], "secret": [credentials_name(workers.wave)], "emptyDir": [None]}
        if _volumes(spec) != wanted:
            words = "lets workers see something else than settings, the keys of two stores and scratch space"
            yield f"{pods}.volumes", words


def _job(found: KubernetesObject, settings: Settings) -> Iterator[Problem]:
    at, job = f"{found.path}spec", found.spec
    for name, wanted in (("completionMode", "Indexed"), ("completions", settings.parts)):
        if job.get(name) != wanted:
            yield f"{at}.{name}", f"does not do each part of the plan once ({name})"
    if not isinstance(job.get("backoffLimitPerIndex"), int | float):
        yield f"{at}.backoffLimitPerIndex", "does not try each part again by itself (backoffLimitPerIndex)"
    most, at_once = settings.limits.get("workers") or 1, job.get("parallelism")
    if not isinstance(at_once, int | float) or at_once > most:
        yield f"{at}.parallelism", f"runs more workers at once than the {most} that are declared (parallelism)"


def _container(spec: Mapping[str, Any], workers: Workers, settings: Settings) -> Iterator[str]:
    containers = _containers(spec)
    if len(containers) != 1 or entries(containers[0].get("command")) != list(settings.program.command):
        yield "runs another command than the declared worker's, or something beside it"
        return
    if containers[0].get("image") != workers.image:
        yield "runs another image than the declared one"
    if any(containers[0].get(name) for name in ("args", "env", "envFrom")):
        yield "tells workers more than their settings do (args, env)"


def _around(workers: Workers) -> tuple[tuple[str, Any], ...]:
    return (
        ("hostAliases", workers.aliases),
        ("serviceAccountName", called(workers.wave)),
        ("automountServiceAccountToken", False),
    )


def _containers(spec: Mapping[str, Any]) -> list[Any]:
    found = (mapping(one) for name in CONTAINERS for one in entries(spec.get(name)))
    return [{} if one is UNKNOWN else one for one in found]


def _volumes(spec: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return what pods see: the names of ConfigMaps and Secrets by their kind, None for each of any other kind."""
    names = {"configMap": "name", "secret": "secretName"}
    seen: dict[str, list[Any]] = {}
    for each in map(mapping, entries(spec.get("volumes"))):
        for kind, value in {"unknown": None}.items() if each is UNKNOWN else each.items():
            if kind != "name":
                held = value.get(names[kind]) if kind in names and isinstance(value, dict) else None
                seen.setdefault(kind, []).append(held)
    return seen


def otherwise_told(found: KubernetesObject, workers: Workers) -> Iterator[Problem]:
    """Yield in what a ConfigMap that bears a wave's name is another than its workers' settings."""
    data, wanted = mapping(found.body.get("data")), workers.settings
    if data is UNKNOWN or wanted is None or data != {SETTINGS_FILE: wanted.content}:
        yield f"{found.path}data", "tells workers something else than what is declared"
    if found.body.get("immutable") is not True:
        yield f"{found.path}immutable", "can be changed while workers run (immutable)"


def other_ways(found: KubernetesObject, workers: Workers) -> Iterator[Problem]:
    """Yield what a policy among workers opens beside their two stores and the cluster's resolver."""
    at, spec = f"{found.path}spec", found.spec
    if spec is UNKNOWN:
        yield at, "opens ways among workers that are not known yet"
        return
    if entries(spec.get("ingress")):
        yield f"{at}.ingress", "lets somebody in to workers of a wave, who only ask"
    stores = (workers.source, workers.storage)
    for opened in map(mapping, entries(spec.get("egress"))):
        peers = [] if opened is UNKNOWN else entries(opened.get("to"))
        if not peers or not all(peer == RESOLVER or _is_store(peer, opened.get("ports"), stores) for peer in peers):
            yield f"{at}.egress", "lets workers of a wave out to more than their two stores"


def _is_store(peer: Any, ports: Any, stores: tuple[StoreAt, ...]) -> bool:
    return any(
        peer == {"ipBlock": {"cidr": f"{one.address}/32"}} and ports == [{"protocol": "TCP", "port": one.port}]
        for one in stores
    )
