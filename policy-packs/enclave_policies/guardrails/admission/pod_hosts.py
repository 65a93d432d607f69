"""What pods are told to call and to ask lies in the enclave (JUR-021): hosts files, resolvers, probes, hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.guardrails.admission.cel import lower, own_address, own_host
from enclave_policies.guardrails.admission.policy import AdmissionPolicy, Check
from enclave_policies.guardrails.admission.workloads import CONDITIONS, POD, WORKLOADS

if TYPE_CHECKING:
    from enclave_policies.law import Law

ACTIONS = (
    *(
        f"c.?{probe}.?{call}"
        for probe in ("livenessProbe", "readinessProbe", "startupProbe")
        for call in ("httpGet", "tcpSocket")
    ),
    *(f"c.?lifecycle.?{hook}.?{call}" for hook in ("postStart", "preStop") for call in ("httpGet", "tcpSocket")),
)


def pod_hosts(law: Law) -> AdmissionPolicy:
    """Return the policy; a probe without a host asks its own pod."""
    called = " + ".join(f"[{action}.?host.orValue('')]" for action in ACTIONS)
    return AdmissionPolicy(
        name="pod-hosts",
        rule="JUR-021",
        resources=WORKLOADS,
        conditions=CONDITIONS,
        variables={
            "pod": POD,
            "containers": "variables.pod.?containers.orValue([]) + variables.pod.?initContainers.orValue([])",
            "called": lower(f"variables.containers.map(c, {called}).flatten().filter(h, h != '')"),
            "asked": lower("variables.pod.?dnsConfig.?searches.orValue([]).filter(h, h != '.')"),
            "addresses": "variables.pod.?hostAliases.orValue([]).map(a, a.ip)"
            " + variables.pod.?dnsConfig.?nameservers.orValue([])",
        },
        checks=(
            Check(
                f"(variables.called + variables.asked).all(h, {own_host('h', law)})",
                "probes, hooks and search domains must be of own hosts",
                "(variables.called + variables.asked).join(', ')",
            ),
            Check(
                f"variables.addresses.all(a, {own_address('a', law)})",
                "resolvers and hosts files must name own addresses",
                "variables.addresses.join(', ')",
            ),
        ),
    )
