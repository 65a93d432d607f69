"""By which labels the pods of well-known controllers are told, by the class that they serve.

Source: the charts and manifests that each project publishes, which all set these labels.
"""

from __future__ import annotations

from typing import Final

NAME: Final = "app.kubernetes.io/name"
CONTROLLERS: Final = (
    (
        "nginx",
        ((NAME, "ingress-nginx"), (NAME, "nginx-ingress"), (NAME, "nginx-gateway-fabric"), (NAME, "nginx-gateway")),
    ),
    ("haproxy", ((NAME, "haproxy-ingress"), (NAME, "kubernetes-ingress"))),
    ("traefik", ((NAME, "traefik"),)),
    ("contour", ((NAME, "contour"), ("app", "envoy"))),
    ("kong", ((NAME, "kong"), (NAME, "ingress"))),
    ("envoy", ((NAME, "envoy"), (NAME, "gateway-helm"))),
    ("istio", (("istio", "ingressgateway"), ("app", "istio-ingressgateway"))),
    ("cilium", (("k8s-app", "cilium-envoy"),)),
    ("apisix", ((NAME, "apisix"),)),
)
"""What a class's name holds, and the labels, one of which its pods have."""


def labels_of(name: str) -> list[tuple[str, str]]:
    """Return the labels by which the proxies of a class may be told, none for a class that is not well known."""
    lower = name.lower()
    return [label for word, labels in CONTROLLERS if word in lower for label in labels]
