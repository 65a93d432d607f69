"""Which registered cluster a Kubernetes provider is bound to: its address and its certificate authority tell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from enclave_policies.identifiers.shown import shown
from enclave_policies.identifiers.urls import host_of, origin
from enclave_policies.places.regions import region_in_host
from enclave_policies.resources.latest import kept
from enclave_policies.resources.unknown import UNKNOWN
from located_yaml.kubeconfig import KubeconfigError, ca_sha256, cluster_of, read_kubeconfig

if TYPE_CHECKING:
    from enclave_policies.law import Law
    from enclave_policies.law.facts import Cluster
    from enclave_policies.resources.resource import Provider
from enclave_policies.resources.unknown import Unknown

SELECTORS = ("kubeconfig", "context", "cluster")


@dataclass(frozen=True, slots=True)
class Binding:
    """A registered cluster, or what is wrong. ``where`` is the server's origin, ``known`` whether it was readable."""

    cluster: Cluster | None
    problem: str = ""
    where: str | None = None
    country: str | None = None
    readable: bool = True


def binding_of(provider: Provider, law: Law) -> Binding | Literal[Unknown.UNKNOWN]:
    """Return the binding of a Kubernetes provider; UNKNOWN while an input that decides is unknown."""
    known = _bindings(provider)
    if law not in known:
        known[law] = bind(provider.props, law)
    return known[law]


@kept
def _bindings(_provider: Provider) -> dict[Law, Binding | Literal[Unknown.UNKNOWN]]:
    """Return the bindings that were told, by law: all objects of a provider ask for one."""
    return {}


def bind(props: Mapping[str, Any], law: Law) -> Binding | Literal[Unknown.UNKNOWN]:
    """Return the binding of a Kubernetes provider with these inputs; UNKNOWN while an input that decides is unknown."""
    values = [props.get(name) for name in SELECTORS]
    if UNKNOWN in values:
        return UNKNOWN
    if props.get("renderYamlToDirectory"):
        return _unreadable("would be rendered to files, which anyone may apply to any cluster")
    kubeconfig, context, cluster = values
    if not isinstance(context, str | None) or not isinstance(cluster, str | None):
        return _unreadable("has a context or cluster that is not a text")
    if isinstance(kubeconfig, Mapping):
        kubeconfig = json.dumps(kubeconfig, default=str)
    if not kubeconfig:
        return _unreadable("would be on whatever cluster the environment's kubeconfig names")
    return _bind(str(kubeconfig), context or None, cluster or None, law)


@lru_cache(maxsize=64)
def _bind(kubeconfig: str, context: str | None, cluster: str | None, law: Law) -> Binding:
    try:
        return _judge(cluster_of(read_kubeconfig(kubeconfig), context, cluster, shown=shown), law)
    except KubeconfigError as error:
        return _unreadable(str(error))


def _unreadable(problem: str) -> Binding:
    return Binding(None, problem, readable=False)


def _judge(entry: Mapping[str, Any], law: Law) -> Binding:
    server = str(entry.get("server", ""))
    where = origin(server)
    if entry.get("insecure-skip-tls-verify"):
        return Binding(None, "would be on a cluster whose certificate is not checked", where)
    if entry.get("proxy-url"):
        return Binding(None, "would be reached through a proxy, which may lead to another cluster", where)
    if entry.get("tls-server-name"):
        return Binding(None, "would be on a cluster that may show another server's certificate", where)
    candidates = [cluster for cluster in law.clusters if cluster.server == where]
    if where is None or not candidates or urlsplit(server.strip()).path not in ("", "/"):
        return _stranger(server, where, law)
    fingerprint = ca_sha256(entry)
    for cluster in candidates:
        if cluster.ca_sha256 in (None, fingerprint):
            if law.approves(cluster.country):
                return Binding(cluster, where=where, country=cluster.country)
            return Binding(None, f"would be on {law.cluster_words(cluster)}", where, cluster.country)
    found = fingerprint or "none, or not exactly one inline certificate"
    problem = (
        f"would be on the cluster at {where}, whose certificate authority is not the registered one (found: {found})"
    )
    return Binding(None, problem, where)


def _stranger(server: str, where: str | None, law: Law) -> Binding:
    host = host_of(server)
    region = region_in_host(host, law) if host else None
    place = law.regions[region] if region else None
    there = f" in {law.words(place)}" if place else ""
    problem = f"would be on the cluster at {shown(where or server)}{there}, which is not registered"
    return Binding(None, problem, where, place.country if place else None)
