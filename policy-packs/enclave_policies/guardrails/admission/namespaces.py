"""A namespace belongs to a segment (JUR-023)."""

from __future__ import annotations

from typing import Final

from enclave_policies.guardrails.admission.cel import texts
from enclave_policies.guardrails.admission.policy import AdmissionPolicy, Check, Resources

LABEL: Final = "enclave/segment"
SYSTEM: Final = ("default", "kube-node-lease", "kube-public", "kube-system")
"""The namespaces that every cluster has: its API server makes them by itself."""


def namespaces() -> AdmissionPolicy:
    """Return the policy; a namespace that was there before it may change everything but its segment."""
    label = f"metadata.?labels[?'{LABEL}'].orValue('')"
    return AdmissionPolicy(
        name="namespaces",
        rule="JUR-023",
        resources=(Resources("", ("namespaces",)),),
        conditions={
            "not-the-clusters-own": f"!(dyn(object).metadata.name in {texts(SYSTEM)})",
            "changes-the-segment": f"request.operation != 'UPDATE' || dyn(object).{label} != dyn(oldObject).{label}",
        },
        checks=(
            Check(
                f"!(dyn(object).{label} in ['', 'none'])",
                f"a namespace needs the label {LABEL}, which names its segment",
            ),
        ),
    )
