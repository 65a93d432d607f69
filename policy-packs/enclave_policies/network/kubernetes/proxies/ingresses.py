"""Ingresses: what they ask the controller of their class to pass on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import mapping
from enclave_policies.network.kubernetes.proxies.annotations import read_annotations
from enclave_policies.network.kubernetes.proxies.reading import EVERY_NAME, Collected, blocks, unknown_spec
from enclave_policies.network.kubernetes.proxies.records import Parent, Route
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from enclave_policies.network.kubernetes.proxies.reading import Object
    from enclave_policies.resources.unknown import Unknown

CLASS: Final = "kubernetes.io/ingress.class"


def read_ingress(one: Object) -> Route:
    """Return the route that an Ingress is, of ``networking.k8s.io/v1`` or the older versions."""
    collected = Collected()
    unknown_spec(one.found, collected)
    spec = one.spec
    names: list[str | Unknown] = []
    for name in ("defaultBackend", "backend"):
        if spec.get(name) is not None:
            names += [] if spec.get("rules") else [EVERY_NAME]  # beside rules it serves the rest of their hosts
            _backend(one, spec[name], f"spec.{name}", collected)
    for rule in blocks(spec.get("rules"), "spec.rules", collected):
        host = rule.get("host")
        names.append(EVERY_NAME if host in (None, "") else host if isinstance(host, str) else UNKNOWN)
        http = mapping(rule.get("http"))
        paths = UNKNOWN if http is UNKNOWN else http.get("paths")
        for path in blocks(paths, "spec.rules.http.paths", collected):
            _backend(one, path.get("backend"), "spec.rules.http.paths.backend", collected)
    read_annotations(one, collected)
    return Route(
        one.urn,
        one.found.kind,
        one.namespace,
        one.name,
        (Parent(None, _class(one, spec)),),
        tuple(dict.fromkeys(names)),
        tuple(collected.backends),
        tuple(collected.gaps),
        named_by="spec.rules.host",
        nameless=one.found.patch,
    )


def _class(one: Object, spec: dict[str, Any]) -> str | Unknown:
    """Return the class that an Ingress names; where it names none, the cluster's default is nobody's to tell."""
    annotations = mapping(one.found.metadata("annotations"))
    told = spec.get("ingressClassName") or (UNKNOWN if annotations is UNKNOWN else annotations.get(CLASS))
    return told if isinstance(told, str) else UNKNOWN


def _backend(one: Object, given: Any, path: str, collected: Collected) -> None:
    backend = mapping(given)
    if backend is UNKNOWN:
        collected.gap("passes on to a Service that is not known yet", path)
    elif backend.get("resource") is not None:
        collected.gap("passes on to an object that is no Service", path)
    elif backend.get("serviceName") is not None:
        collected.add(one.namespace, backend["serviceName"], backend.get("servicePort"), path)
    else:
        service = mapping(backend.get("service"))
        port = UNKNOWN if service is UNKNOWN else mapping(service.get("port"))
        number = None if port is UNKNOWN else port.get("number", port.get("name"))
        collected.add(one.namespace, UNKNOWN if service is UNKNOWN else service.get("name"), number, path)
