"""Admission policies of a Kubernetes site: what its API server refuses by itself, whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_kubernetes as k8s

from components.declaration.physical import admission_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.declaration.model import KubernetesSite
    from components.guardrails import Document
    from components.site import SitePlan


@dataclass(frozen=True)
class AdmissionGuardrailArgs:
    """What it is built from; ``policies``: pairs of ValidatingAdmissionPolicy and -Binding."""

    plan: SitePlan[KubernetesSite]
    policies: Sequence[tuple[Document, Document]]


class AdmissionGuardrail(pulumi.ComponentResource):
    """The site's admission policies, each with the binding that makes it refuse; ``bindings``: what to wait for.

    Who depends on this component alone waits for the policies: the SDK passes over what hangs under a resource.
    """

    def __init__(self, name: str, args: AdmissionGuardrailArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:kubernetes:AdmissionGuardrail", name, None, opts)
        self.bindings = [self._bound(args.plan, policy, binding) for policy, binding in args.policies]
        self.register_outputs({"policies": len(args.policies)})

    def _bound(self, plan: SitePlan[KubernetesSite], policy: Document, binding: Document) -> pulumi.Resource:
        """Create a policy and return its binding."""
        api = k8s.admissionregistration.v1
        named = policy["metadata"]["name"]
        called = admission_name(plan.declaration, named)
        # Whoever has changed a guardrail by hand does not own what was changed: an update puts it right.
        metadata = k8s.meta.v1.ObjectMetaArgs(
            name=called, labels=plan.labels(), annotations={"pulumi.com/patchForce": "true"}
        )
        bound: Any = {**binding["spec"], "policyName": called}
        created = api.ValidatingAdmissionPolicy(
            f"{plan.name}-{named}",
            metadata=metadata,
            spec=policy["spec"],
            opts=pulumi.ResourceOptions(parent=self),
        )
        return api.ValidatingAdmissionPolicyBinding(
            f"{plan.name}-{named}",
            metadata=metadata,
            spec=bound,
            opts=pulumi.ResourceOptions(parent=created),
        )
