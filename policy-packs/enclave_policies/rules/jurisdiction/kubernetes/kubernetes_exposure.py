"""JUR-021: names, addresses and load balancers of a cluster are the enclave's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.addresses import network_of
from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.left_out import left_out
from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.kubernetes.surveyed import surveyed
from enclave_policies.places.hosts import refused_host
from enclave_policies.places.names import spelled
from enclave_policies.places.regions import Refusal
from enclave_policies.reading.rule import Rule
from enclave_policies.reading.site import runs_on_aws
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.rules.jurisdiction.kubernetes.judgement import refuse
from enclave_policies.texts.patterns import PUBLISHED, SOURCE_RANGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.kubernetes.survey import Survey
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

Told = tuple[str, Any]

BALANCER_SCHEMES = frozenset(
    {"service.beta.kubernetes.io/aws-load-balancer-scheme", "alb.ingress.kubernetes.io/scheme"}
)
FACING = "internet-facing"
CLASSES = frozenset({"IngressClass", "GatewayClass"})
CLASS_ANNOTATIONS = frozenset({"kubernetes.io/ingress.class"})
ROUTES = frozenset({"gateway.networking.k8s.io", "networking.istio.io", "route.openshift.io", "externaldns.k8s.io"})
ROUTES_HOSTS = re.compile(r"hostnames?|hosts?|dnsName|targets|subdomain|sniHosts|authority")
ROUTES_ADDRESSES = re.compile(r"addresses?|value")


def check(reading: Reading) -> Iterator[Finding]:
    """Judge services, ingresses, gateways, endpoints, and how pods resolve names and probe themselves."""
    for found, survey in surveyed(reading.resource):
        if not _exposes(found, survey):
            continue
        if found.spec is UNKNOWN and found.kind in ("Service", "Ingress"):
            yield rule.finding(reading, "would be reached in a way that is not known yet", verdict="undetermined")
        for path, host in (*_hosts(found), *_of_pods(survey), *_published(survey), *_routes(found, survey)):
            yield from _judge_host(reading, path, host)
        for path, network in (*_sources(found), *_annotated(survey, SOURCE_RANGES)):
            yield from _judge_source(reading, path, network)
        if runs_on_aws(reading):
            yield from _facing(reading, survey)
        else:
            yield from _clouds(reading, found, survey)
        for absent in left_out(found, rule.id, reading.law, cloud=runs_on_aws(reading)):
            yield rule.finding(reading, absent.words, verdict=absent.verdict)


def _exposes(found: KubernetesObject, survey: Survey) -> bool:
    """Whether anything is there to judge: most objects are neither reached by a name nor reach one."""
    return (
        found.kind in KINDS
        or found.kind in CLASSES
        or found.group in ROUTES
        or bool(survey.annotations or survey.probed or survey.aliases or survey.dns)
    )


def _judge_host(reading: Reading, path: str, host: Any) -> Iterator[Finding]:
    if not isinstance(host, str):
        yield from refuse(rule, reading, "would lead to", path, None)
    elif host and spelled(host) != "*":
        name = host if network_of(host) else host.rpartition("/")[2]  # Istio writes the namespace before it
        below = name.removeprefix("*.")
        refusal = refused_host(below, reading.law)
        if refusal is None and below != name and "." not in below and not reading.law.owns_host(below):
            refusal = Refusal(f"every name of {shown(below)}, which is no zone of the enclave's", below, None)
        if refusal:
            yield from refuse(rule, reading, "would lead to", path, refusal)


def _judge_source(reading: Reading, path: str, network: Any) -> Iterator[Finding]:
    if not isinstance(network, str):
        problem = f"would let in networks that are not known yet ({path})"
        yield rule.finding(reading, problem, verdict="undetermined")
    elif network.strip() and not reading.law.owns_address(network.strip()):
        problem = f"would let {shown(network.strip())} in, outside the enclave's networks ({path})"
        yield rule.finding(reading, problem, where=network.strip())


def _hosts(found: KubernetesObject) -> Iterator[Told]:
    """Yield the hosts and addresses of Kubernetes' own kinds, with their paths."""
    read = KINDS.get(found.kind)
    if read is not None and not found.custom:
        yield from ((f"{found.path}{path}", value) for path, value in read(found))


def _service(found: KubernetesObject) -> Iterator[Told]:
    spec = found.spec
    if spec is UNKNOWN:
        return
    for name in ("externalName", "loadBalancerIP"):
        if spec.get(name) is not None:
            yield f"spec.{name}", spec[name]
    for name in ("externalIPs", "deprecatedPublicIPs"):
        yield from ((f"spec.{name}", address) for address in entries(spec.get(name)))


def _sources(found: KubernetesObject) -> Iterator[Told]:
    if found.kind == "Service" and not found.custom and found.spec is not UNKNOWN:
        for network in entries(found.spec.get("loadBalancerSourceRanges")):
            yield f"{found.path}spec.loadBalancerSourceRanges", network


def _ingress(found: KubernetesObject) -> Iterator[Told]:
    spec = found.spec
    if spec is UNKNOWN:
        return
    for entry in entries(spec.get("rules")):
        yield "spec.rules.host", entry.get("host", "") if isinstance(entry, dict) else UNKNOWN
    for entry in entries(spec.get("tls")):
        for host in entries(entry.get("hosts")) if isinstance(entry, dict) else [UNKNOWN]:
            yield "spec.tls.hosts", host


