"""Annotations by which an Ingress or a route asks its controller for more than its rules say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import mapping
from enclave_policies.network.kubernetes.proxies.hosts import service_of
from enclave_policies.network.kubernetes.proxies.reading import Collected
from enclave_policies.network.kubernetes.proxies.records import Route
from enclave_policies.network.kubernetes.proxies.snippets import passes_nothing_on
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.addresses import hosts_in

if TYPE_CHECKING:
    from enclave_policies.network.kubernetes.proxies.reading import Object

CONTROLLERS: Final = re.compile(
    r"(?:.*\.)?(?:ingress\.kubernetes\.io|nginx\.org|nginx\.com|haproxy\.org|haproxy-ingress\.github\.io|konghq\.com"
    r"|traefik\.io|projectcontour\.io|getambassador\.io|apisix\.apache\.org|istio\.io)"
)
"""Makers of annotations that a controller acts on."""
ASKED: Final = re.compile(r"(?:.*[-.])?(?:auth-url|external-auth-url|forward-auth-address|mirror-target|mirror-uri)")
"""Names whose value is a URL that the proxy itself asks or copies to; where visitors are sent, JUR-027 judges."""
SERVICE: Final = re.compile(
    r"(?:.*[-.])?(?:default-backend|stick-table-service|auth-service|tcp-services|udp-services)"
)
"""Names whose value is a Service: ``name``, ``namespace/name``, with or without a port."""
SNIPPET: Final = re.compile(r"(?:.*[-.])?(?:.*snippets?|config-(?:backend|frontend|global|defaults|sections))")
OPAQUE: Final = re.compile(
    r"(?:.*[-.])?(?:middlewares|plugins|config|policies|filters|plugin-config-name|serverstransport|extension-?ref)"
)
"""Names whose value is another object, or a configuration of the controller's own."""
PLACEHOLDER: Final = re.compile(r"[${}]")
OF_NGINX: Final = re.compile(r"(?:.*\.)?(?:nginx\.ingress\.kubernetes\.io|nginx\.org|nginx\.com)")


def read_annotations(one: Object, collected: Collected) -> None:
    """Add what the annotations of an object lead to."""
    annotations = mapping(one.found.metadata("annotations"))
    if annotations is UNKNOWN:
        collected.gap("has annotations that are not known yet, which its controller acts on", "metadata.annotations")
        return
    for name, value in sorted(annotations.items()):
        maker, slash, last = name.partition("/")
        if not slash or value in ("", None) or not CONTROLLERS.fullmatch(maker):
            continue
        where = f"metadata.annotations.{name}"
        if not isinstance(value, str):
            collected.gap("asks its controller for what is not known yet", where)
        elif SNIPPET.fullmatch(last):
            if not (OF_NGINX.fullmatch(maker) and passes_nothing_on(value)):
                collected.gap("writes its controller's configuration, which may pass on to anywhere", where)
        elif ASKED.fullmatch(last):
            _host(one, value, where, collected)
        elif SERVICE.fullmatch(last):
            _service(one, value, where, collected)
        elif OPAQUE.fullmatch(last):
            collected.gap("asks its controller for what another object or a configuration of its own says", where)


def read_annotated(one: Object) -> Route | None:
    """Return the route that a Service's annotations make of it, None where they make none."""
    if not isinstance(one.found.metadata("annotations"), dict):
        return None
    collected = Collected()
    read_annotations(one, collected)
    if not collected.backends and not collected.gaps:
        return None
    backends, gaps = tuple(collected.backends), tuple(collected.gaps)
    return Route(one.urn, one.found.kind, one.namespace, one.name, backends=backends, gaps=gaps, nameless=True)


def _host(one: Object, value: str, where: str, collected: Collected) -> None:
    hosts = hosts_in(value)
    if not hosts or any(PLACEHOLDER.search(host) for host in hosts):
        collected.gap("asks a host that can't be read", where)
    for named in (service_of(host, _home(one)) for host in hosts or ()):
        if named is not None:
            collected.add(named[0] or UNKNOWN, named[1], _port(value), where)


def _service(one: Object, value: str, where: str, collected: Collected) -> None:
    text, _, port = value.strip().partition(":")
    namespace, slash, name = text.rpartition("/")
    collected.add(namespace if slash else one.namespace, name, int(port) if port.isdecimal() else port or None, where)


def _home(one: Object) -> str:
    return one.namespace if isinstance(one.namespace, str) else ""


def _port(value: str) -> Any:
    found = re.match(r"(?:[a-z]+://)?[^/]*?:(\d+)(?:/|$)", value)
    scheme = value.partition("://")[0].lower()
    return int(found[1]) if found else {"http": 80, "https": 443}.get(scheme)
