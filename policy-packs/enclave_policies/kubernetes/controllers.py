"""Custom resources whose controllers make things that the engine never shows, in this cluster or in a cloud."""

from __future__ import annotations

import re
from typing import Final

OPAQUE: Final = (
    ("argoproj.io", "Application|ApplicationSet"),
    (r"(?:kustomize|helm)\.toolkit\.fluxcd\.io", "Kustomization|HelmRelease"),
    (r"infra\.contrib\.fluxcd\.io|app\.terraform\.io|tf\.upbound\.io|(?:auto\.)?pulumi\.com", ".*"),
    (r"helm\.cattle\.io|k3s\.cattle\.io|fleet\.cattle\.io", "HelmChart|HelmChartConfig|Addon|GitRepo|Bundle"),
    (r"(?:helm|kubernetes)\.(?:m\.)?crossplane\.io", "Release|Object|ObservedObjectCollection"),
    (r"apiextensions\.crossplane\.io", "Composition|Function"),
    (r"operators\.coreos\.com", "Subscription|ClusterServiceVersion|InstallPlan|OperatorGroup"),
    (r"addons\.cluster\.x-k8s\.io", ".*"),
    (
        r"core\.oam\.dev|kro\.run|app\.k8s\.io|kpt\.dev|packages\.eks\.amazonaws\.com|addon\.open-cluster-management\.io",
        ".*",
    ),
)
"""Group and kinds that apply manifests, charts or programs which nobody sees beforehand."""
OTHER_CLUSTERS: Final = (
    (r"(?:.*\.)?karmada\.io|(?:.*\.)?kubefed\.io|multicluster\.x-k8s\.io|(?:.*\.)?open-cluster-management\.io", ".*"),
    (r"submariner\.io|skupper\.io|multicluster\.linkerd\.io|(?:.*\.)?liqo\.io|multicluster\.admiralty\.io", ".*"),
    (r"(?:.*\.)?cluster\.x-k8s\.io", ".*Cluster|.*Machine.*|.*ControlPlane.*|ClusterClass|.*Pool"),
    (r"tailscale\.com|(?:.*\.)?ngrok\.com|networking\.cfargotunnel\.com|cloudflare-operator\.io", ".*"),
)
"""Group and kinds that share objects with, or open ways to, other clusters and relays."""
OTHER_CLOUDS: Final = re.compile(
    r"(?:.*\.)?(?:gcp|azure|azuread|oci|alibaba|digitalocean|hetzner|linode|scaleway|ovh|upcloud|exoscale|yandex|ibm"
    r"|tencentcloud|civo|vultr|equinix|cloudflare|mongodbatlas|databricks|confluent|snowflake|datadog|grafana)"
    r"\.(?:m\.)?(?:upbound|crossplane)\.io|(?:.*\.)?cnrm\.cloud\.google\.com|(?:.*\.)?gke\.io|(?:.*\.)?azure\.com"
    r"|(?:.*\.)?cloud\.google\.com|(?:.*\.)?ibm\.com|atlas\.mongodb\.com|(?:.*\.)?datadoghq\.com|(?:.*\.)?newrelic\.com"
)
AWS: Final = re.compile(
    r"(?:.*\.)?aws\.(?:m\.)?(?:upbound|crossplane)\.io|(?:.*\.)?services\.k8s\.aws|karpenter\.k8s\.aws|(?:.*\.)?k8s\.aws"
)
AWS_GLOBAL: Final = re.compile(r"(?:iam|organizations|route53|aws)\..*")
HOSTED: Final = frozenset(
    {
        "gcpsm",
        "azurekv",
        "doppler",
        "akeyless",
        "infisical",
        "oracle",
        "ibm",
        "yandexlockbox",
        "yandexcertificatemanager",
    }
    | {"alibaba", "keepersecurity", "onboardbase", "pulumi", "scaleway", "delinea", "secretserver", "github", "gitlab"}
    | {"bitwardensecretsmanager", "senhasegura", "cloudrusm", "previder", "volcengine", "ngrok", "onepasswordSDK"}
    | {"cloudDNS", "cloudflare", "azureDNS", "digitalocean", "akamai"}
    | {"azure_monitor", "datadog", "newrelic", "splunkHec", "logz", "sumologic", "stackdriver", "loggly", "honeycomb"}
)
"""Inputs of secret stores, issuers and log outputs that mean a hosted service, whose address the kind leaves out."""


HOSTED_VALUES: Final = frozenset({"azure", "gcp", "gcs", "google", "oci", "alibabacloud", "akeyless", "velero.io/gcp"})
SAYS_HOSTED: Final = frozenset({"provider", "type", "backend", "storageProvider"})
"""Inputs that say by their value that a hosted service is meant."""


def matches(table: tuple[tuple[str, str], ...], group: str, kind: str) -> bool:
    """Return whether a custom kind is one of a table's."""
    return any(re.fullmatch(groups, group) and re.fullmatch(kinds, kind) for groups, kinds in table)
