"""Nobody abroad sees or changes objects on their way in (JUR-022).

An API server asks no admission policy about admission policies (it could lock itself up), so a MutatingAdmissionPolicy
is the pack's to refuse; in Kubernetes 1.35 its API is off unless it is switched on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.guardrails.admission.cel import lower, own_host
from enclave_policies.guardrails.admission.policy import AdmissionPolicy, Check, Resources

if TYPE_CHECKING:
    from enclave_policies.law import Law

HOOKS = "(object.kind == 'CustomResourceDefinition' ? [] : dyn(object).?webhooks.orValue([]))"
CONVERSION = "(object.kind == 'CustomResourceDefinition' ? [dyn(object).spec.?conversion.?webhook.orValue({})] : [])"


def webhooks(law: Law) -> AdmissionPolicy:
    """Return the policy for admission and conversion webhooks that are reached by URL."""
    return AdmissionPolicy(
        name="webhooks",
        rule="JUR-022",
        resources=(
            Resources(
                "admissionregistration.k8s.io", ("mutatingwebhookconfigurations", "validatingwebhookconfigurations")
            ),
            Resources("apiextensions.k8s.io", ("customresourcedefinitions",)),
        ),
        variables={
            "urls": f"({HOOKS} + {CONVERSION}).map(w, w.?clientConfig.?url.orValue('')).filter(u, u != '')",
            "hosts": lower("variables.urls.map(u, isURL(u) && !u.contains('@') ? url(u).getHostname() : u)"),
        },
        checks=(
            Check(
                f"variables.hosts.all(h, {own_host('h', law, public=True)})",
                "a webhook must be a service of the cluster or an own host",
                "variables.hosts.join(', ')",
            ),
        ),
    )