def _endpoints(found: KubernetesObject) -> Iterator[Told]:
    for subset in entries(found.body.get("subsets")):
        given = mapping(subset)
        for name in ("addresses", "notReadyAddresses"):
            for address in entries(given.get(name)) if given is not UNKNOWN else [UNKNOWN]:
                yield f"subsets.{name}.ip", address.get("ip") if isinstance(address, dict) else UNKNOWN


def _slice(found: KubernetesObject) -> Iterator[Told]:
    for endpoint in entries(found.body.get("endpoints")):
        given = mapping(endpoint)
        for address in entries(given.get("addresses")) if given is not UNKNOWN else [UNKNOWN]:
            yield "endpoints.addresses", address


KINDS = {"Service": _service, "Ingress": _ingress, "Endpoints": _endpoints, "EndpointSlice": _slice}


def _of_pods(survey: Survey) -> Iterator[Told]:
    for alias in survey.aliases:
        for entry in entries(alias.value):
            yield f"{alias.path}.ip", entry.get("ip") if isinstance(entry, dict) else UNKNOWN
    for dns in survey.dns:
        given = mapping(dns.value)
        for name in ("nameservers", "searches"):
            for host in entries(given.get(name)) if given is not UNKNOWN else [UNKNOWN]:
                yield f"{dns.path}.{name}", host
    yield from ((probe.path, probe.value) for probe in survey.probed)


def _annotated(survey: Survey, pattern: re.Pattern[str]) -> Iterator[Told]:
    for note in survey.annotations:
        if pattern.fullmatch(note.name):
            for word in note.value.split(",") if isinstance(note.value, str) else [note.value]:
                yield f"annotation {note.name}", word.strip() if isinstance(word, str) else word


def _published(survey: Survey) -> Iterator[Told]:
    yield from _annotated(survey, PUBLISHED)


def _routes(found: KubernetesObject, survey: Survey) -> Iterator[Told]:
    """Yield the hosts of gateways, routes, mesh entries and DNS records, which custom resources declare."""
    if found.group not in ROUTES:
        return
    for text in survey.texts:
        if (
            ROUTES_HOSTS.fullmatch(text.name)
            or (ROUTES_ADDRESSES.fullmatch(text.name) and ".addresses" in f".{text.path}")
            or text.name == "address"
        ):
            yield text.path, text.value


def _facing(reading: Reading, survey: Survey) -> Iterator[Finding]:
    """Refuse what AWS would put between its cluster and the internet: no other rule sees such a balancer."""
    for note in survey.annotations:
        if note.name in BALANCER_SCHEMES and str(note.value).strip().lower() == FACING:
            problem = f"would be reached from the internet, by a load balancer that AWS makes (annotation {note.name})"
            yield rule.finding(reading, problem)


def _clouds(reading: Reading, found: KubernetesObject, survey: Survey) -> Iterator[Finding]:
    """Refuse what a cloud's controller, or a relay abroad, would put in front of a site of our own."""
    known = reading.law.controllers
    for note in survey.annotations:
        if known.runs("balancer-annotation", note.name) and note.value != "false":
            problem = f"would be reached through a cloud's load balancer, not the site's (annotation {note.name})"
            yield rule.finding(reading, problem)
        elif note.name in CLASS_ANNOTATIONS:
            yield from _ingress_class(reading, f"annotation {note.name}", note.value)
    spec = found.spec
    if spec is UNKNOWN:
        return
    if found.kind == "Service" and not found.custom and spec.get("loadBalancerClass") is not None:
        yield from _balancer_class(reading, f"{found.path}spec.loadBalancerClass", spec["loadBalancerClass"])
    for name in ("ingressClassName", "gatewayClassName"):
        if spec.get(name) is not None:
            yield from _ingress_class(reading, f"{found.path}spec.{name}", spec[name])
    controller = spec.get("controller") or spec.get("controllerName")
    if found.kind in ("IngressClass", "GatewayClass") and known.runs("ingress-controller", str(controller)):
        problem = f"hands traffic to a controller of a cloud, {shown(str(controller))} ({found.path}spec.controller)"
        yield rule.finding(reading, problem)


def _balancer_class(reading: Reading, path: str, value: Any) -> Iterator[Finding]:
    text = str(value)
    runs = reading.law.controllers.runs("balancer-class", text)
    if runs == "cluster" or reading.law.owns_host(text.partition("/")[0]):
        return
    problem = f"would be reached through a load balancer of class {shown(text)}, which is not the site's ({path})"
    yield rule.finding(reading, problem, verdict="fail" if runs else "undetermined")


def _ingress_class(reading: Reading, path: str, value: Any) -> Iterator[Finding]:
    if reading.law.controllers.runs("ingress-class", str(value)):
        problem = f"would be reached through a cloud's load balancer, class {shown(str(value))} ({path})"
        yield rule.finding(reading, problem)


rule = Rule(
    id="JUR-021",
    name="kubernetes-exposure",
    title="Names, addresses and load balancers of a cluster are the enclave's own.",
    severity="high",
    remedy="use names of the enclave's DNS zones, addresses of its networks and the site's own load balancer",
    check=check,
    package="kubernetes",
)
