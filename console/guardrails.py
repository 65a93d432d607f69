"""The law compiled for one stack: its documents are handed to components, which do not read laws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from enclave_policies.guardrails.admission import admission_policies
from enclave_policies.guardrails.service_control import service_control_policies, uncovered
from enclave_policies.places.clusters import bind
from enclave_policies.resources.unknown import UNKNOWN

from components.guardrails import Guardrails

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclave_policies.law import Law

    from components.clouds import Clouds, ClusterAccess
    from components.guardrails import Document


def compile_guardrails(clouds: Clouds, law: Law) -> Guardrails:
    """Return what the organization and each cluster of a stack shall refuse. Raises GuardrailError.

    A stack whose organization lies in a partition without an approved region gets no policies for it: it is refused.
    """
    admission = {site: _admission(cluster, law) for site, cluster in clouds.clusters.items()}
    organization = clouds.organization
    region = law.regions.get(organization.region) if organization else None
    if region is None or region.partition not in law.partitions:
        return Guardrails({}, admission)
    if missing := uncovered(law):
        pulumi.log.warn(
            f"the service control policies do not cover {', '.join(missing)}, which only the packs judge; "
            "name their actions in law/guardrails/aws-actions.yaml"
        )
    policies = service_control_policies(law, region.partition)
    return Guardrails({policy.name: policy.content for policy in policies}, admission)


def _admission(access: ClusterAccess, law: Law) -> Sequence[tuple[Document, Document]]:
    binding = bind({"kubeconfig": access.kubeconfig, "context": access.context}, law)
    cluster = None if binding is UNKNOWN else binding.cluster
    return [(policy.policy, policy.binding) for policy in admission_policies(law, cluster)]
