"""The explicit Kubernetes provider of a site, bound to the declared cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pulumi_kubernetes as k8s

if TYPE_CHECKING:
    from components.clouds import ClusterAccess


def kubernetes_provider(site: str, cluster: ClusterAccess, opts: pulumi.ResourceOptions) -> k8s.Provider:
    """Return the provider of a site; the cluster's CA is its identity, so a new address replaces nothing.

    A kubeconfig without a credential stays in the clear: it is what proves where the site's objects are.
    """
    return k8s.Provider(
        f"{site}-kubernetes",
        kubeconfig=pulumi.Output.secret(cluster.kubeconfig) if cluster.is_secret else cluster.kubeconfig,
        context=cluster.context,
        cluster_identifier=cluster.ca_sha256,
        opts=opts,
    )
