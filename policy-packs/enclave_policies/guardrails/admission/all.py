"""All admission policies of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.guardrails.admission.endpoints import endpoints
from enclave_policies.guardrails.admission.images import images
from enclave_policies.guardrails.admission.namespaces import namespaces
from enclave_policies.guardrails.admission.network_policies import network_policies
from enclave_policies.guardrails.admission.nodes import (
    joining_nodes,
    namespace_placement,
    node_placement,
    runtime_classes,
)
from enclave_policies.guardrails.admission.pod_hosts import pod_hosts
from enclave_policies.guardrails.admission.services import (
    external_addresses,
    external_names,
    load_balancers,
    published_names,
)
from enclave_policies.guardrails.admission.signers import signers
from enclave_policies.guardrails.admission.volumes import (
    attributes_classes,
    claims,
    persistent_volumes,
    pod_volumes,
    storage_classes,
)
from enclave_policies.guardrails.admission.webhooks import webhooks
from enclave_policies.law.facts import Nodes

if TYPE_CHECKING:
    from enclave_policies.guardrails.admission.policy import AdmissionPolicy
    from enclave_policies.law import Law
    from enclave_policies.law.facts import Cluster


def admission_policies(law: Law, cluster: Cluster | None) -> tuple[AdmissionPolicy, ...]:
    """Return the policies for one cluster, always in the same order.

    Where the law names no nodes of the cluster, nothing may be placed by node; but machines may join and the scheduler
    may bind volumes, or the cluster would stand still. ``cluster`` None: one that the law does not know.
    """
    nodes = cluster.nodes if cluster is not None else Nodes()
    by_name = (joining_nodes(nodes), claims(nodes)) if nodes.names else ()
    return (
        images(law),
        node_placement(nodes),
        namespace_placement(nodes),
        runtime_classes(nodes),
        external_names(law),
        external_addresses(law),
        load_balancers(),
        published_names(law),
        endpoints(law, nodes),
        pod_hosts(law),
        webhooks(law),
        signers(law),
        namespaces(),
        network_policies(law),
        pod_volumes(law),
        persistent_volumes(law, nodes),
        storage_classes(law, nodes),
        attributes_classes(law),
        *by_name,
    )
