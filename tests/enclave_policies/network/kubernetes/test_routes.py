"""What Ingresses, routes and their like ask proxies to pass on: from where, to which pods, and what cannot be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.network.kubernetes import KubernetesNetwork, proxied
from enclave_policies.network.kubernetes.proxied import Asked, Unfollowed
from enclave_policies.network.kubernetes.proxies.snippets import passes_nothing_on
from enclave_policies.resources.resource import Resource
from enclave_policies.resources.unknown import UNKNOWN

from tests.enclave_policies.network.kubernetes.objects import PREFIX, namespace, pod, provider, resource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

HOST = "claims.hamar.example"
NGINX = "nginx.ingress.kubernetes.io"
PORTS = [{"name": "https", "port": 443, "targetPort": 8443}, {"name": "debug", "port": 6060, "targetPort": 6061}]
CLUSTER = (
    namespace("app", {"enclave/site": "hamar", "enclave/segment": "app"}),
    namespace("edge", {"enclave/site": "hamar", "enclave/segment": "ingress"}),
    pod("edge", "proxy", {"app.kubernetes.io/name": "ingress-nginx"}),
    pod("edge", "mesh", {"istio": "ingressgateway"}),
    resource(
        "Service", "web", {"metadata": {"name": "web", "namespace": "app"}, "spec": {"selector": {}, "ports": PORTS}}
    ),
)


def made(token: str, spec: Any, name: str = "x", where: Any = "app", **metadata: Any) -> Resource:
    body = {"metadata": {"name": name, "namespace": where, **metadata}, "spec": spec}
    return Resource(f"{PREFIX}kubernetes:{token}::{name}", f"kubernetes:{token}", name, body, provider=provider())


def ingress(backend: Any, host: Any = HOST, patch: str = "", **metadata: Any) -> Resource:
    rules = [{"host": host, "http": {"paths": [{"backend": backend}]}}]
    return made(f"networking.k8s.io/v1:Ingress{patch}", {"ingressClassName": "nginx", "rules": rules}, **metadata)


def web(**port: Any) -> dict[str, Any]:
    return {"service": {"name": "web", "port": port}}


def annotated(value: Any, name: str = f"{NGINX}/auth-url", **more: Any) -> Resource:
    """An Ingress that passes nothing on but by its annotations."""
    return made("networking.k8s.io/v1:Ingress", {"rules": [{"host": HOST}]}, annotations={name: value, **more})


def http_route(rules: Any, **spec: Any) -> Resource:
    return made("gateway.networking.k8s.io/v1:HTTPRoute", {"hostnames": [HOST], "rules": rules, **spec})


def virtual_service(route: Any, where: Any = "app", **spec: Any) -> Resource:
    told = {"hosts": [HOST], "gateways": ["edge/front"], "http": route, **spec}
    return made("networking.istio.io/v1:VirtualService", told, where=where)


def mesh_gateway(*servers: Any) -> Resource:
    spec = {"selector": {"istio": "ingressgateway"}, "servers": list(servers)}
    return made("networking.istio.io/v1:Gateway", spec, "front", "edge")


def streams(data: Any) -> Resource:
    body = {"metadata": {"name": "tcp-services", "namespace": "edge"}, "data": data}
    type_ = "kubernetes:core/v1:ConfigMap"
    return Resource(f"{PREFIX}{type_}::tcp", type_, "tcp", body, provider=provider())


def service(name: str, spec: Any, **metadata: Any) -> Resource:
    return resource("Service", name, {"metadata": {"name": name, "namespace": "app", **metadata}, "spec": spec})


def to(host: Any, **port: Any) -> list[Any]:
    return [{"route": [{"destination": {"host": host, **({"port": port} if port else {})}}]}]


def said(one: Asked | Unfollowed) -> str:
    if isinstance(one, Unfollowed):
        return f"{'refused' if one.gap.known else 'unknown'}: {one.gap.problem}"
    return f"{'+'.join(one.sources or ('?',))} > {one.target} {one.ports}: {one.by}"


def asked(*resources: Resource) -> list[str]:
    network = KubernetesNetwork([*CLUSTER, *resources])
    return [*map(said, network.asked()), *(f"undetermined: {one.message}" for one in network.undetermined())]


PATHS = "spec.rules.http.paths.backend"
BY_INGRESS = f"hamar/ingress > hamar/app tcp 8443: Ingress app/x, {PATHS}: Service app/web"
BY_MESH = "hamar/ingress > hamar/app tcp 8443: VirtualService app/x, spec.http.route.destination: Service app/web"
KEYS = "Service keys/keys, which is not of this stack"
FOUND: Mapping[str, tuple[Sequence[Resource], Sequence[str]]] = {
    "an Ingress leads from its class's proxies to the port that it numbers": (
        [ingress(web(number=443))],
        [BY_INGRESS],
    ),
    "an Ingress leads to the port that it names": (
        [ingress(web(name="debug"))],
        [f"hamar/ingress > hamar/app tcp 6061: Ingress app/x, {PATHS}: Service app/web"],
    ),
    "an Ingress without a port leads to all": (
        [ingress(web())],
        [f"hamar/ingress > hamar/app tcp 6061, 8443: Ingress app/x, {PATHS}: Service app/web"],
    ),
    "an old Ingress names port and class in its own way": (
        [
            made(
                "extensions/v1beta1:Ingress",
                {
                    "rules": [
                        {"host": HOST, "http": {"paths": [{"backend": {"serviceName": "web", "servicePort": 443}}]}}
                    ]
                },
                annotations={"kubernetes.io/ingress.class": "nginx"},
            )
        ],
        [BY_INGRESS],
    ),
    "a Service without a name is not known": (
        [ingress({"service": {"name": "", "port": {"number": 443}}})],
        [f"unknown: passes on to a Service that is not known yet ({PATHS})"],
    ),
    "a host that is not known is none of which it is told that it is every name": (
        [ingress(web(number=443), UNKNOWN)],
        [BY_INGRESS],
    ),
    "a patch of an Ingress changes what it passes on, and need not say its host": (
        [ingress(web(number=443), None, "Patch")],
        [
            "unknown: changes what an object that is made elsewhere passes on (spec)",
            BY_INGRESS,
        ],
    ),
    "an alias leads where it points, on the port that is asked for": (
        [
            service("old", {"type": "ExternalName", "externalName": "web.app.svc.cluster.local"}),
            ingress({"service": {"name": "old", "port": {"number": 443}}}),
        ],
        [f"hamar/ingress > hamar/app tcp 8443: Ingress app/x, {PATHS}: Service app/old, an alias of Service app/web"],
    ),
    **{
        f"a target port of {target} that no pod tells is nobody's to tell": (
            [service("y", {"ports": [{"port": 443, "targetPort": target}]}), ingress({"service": {"name": "y"}})],
            [f"hamar/ingress > hamar/app None: Ingress app/x, {PATHS}: Service app/y"],
        )
        for target in ("https", UNKNOWN)
    },
    "annotations that are not known may ask for anything": (
        [made("networking.k8s.io/v1:Ingress", {}, annotations=UNKNOWN)],
        ["unknown: has annotations that are not known yet, which its controller acts on (metadata.annotations)"],
    ),
    "a value that is not known may ask for anything": (
        [annotated(UNKNOWN)],
        [f"unknown: asks its controller for what is not known yet (metadata.annotations.{NGINX}/auth-url)"],
    ),
    "an annotation is read behind others that ask for nothing": (
        [annotated("/check", **{"a-team": "claims", f"{NGINX}/affinity": ""})],
        [f"unknown: asks a host that can't be read (metadata.annotations.{NGINX}/auth-url)"],
    ),
    "a URL without a port means the one of its scheme": (
        [annotated("https://web.app.svc/check")],
        [f"? > hamar/app tcp 8443: Ingress app/x, metadata.annotations.{NGINX}/auth-url: Service app/web"],
    ),
    "a URL's port is the one that it names": (
        [annotated("https://web.app.svc:6060/check")],
        [f"? > hamar/app tcp 6061: Ingress app/x, metadata.annotations.{NGINX}/auth-url: Service app/web"],
    ),
    "a Service may ask its controller too": (
        [service("y", {"ports": []}, annotations={"haproxy.org/auth-url": "https://web.app.svc/"})],
        ["? > hamar/app tcp 8443: Service app/y, metadata.annotations.haproxy.org/auth-url: Service app/web"],
    ),
    "a map of streams leads to Services of any namespace": (
        [streams({"9000": "app/web:443", "9001": "web"})],
        [
            "unknown: passes on to a Service that can't be read (data.9001)",
            "? > hamar/app tcp 8443: ConfigMap edge/tcp-services, data.9000: Service app/web",
        ],
    ),
    "a map of streams that is not known leads anywhere": (
        [streams(UNKNOWN)],
        ["unknown: passes on in a way that is not known yet (data)"],
    ),
    "a specification that is not known passes on to anything": (
        [made("gateway.networking.k8s.io/v1:HTTPRoute", UNKNOWN)],
        ["unknown: passes on in a way that is not known yet (spec)"],
    ),
    "parts of a route that are not known pass on to anything": (
        [
            http_route([UNKNOWN, {"filters": [UNKNOWN], "backendRefs": [UNKNOWN]}]),
            virtual_service([UNKNOWN, *to(UNKNOWN)]),
            mesh_gateway({"hosts": [HOST]}),
        ],
        [
            "unknown: passes on in a way that is not known yet (spec.rules)",
            "unknown: passes on in a way that is not known yet (spec.rules.filters)",
            "unknown: passes on in a way that is not known yet (spec.rules.backendRefs)",
            "unknown: passes on in a way that is not known yet (spec.http)",
            "unknown: passes on to a host that is not known yet (spec.http.route.destination)",
        ],
    ),
    "a backend of another group is no Service of the cluster": (
        [http_route([{"backendRefs": [{"group": "example.com", "kind": "Service", "name": "web"}]}])],
        ["unknown: passes on to a Service, which is no Service of the cluster (spec.rules.backendRefs)"],
    ),
    "a route leaves its namespace by a grant only": (
        [http_route([{"backendRefs": [{"name": "keys", "namespace": "keys", "port": 443}]}])],
        ["refused: passes on to keys/keys, which no ReferenceGrant of that namespace lets it (spec.rules.backendRefs)"],
    ),
    "a grant lets it leave": (
        [
            http_route([{"backendRefs": [{"name": "keys", "namespace": "keys", "port": 443}]}]),
            made(
                "gateway.networking.k8s.io/v1beta1:ReferenceGrant",
                {"from": [{"kind": "HTTPRoute", "namespace": "app"}], "to": [{"group": "", "kind": "Service"}]},
                "grant",
                "keys",
            ),
        ],
        [
            f"? > hamar/(namespace keys) None: HTTPRoute app/x, spec.rules.backendRefs: {KEYS}",
        ],
    ),
    "a mesh leads from its gateway's pods to the port that it numbers": (
        [virtual_service(to("web", number=443)), mesh_gateway({"hosts": [HOST]})],
        [BY_MESH],
    ),
    "every name is what the mesh's gateway lets it be": (
        [virtual_service(to("web", number=443), hosts=["*"]), mesh_gateway({"hosts": [HOST]})],
        [BY_MESH],
    ),
    **{
        f"a mesh's gateway takes every name: {server}": (
            [virtual_service(to("web", number=443), hosts=["*"]), mesh_gateway({"hosts": [HOST]}, server)],
            [
                "refused: makes a proxy answer to every name, not to hosts of the enclave's",
                BY_MESH,
            ],
        )
        for server in ({"hosts": ["edge/*"]}, {"hosts": [7]}, UNKNOWN)
    },
    "a route whose namespace is not known is called so": (
        [virtual_service(to("web.app.svc", number=443), UNKNOWN), mesh_gateway({"hosts": [HOST]})],
        ["hamar/ingress > hamar/app tcp 8443: VirtualService ?/x, spec.http.route.destination: Service app/web"],
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_what_is_asked_of_proxies_is_told_with_its_place(case: str) -> None:
    resources, expected = FOUND[case]
    assert asked(*resources) == expected


def test_a_route_that_breaks_what_follows_it_leaves_the_others_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    follow: Callable[..., Any] = proxied._Asking._ends

    def breaks(self: Any, space: str, name: str, *given: Any) -> Any:
        if name == "odd":
            raise TypeError("unhashable")
        return follow(self, space, name, *given)

    monkeypatch.setattr(proxied._Asking, "_ends", breaks)
    odd = ingress({"service": {"name": "odd"}}, name="odd")
    assert asked(odd, ingress(web(number=443))) == [
        "unknown: cannot be followed (TypeError)",
        BY_INGRESS,
    ]


@pytest.mark.parametrize(
    ("snippet", "harmless"),
    [
        ("add_header X-Team 'claims; and others';", True),
        ("return 403;", True),
        ("proxy_pass http://db;", False),
        ("'proxy_pass' gzip;", False),
        ('"proxy_pass";', False),
        ("gzip on", False),
    ],
)
def test_a_snippet_is_read_as_its_server_reads_it(snippet: str, harmless: bool) -> None:
    assert passes_nothing_on(snippet) is harmless


def test_a_reading_that_forgets_ports_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    ports: Callable[..., Any] = proxied._Asking._ports
    monkeypatch.setattr(proxied._Asking, "_ports", lambda self, service, _port: ports(self, service, None))
    with pytest.raises(AssertionError):
        test_what_is_asked_of_proxies_is_told_with_its_place("an Ingress leads to the port that it names")
