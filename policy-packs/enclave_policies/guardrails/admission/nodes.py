"""Pods are placed on the site's own nodes, and only machines of the site become nodes (JUR-019)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.guardrails.admission.cel import matches, texts
from enclave_policies.guardrails.admission.policy import AdmissionPolicy, Check, Resources
from enclave_policies.guardrails.admission.workloads import CONDITIONS, POD, WORKLOADS

if TYPE_CHECKING:
    from enclave_policies.law.facts import Nodes

TERMS: Final = (
    "variables.pod.?affinity.?nodeAffinity.?requiredDuringSchedulingIgnoredDuringExecution"
    ".?nodeSelectorTerms.orValue([])"
    " + variables.pod.?affinity.?nodeAffinity.?preferredDuringSchedulingIgnoredDuringExecution.orValue([])"
    ".map(p, p.preference)"
)
NAMESPACE_SELECTOR: Final = "scheduler.alpha.kubernetes.io/node-selector"
CLOUDS: Final = ("aws://", "azure://", "digitalocean://", "gce://", "hcloud://", "oci://", "openstack://")
"""How the provider ids of a cloud's machines begin."""


def node_placement(nodes: Nodes) -> AdmissionPolicy:
    """Return the policy for workloads; a pod's node name is asked about once, as the scheduler sets it later."""
    named = f"!has(variables.pod.nodeName) || {matches('variables.pod.nodeName', nodes.names)}"
    tolerated = place("t.?key.orValue('')", "t.value", nodes)
    return AdmissionPolicy(
        name="nodes",
        rule="JUR-019",
        resources=WORKLOADS,
        conditions=CONDITIONS,
        variables={"pod": POD, "selector": "variables.pod.?nodeSelector.orValue({})", "terms": TERMS},
        checks=(
            Check(
                f"variables.selector.all(k, {place('k', 'variables.selector[k]', nodes)})",
                "the node selector must choose nodes of this site",
            ),
            Check(chosen("variables.terms", nodes), "node affinity must choose nodes of this site"),
            Check(
                f"variables.pod.?tolerations.orValue([]).all(t, !has(t.value) || {tolerated})",
                "a toleration may name places of this site only",
            ),
            Check(
                f"(object.kind == 'Pod' && request.operation == 'UPDATE') || {named}",
                "the node must be one of this site",
            ),
        ),
    )


def namespace_placement(nodes: Nodes) -> AdmissionPolicy:
    """Return the policy for the selector that a namespace gives to all its pods (admission plugin PodNodeSelector)."""
    pairs = f"dyn(object).metadata.?annotations[?'{NAMESPACE_SELECTOR}'].orValue('').split(',').map(p, p.trim())"
    key, value = "p.split('=')[0]", "p.split('=')[1]"
    return AdmissionPolicy(
        name="namespace-nodes",
        rule="JUR-019",
        resources=(Resources("", ("namespaces",)),),
        checks=(
            Check(
                f"{pairs}.all(p, p == '' || (p.contains('=') && {place(key, value, nodes)}))",
                f"the annotation {NAMESPACE_SELECTOR} must choose nodes of this site",
            ),
        ),
    )


def runtime_classes(nodes: Nodes) -> AdmissionPolicy:
    """Return the policy for the selector that a runtime class gives to its pods."""
    selector = "dyn(object).?scheduling.?nodeSelector.orValue({})"
    return AdmissionPolicy(
        name="runtime-classes",
        rule="JUR-019",
        resources=(Resources("node.k8s.io", ("runtimeclasses",)),),
        variables={"selector": selector},
        checks=(
            Check(
                f"variables.selector.all(k, {place('k', 'variables.selector[k]', nodes)})",
                "the node selector must choose nodes of this site",
            ),
        ),
    )


def joining_nodes(nodes: Nodes) -> AdmissionPolicy:
    """Return the policy for machines that join the cluster; what a node says of its place is no proof, only a sign."""
    changed = "dyn(object).metadata.?labels.orValue({}) != dyn(oldObject).metadata.?labels.orValue({})"
    return AdmissionPolicy(
        name="joining-nodes",
        rule="JUR-019",
        resources=(Resources("", ("nodes",)),),
        conditions={"joins-or-changes-its-place": f"request.operation != 'UPDATE' || {changed}"},
        variables={"labels": "dyn(object).metadata.?labels.orValue({})"},
        checks=(
            Check(matches("dyn(object).metadata.name", nodes.names), "the law knows no node of this name at the site"),
            Check(
                f"variables.labels.all(k, {place('k', 'variables.labels[k]', nodes)})",
                "a node's labels must name places of this site",
            ),
            Check(
                f"!{texts(CLOUDS)}.exists(c, dyn(object).?spec.?providerID.orValue('').startsWith(c))",
                "a machine of a cloud is no node of this site",
            ),
        ),
    )


def place(label: str, value: str, nodes: Nodes) -> str:
    """Return a test whether a label, by whoever defined it, and its value may belong to a node of the site."""
    kinds = {
        f"{label}.endsWith('/region')": nodes.regions,
        f"({label}.endsWith('/zone') || {label}.endsWith('/zone-id'))": nodes.zones,
        f"({label}.endsWith('/hostname') || {label} == 'metadata.name')": nodes.names,
    }
    return "(" + " && ".join(f"(!{kind} || {matches(value, patterns)})" for kind, patterns in kinds.items()) + ")"


def chosen(terms: str, nodes: Nodes) -> str:
    """Return a test whether node selector terms choose places of the site; shunning its region chooses another."""
    here = f"e.?values.orValue([]).all(v, {place('e.key', 'v', nodes)})"
    shunned = f"e.key.endsWith('/region') && e.?values.orValue([]).exists(v, {matches('v', nodes.regions)})"
    expressions = "(t.?matchExpressions.orValue([]) + t.?matchFields.orValue([]))"
    test = f"e.operator == 'In' ? {here} : !(e.operator == 'NotIn' && {shunned})"
    return f"({terms}).all(t, {expressions}.all(e, {test}))"
