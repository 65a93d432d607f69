"""Certificates are signed by the cluster or by signers of own zones (JUR-022)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.guardrails.admission.cel import any_of, lower, own_host
from enclave_policies.guardrails.admission.policy import AdmissionPolicy, Check, Resources, text

if TYPE_CHECKING:
    from enclave_policies.law import Law

BUILT_IN: Final = "kubernetes.io"
IN_THE_CLUSTER: Final = (".k8s.io", ".cert-manager.io")
"""How the names of signers end that run in a cluster."""
REQUESTS: Final = ("certificatesigningrequests", "clustertrustbundles", "podcertificaterequests")


def signers(law: Law) -> AdmissionPolicy:
    """Return the policy for requests of certificates and for trust bundles."""
    return AdmissionPolicy(
        name="signers",
        rule="JUR-022",
        resources=(Resources("certificates.k8s.io", REQUESTS),),
        variables={"signers": _domains("[dyn(object).spec.?signerName.orValue('')]")},
        checks=(_own_signers(law),),
    )


def _domains(names: str) -> str:
    return lower(f"{names}.filter(s, s != '').map(s, s.split('/')[0])")


def _own_signers(law: Law) -> Check:
    in_the_cluster = any_of([f"s == '{BUILT_IN}'", *(f"s.endsWith({text(ending)})" for ending in IN_THE_CLUSTER)])
    return Check(
        f"variables.signers.all(s, {in_the_cluster} || {own_host('s', law)})",
        "certificates must be signed by the cluster or by a signer of an own zone",
        "variables.signers.join(', ')",
    )
