"""The Gateway API: Gateways, the routes that hang on them, and grants across namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.network.kubernetes.proxies.annotations import read_annotations
from enclave_policies.network.kubernetes.proxies.reading import Collected, blocks, texts, unknown_spec
from enclave_policies.network.kubernetes.proxies.records import Front, Grant, Parent, Route
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.network.kubernetes.proxies.reading import Object
    from enclave_policies.resources.unknown import Unknown

NAMELESS: Final = frozenset({"TCPRoute", "UDPRoute"})
NAMED_BY: Final = frozenset({"HTTP", "HTTPS", "TLS"})
"""Protocols of listeners that tell requests apart by a name."""
HARMLESS: Final = frozenset(
    {"RequestHeaderModifier", "ResponseHeaderModifier", "RequestRedirect", "URLRewrite", "CORS"}
)
"""Filters that lead nowhere: JUR-021 judges the hosts that visitors are sent to."""


def read_gateway(one: Object) -> Front:
    """Return the Gateway that an object is; its class decides which pods serve it."""
    listeners = [mapping(listener) for listener in entries(one.spec.get("listeners"))]
    takes_all = any(
        listener is UNKNOWN or (listener.get("protocol") in NAMED_BY and not listener.get("hostname"))
        for listener in listeners
    )
    return Front(one.namespace, one.name, None, takes_all or not listeners, str(one.spec.get("gatewayClassName") or ""))


def read_route(one: Object) -> Route:
    """Return the route that an HTTPRoute, a GRPCRoute, a TLSRoute, a TCPRoute or a UDPRoute is."""
    collected = Collected()
    unknown_spec(one.found, collected)
    spec = one.spec
    parents = [mapping(parent) for parent in entries(spec.get("parentRefs"))]
    for rule in blocks(spec.get("rules"), "spec.rules", collected):
        for filtered in blocks(rule.get("filters"), "spec.rules.filters", collected):
            _filter(one, filtered, collected)
        for backend in blocks(rule.get("backendRefs"), "spec.rules.backendRefs", collected):
            _backend(one, backend, "spec.rules.backendRefs", collected)
            for filtered in blocks(backend.get("filters"), "spec.rules.backendRefs.filters", collected):
                _filter(one, filtered, collected)
    read_annotations(one, collected)
    return Route(
        one.urn,
        one.found.kind,
        one.namespace,
        one.name,
        tuple(_parent(one, parent) for parent in parents if parent is UNKNOWN or _is_gateway(parent)),
        texts(spec.get("hostnames")),
        tuple(collected.backends),
        tuple(collected.gaps),
        nameless=one.found.patch or one.found.kind in NAMELESS,
        inside=bool(parents) and not any(parent is UNKNOWN or _is_gateway(parent) for parent in parents),
        granting=True,
    )


def read_grant(one: Object) -> Grant:
    """Return the grant that a ReferenceGrant is; parts that are not known grant nothing."""
    sources = [mapping(source) for source in entries(one.spec.get("from"))]
    targets = [target for target in map(mapping, entries(one.spec.get("to"))) if target is not UNKNOWN]
    services = [target.get("name") for target in targets if target.get("kind") == "Service" and not target.get("group")]
    every = any(name in (None, "") for name in services)
    return Grant(
        one.namespace,
        tuple(_texts(source, "kind", "namespace") for source in sources if source is not UNKNOWN),
        None if every else texts(services),
    )


def _texts(block: dict[str, Any], *names: str) -> tuple[Any, Any]:
    first, second = (value if isinstance(value := block.get(name), str) else UNKNOWN for name in names)
    return first, second


def _is_gateway(parent: dict[str, Any]) -> bool:
    return bool(parent.get("kind", "Gateway") != "Service")


def _parent(one: Object, parent: Any) -> Parent:
    if parent is UNKNOWN:
        return Parent(UNKNOWN, UNKNOWN)
    namespace, name = parent.get("namespace", one.namespace), parent.get("name")
    return Parent(_text(namespace), _text(name))


def _text(value: Any) -> str | Unknown:
    return value if isinstance(value, str) else UNKNOWN


def _backend(one: Object, backend: dict[str, Any], path: str, collected: Collected) -> None:
    kind, group = backend.get("kind") or "Service", backend.get("group") or ""
    if (kind, group) not in (("Service", ""), ("Service", "core")):
        collected.gap(f"passes on to {_article(kind)}, which is no Service of the cluster", path)
        return
    namespace = backend.get("namespace") or one.namespace
    collected.add(_text(namespace), backend.get("name"), backend.get("port"), path)


def _article(kind: Any) -> str:
    return f"a {kind}" if isinstance(kind, str) else "an object that is not known yet"


def _filter(one: Object, given: dict[str, Any], collected: Collected) -> None:
    kind = given.get("type")
    if kind in HARMLESS:
        return
    for name, backend in _led(given):
        _backend(one, backend, f"spec.rules.filters.{name}", collected)
        return
    problem = f"has a filter that this model does not follow, {kind or 'without a type'}"
    collected.gap(problem, "spec.rules.filters")


def _led(given: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the backend of a filter that asks or copies to one."""
    for name in ("requestMirror", "externalAuth"):
        block = mapping(given.get(name))
        backend = UNKNOWN if block is UNKNOWN else mapping(block.get("backendRef"))
        if block and backend is not UNKNOWN:
            yield name, backend
