"""Services lead to own places and are published in own ones (JUR-021)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.guardrails.admission.cel import lower, own_address, own_host, own_network, texts
from enclave_policies.guardrails.admission.policy import AdmissionPolicy, Check, Resources, text

if TYPE_CHECKING:
    from enclave_policies.law import Law

SERVICES: Final = (Resources("", ("services",)),)
PUBLISHED: Final = (Resources("", ("services",)), Resources("networking.k8s.io", ("ingresses",)))
EXTERNAL_DNS: Final = "external-dns.alpha.kubernetes.io/"
CLOUD_ANNOTATIONS: Final = (
    "service.beta.kubernetes.io/aws-",
    "service.beta.kubernetes.io/azure-",
    "service.beta.kubernetes.io/do-",
    "service.beta.kubernetes.io/oci-",
    "service.beta.kubernetes.io/ibm-",
    "service.beta.kubernetes.io/linode-",
    "service.beta.kubernetes.io/openstack-",
    "service.kubernetes.io/ibm-",
    "alb.ingress.kubernetes.io/",
    "cloud.google.com/",
    "networking.gke.io/",
    "ingress.gcp.kubernetes.io/",
    "load-balancer.hetzner.cloud/",
    "appgw.ingress.kubernetes.io/",
    "tailscale.com/",
)
"""Annotations by which a cloud's controller makes a load balancer of that cloud."""
CLOUD_CLASSES: Final = (
    "alb",
    "azure",
    "eks.amazonaws.com/",
    "gce",
    "gke.io/",
    "ingress.k8s.aws/",
    "k8s.io/ingress-gce",
    "networking.gke.io/",
    "service.k8s.aws/",
    "service.kubernetes.io/azure-",
    "tailscale",
)
"""How load balancer and ingress classes of clouds begin, their controllers', and those with relays abroad."""
INGRESS_CLASS: Final = "kubernetes.io/ingress.class"
URL: Final = r"""https?://[^/ ;,"'$?#]+"""
SOURCE_RANGES: Final = "service.beta.kubernetes.io/load-balancer-source-ranges"


def external_names(law: Law) -> AdmissionPolicy:
    """Return the policy for services that are another host's name."""
    return AdmissionPolicy(
        name="external-names",
        rule="JUR-021",
        resources=SERVICES,
        variables={"hosts": lower("[dyn(object).spec.?externalName.orValue('')].filter(h, h != '')")},
        checks=(
            Check(
                f"variables.hosts.all(h, {own_host('h', law)})",
                "an external name must be a host of an own zone or of the cluster",
                "variables.hosts.join(', ')",
            ),
        ),
    )


def external_addresses(law: Law) -> AdmissionPolicy:
    """Return the policy for addresses at which a service is reached, and networks from which it may be."""
    own = " or ".join(str(network) for network in law.networks) or "an own network"
    annotation = f"dyn(object).metadata.?annotations[?{text(SOURCE_RANGES)}].orValue('')"
    return AdmissionPolicy(
        name="external-addresses",
        rule="JUR-021",
        resources=SERVICES,
        variables={
            "addresses": "dyn(object).spec.?externalIPs.orValue([])"
            " + [dyn(object).spec.?loadBalancerIP.orValue('')].filter(a, a != '')",
            "ranges": "(dyn(object).spec.?loadBalancerSourceRanges.orValue([])"
            f" + {annotation}.split(',')).map(r, r.trim()).filter(r, r != '')",
        },
        checks=(
            Check(
                f"variables.addresses.all(a, {own_address('a', law)})",
                f"external addresses must lie in {own}",
                "variables.addresses.join(', ')",
            ),
            Check(
                f"variables.ranges.all(r, {own_network('r', law)})",
                f"source ranges must lie in {own}",
                "variables.ranges.join(', ')",
            ),
        ),
    )


def load_balancers() -> AdmissionPolicy:
    """Return the policy against load balancers of a cloud in front of a site of our own, by annotation or class."""
    annotation = f"dyn(object).metadata.?annotations[?{text(INGRESS_CLASS)}].orValue('')"
    named = ("spec.?loadBalancerClass", "spec.?ingressClassName", "?spec.?controller")
    classes = " + ".join([*(f"[dyn(object).{name}.orValue('')]" for name in named), f"[{annotation}]"])
    return AdmissionPolicy(
        name="load-balancers",
        rule="JUR-021",
        resources=(*PUBLISHED, Resources("networking.k8s.io", ("ingressclasses",))),
        variables={
            "clouds": f"dyn(object).metadata.?annotations.orValue({{}}).map(k, k).filter(k, "
            f"{texts(CLOUD_ANNOTATIONS)}.exists(p, k.startsWith(p)))",
            "classes": f"({classes}).filter(c, {texts(CLOUD_CLASSES)}.exists(p, c.startsWith(p)))",
        },
        checks=(
            Check(
                "size(variables.clouds) == 0",
                "this site has no load balancers of a cloud; remove the annotations",
                "variables.clouds.join(', ')",
            ),
            Check(
                "size(variables.classes) == 0",
                "this site has no load balancers of a cloud; choose a class of the site",
                "variables.classes.join(', ')",
            ),
        ),
    )


def published_names(law: Law) -> AdmissionPolicy:
    """Return the policy for names under which services and ingresses are published, and where those point.

    A URL in any annotation counts: controllers send logins, copies and visitors there.
    """
    annotations = "dyn(object).metadata.?annotations.orValue({})"
    urls = (
        f"{annotations}.map(k, k).filter(k, !k.startsWith('kubectl.kubernetes.io/'))"
        f".map(k, dyn(object).metadata.annotations[k].findAll({text(URL)})).flatten().map(u, u.split('://')[1])"
        ".map(u, u.split('@')[size(u.split('@')) - 1]).map(u, u.split(':')[0])"
    )
    names = texts(f"{EXTERNAL_DNS}{name}" for name in ("hostname", "internal-hostname", "target"))
    published = (
        f"{annotations}.map(k, k).filter(k, k in {names})"
        ".map(k, dyn(object).metadata.annotations[k].split(',').map(h, h.trim())).flatten().filter(h, h != '')"
    )
    rules = "(object.kind == 'Ingress' ? dyn(object).spec.?rules.orValue([]) : []).map(r, r.?host.orValue(''))"
    tls = "(object.kind == 'Ingress' ? dyn(object).spec.?tls.orValue([]) : []).map(t, t.?hosts.orValue([])).flatten()"
    return AdmissionPolicy(
        name="published-names",
        rule="JUR-021",
        resources=PUBLISHED,
        variables={"hosts": lower(f"({published} + {urls} + {rules}.filter(h, h != '') + {tls})")},
        checks=(
            Check(
                f"variables.hosts.all(h, {own_host('h', law)})",
                "published names must be names of an own zone and point to own hosts",
                "variables.hosts.join(', ')",
            ),
        ),
    )
