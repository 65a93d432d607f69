"""Where the pod stands in each kind of workload, and which requests are asked about."""

from __future__ import annotations

from typing import Final

from enclave_policies.guardrails.admission.policy import Resources

WORKLOADS: Final = (
    Resources("", ("pods", "pods/ephemeralcontainers", "podtemplates", "replicationcontrollers")),
    Resources("apps", ("daemonsets", "deployments", "replicasets", "statefulsets")),
    Resources("batch", ("cronjobs", "jobs")),
)
POD: Final = (
    "object.kind == 'Pod' ? dyn(object).spec"
    " : object.kind == 'PodTemplate' ? dyn(object).?template.?spec.orValue({})"
    " : object.kind == 'CronJob' ? dyn(object).spec.jobTemplate.spec.template.?spec.orValue({})"
    " : dyn(object).spec.?template.?spec.orValue({})"
)
"""The pod's specification."""
CONTROLLERS: Final = ("cronjob", "daemon-set", "deployment", "job", "replicaset", "replication", "statefulset")
SYSTEM: Final = "kube-system"
OWN: Final = (
    f"!(request.namespace == '{SYSTEM}' && ('system:nodes' in request.userInfo.groups"
    " || request.userInfo.username == 'system:kube-controller-manager'"
    " || request.userInfo.username in ["
    + ", ".join(f"'system:serviceaccount:{SYSTEM}:{name}-controller'" for name in CONTROLLERS)
    + "]))"
)
"""What the control plane makes in its own namespace of workloads that were asked about, and mirrors of static pods."""
CHANGED: Final = (
    "request.operation != 'UPDATE' || dyn(object).?spec.orValue({}) != dyn(oldObject).?spec.orValue({})"
    " || dyn(object).?template.orValue({}) != dyn(oldObject).?template.orValue({})"
)
"""A finalizer or a label may be changed on what was there before the policy."""
CONDITIONS: Final = {"not-the-control-planes-own": OWN, "changes-the-specification": CHANGED}
