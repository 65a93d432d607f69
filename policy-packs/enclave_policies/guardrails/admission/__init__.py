"""The law as ValidatingAdmissionPolicies: what a site's own API server refuses, whoever asks.

One file for each question. The law's lists (registries, zones, networks, nodes) are written into the expressions, so
that no policy waits for a parameter that somebody may remove. An API server answers about one object as it will be
stored: what needs the whole stack (a namespace's egress policy) or was agreed upon (exceptions) stays with the pack.
"""

from enclave_policies.guardrails.admission.all import admission_policies
from enclave_policies.guardrails.admission.policy import AdmissionPolicy

__all__ = ["AdmissionPolicy", "admission_policies"]
