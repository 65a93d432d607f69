"""Container images come from approved registries (JUR-018): every kind of container, and volumes that are images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.guardrails.admission.cel import any_of
from enclave_policies.guardrails.admission.policy import AdmissionPolicy, Check, text
from enclave_policies.guardrails.admission.workloads import CONDITIONS, POD, WORKLOADS

if TYPE_CHECKING:
    from enclave_policies.law import Law


def images(law: Law) -> AdmissionPolicy:
    """Return the policy; a registry counts with the slash behind it, as a longer host begins like it.

    Host names know no capitals, and 443 is the port of a registry that names none.
    """
    containers = " + ".join(
        f"variables.pod.?{kind}.orValue([])" for kind in ("containers", "initContainers", "ephemeralContainers")
    )
    known = any_of(f"i.lowerAscii().startsWith({text(f'{registry}/')})" for registry in _registries(law))
    return AdmissionPolicy(
        name="images",
        rule="JUR-018",
        resources=WORKLOADS,
        conditions=CONDITIONS,
        variables={
            "pod": POD,
            "images": f"({containers}).map(c, c.?image.orValue(''))"
            " + variables.pod.?volumes.orValue([]).filter(v, has(v.image)).map(v, v.image.?reference.orValue(''))",
            "foreign": f"variables.images.filter(i, !{known})",
        },
        checks=(
            Check(
                "size(variables.foreign) == 0",
                f"every image must come from {' or '.join(sorted(law.registries)) or 'an approved registry'}",
                "variables.foreign.join(', ')",
            ),
        ),
    )


def _registries(law: Law) -> list[str]:
    with_port = {f"{registry}:443" for registry in law.registries if ":" not in registry and "/" not in registry}
    return sorted({*law.registries, *with_port})
