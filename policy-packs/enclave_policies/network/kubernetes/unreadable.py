"""Kinds of objects that change what reaches what, and that this model does not read: its answer is then no proof."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from enclave_policies.kubernetes.controllers import OPAQUE, OTHER_CLUSTERS, matches
from enclave_policies.kubernetes.objects import HELM, RELEASE
from enclave_policies.network.kubernetes.denials import only_denies
from enclave_policies.network.kubernetes.pods import joins_networks
from enclave_policies.network.kubernetes.proxies.kinds import is_read

if TYPE_CHECKING:
    from enclave_policies.kubernetes.objects import KubernetesObject

POLICIES: Final = (
    (r"cilium\.io", ".*"),
    (r"(?:crd\.)?projectcalico\.org", ".*"),
    (r"policy\.networking\.k8s\.io", ".*"),
    (r"(?:crd\.|security\.|controlplane\.)?antrea\.(?:io|tanzu\.vmware\.com)", ".*"),
    (r"k8s\.ovn\.org|kubeovn\.io|nsx\.vmware\.com|crd\.nsx\.vmware\.com", ".*"),
)
"""Group and kinds of network plugins: they allow and deny beside, before and after NetworkPolicies."""
ROUTES: Final = (
    (r"networking\.k8s\.io|extensions", "Ingress"),
    (r"gateway\.networking\.(?:x-)?k8s\.io", ".*"),
    (r"(?:networking|security)\.istio\.io|.*\.linkerd\.io|traefik\.(?:io|containo\.us)|projectcontour\.io", ".*"),
    (r"multicluster\.x-k8s\.io", ".*"),
    (r"route\.openshift\.io", "Route"),
    (r"serving\.knative\.dev", "Service|Route"),
    (r"gateway\.envoyproxy\.io", "Backend|Envoy(?:Patch|Extension)Policy|SecurityPolicy|HTTPRouteFilter"),
    (r"k8s\.nginx\.org", "VirtualServer|VirtualServerRoute|TransportServer|Policy"),
    (r"gateway\.nginx\.org", "Snippets(?:Filter|Policy)|NginxProxy"),
    (r"configuration\.konghq\.com", "(?:TCP|UDP)Ingress|Kong(?:Cluster)?Plugin|KongIngress"),
    (r"(?:gateway|gloo)\.solo\.io|(?:gateway\.)?kgateway\.dev", ".*"),
    (r"apisix\.apache\.org|getambassador\.io|(?:.*\.)?haproxy\.(?:org|com)", ".*"),
)
"""Group and kinds by which a proxy in the cluster passes on what reaches it; some are read all the same (proxies)."""
NETWORKS: Final = ((r"k8s\.cni\.cncf\.io|whereabouts\.cni\.cncf\.io|sriovnetwork\.openshift\.io", ".*"),)
"""Group and kinds that make networks beside the cluster's."""
ENDPOINTS: Final = ((r"core", "Endpoints"), (r"discovery\.k8s\.io", "EndpointSlice"))
"""Group and kinds that lead a Service wherever their author wants."""
TELLING: Final = re.compile(r".*(?:NetworkPolicy|Firewall|EgressGateway|EgressIP).*")
"""Names by which a custom kind says that it is one of these, whoever makes it."""
REASONS: Final = (
    (POLICIES, "is a policy of a network plugin, which may allow and deny beside NetworkPolicies"),
    (ROUTES, "makes a proxy pass on what reaches it"),
    (NETWORKS, "makes a network that NetworkPolicies do not bind"),
    (ENDPOINTS, "leads a Service to addresses of its author's choice"),
    (OPAQUE, "makes objects that no judge sees beforehand"),
    (OTHER_CLUSTERS, "opens ways to other clusters"),
)


def why_unreadable(found: KubernetesObject) -> str | None:
    """Return what an object changes that this model does not know, None for one that it reads or that has no say."""
    if found.kind == RELEASE and found.group == HELM:
        return "is a chart, whose objects no judge sees beforehand"
    if is_read(found) or only_denies(found):
        return None
    reason = _reason(found.group, found.kind)
    if reason is None and found.custom and TELLING.fullmatch(found.kind):
        return "is named like a policy of the network"
    if reason is None and joins_networks(found):
        return "has pods that join further networks by an annotation"
    return reason


@lru_cache(maxsize=1 << 10)
def _reason(group: str, kind: str) -> str | None:
    return next((why for table, why in REASONS if matches(table, group, kind)), None)
