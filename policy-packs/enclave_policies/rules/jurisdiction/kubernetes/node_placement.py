"""JUR-019: whatever chooses a node chooses one of the site's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.objects import mapping
from enclave_policies.kubernetes.podspec import pod_spec
from enclave_policies.kubernetes.survey import Choice, is_place_label
from enclave_policies.kubernetes.surveyed import surveyed
from enclave_policies.reading.rule import Rule
from enclave_policies.reading.site import site_nodes
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.spellings import is_clouds_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.kubernetes.survey import Survey
    from enclave_policies.law.facts import Nodes
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

OWN_LABELS_PLACE = frozenset({"Node", "PersistentVolume", "PersistentVolumeClaim", "CSINode"})
"""Kinds whose own labels say where they are; other objects' labels are only words."""
SCHEDULED = "nodeSelectorTerms.matchExpressions", "preference.matchExpressions"
NODE_ANNOTATIONS = re.compile(r"(?:.*\.)?(?:volume\.(?:beta\.)?kubernetes\.io/selected-node|scheduler\..*/node-name)")
SELECTOR_ANNOTATION = re.compile(r".*/node-?selector")
ELSEWHERE = frozenset({"multicluster.admiralty.io/elect", "clusterset.multicluster.x-k8s.io/name"})
LEAVES_OUT = frozenset({"NotIn", "DoesNotExist", "Exists", "Gt", "Lt"})
PLACES = frozenset({"zone", "forZones", "nodeSelector", "metadata.name", "region", "country", "jurisdiction"})
"""What tells a place beside the labels that do."""
JOB_CONTROLLER = "kubernetes.io/job-controller"


def check(reading: Reading) -> Iterator[Finding]:
    """Judge node names, selectors, affinity, tolerations and topology against what the site's nodes are called."""
    for found, survey in surveyed(reading.resource):
        if found.kind == "StorageClass" and not found.custom:
            continue  # JUR-020
        if pod_spec(found) is UNKNOWN:
            yield rule.finding(reading, "would run pods whose place is not known yet", verdict="undetermined")
        manager = found.spec.get("managedBy") if found.kind == "Job" and found.spec is not UNKNOWN else None
        if manager not in (None, JOB_CONTROLLER):
            problem = (
                f"is left to the manager {shown(str(manager))}, which may run it on another cluster (spec.managedBy)"
            )
            yield rule.finding(reading, problem, verdict="undetermined")
        names = [*_node_names(found, survey)]
        choices = [*survey.choices, *_own_labels(found), *_annotated(survey)]
        if not names and not choices:
            continue
        nodes = site_nodes(reading)
        for path, name in names:
            yield from _name(reading, nodes, path, name)
        for choice in choices:
            yield from _choice(reading, nodes, choice)


def _node_names(found: KubernetesObject, survey: Survey) -> Iterator[tuple[str, Any]]:
    yield from ((node.path, node.value) for node in survey.nodes)
    yield from (
        (f"annotation {note.name}", note.value) for note in survey.annotations if NODE_ANNOTATIONS.fullmatch(note.name)
    )
    if found.custom:
        return
    if found.kind == "Binding":
        target = mapping(found.body.get("target"))
        if target is UNKNOWN or target.get("kind", "Node") == "Node":
            yield f"{found.path}target.name", UNKNOWN if target is UNKNOWN else target.get("name")
    if found.kind == "Node":
        yield f"{found.path}metadata.name", found.metadata("name")


def _name(reading: Reading, nodes: Nodes, path: str, name: Any) -> Iterator[Finding]:
    if not isinstance(name, str):
        if name is not None:
            problem = f"would be on a node that is not known yet ({path})"
            yield rule.finding(reading, problem, verdict="undetermined")
    elif name and not nodes.has_name(name):
        yield rule.finding(reading, f"would be on {shown(name)}, which is no node of the site ({path})", where=name)


def _own_labels(found: KubernetesObject) -> Iterator[Choice]:
    if found.kind not in OWN_LABELS_PLACE or found.custom:
        return
    labels = mapping(found.metadata("labels"))
    for label, value in labels.items() if labels is not UNKNOWN else ():
        if is_place_label(label):
            yield Choice(f"{found.path}metadata.labels", label, [value])
    provider_id = found.spec.get("providerID") if found.spec is not UNKNOWN else None
    if found.kind == "Node" and provider_id:
        yield Choice(f"{found.path}spec.providerID", "providerID", [provider_id])


def _annotated(survey: Survey) -> Iterator[Choice]:
    """Yield what annotations select: a namespace's node selector, ``label=value,label=value``."""
    for note in survey.annotations:
        if SELECTOR_ANNOTATION.fullmatch(note.name):
            for pair in str(note.value).split(","):
                label, _, value = pair.partition("=")
                yield Choice(f"annotation {note.name}", label.strip(), [value.strip()])
        elif note.name in ELSEWHERE:
            yield Choice("annotation", note.name, [note.value])


def _choice(reading: Reading, nodes: Nodes, choice: Choice) -> Iterator[Finding]:
    label = choice.label
    virtual = reading.law.controllers.runs("node-label", label) is not None
    if virtual or "virtual-kubelet" in choice.values or label in ELSEWHERE:
        problem = f"would run on a virtual node, behind which another cluster or a cloud stands ({choice.path})"
        yield rule.finding(reading, problem, where=label)
        return
    if choice.operator == "NotIn" and _shuns(nodes, choice):
        yield rule.finding(reading, f"would be on any node but the site's ({choice.path}: {label})")
    if choice.operator in LEAVES_OUT:
        return
    for value in choice.values:
        if not isinstance(value, str):
            if _is_place(choice) and value is UNKNOWN:
                problem = f"would be placed by a label that is not known yet ({choice.path}: {label})"
                yield rule.finding(reading, problem, verdict="undetermined")
        elif value and _foreign(reading, nodes, choice, value):
            problem = f"would be on nodes with {label} {shown(value)}, which no node of the site has ({choice.path})"
            yield rule.finding(reading, problem, where=value, country=_country(reading, value))


def _shuns(nodes: Nodes, choice: Choice) -> bool:
    """Whether nodes are left out that are all of the site's."""
    word = choice.label.rpartition("/")[2].lower()
    if not is_place_label(choice.label):
        return False
    own = nodes.regions if word == "region" else nodes.zones if word == "zone" else ()
    return bool(own) and all(name in choice.values for name in own)


def _is_place(choice: Choice) -> bool:
    return is_place_label(choice.label) or choice.label in PLACES


def _foreign(reading: Reading, nodes: Nodes, choice: Choice, value: str) -> bool:
    """Whether no node of the site has the label with this value, as far as the label tells a place."""
    label = choice.label
    word = label.rpartition("/")[2].lower()
    if label == "providerID":
        return not nodes.has_name(value.rpartition("/")[2]) or _names_abroad(reading, value)
    if (
        is_place_label(label)
        or word in ("zone", "forzones", "region", "country", "jurisdiction")
        or label == "metadata.name"
    ):
        if word in ("country", "jurisdiction"):
            return value.upper() not in {country for country in (reading.location.country,) if country}
        if word == "region":
            return not nodes.has_region(value)
        if word in ("zone", "zone-id", "forzones"):
            return not nodes.has_zone(value)
        return not nodes.has_name(value)
    named = "nodeSelector" in choice.path or any(part in choice.path for part in SCHEDULED)
    clouds = word.endswith(("location", "datacenter")) and is_clouds_region(value) and not nodes.has_region(value)
    return named and (clouds or _names_abroad(reading, value))


def _names_abroad(reading: Reading, value: str) -> bool:
    """Whether a text is, or holds between its slashes, an AWS region or zone of a country that is not approved."""
    law = reading.law
    places = [law.regions.get(part) or law.zones.get(part) for part in value.split("/")]
    return any(place is not None and not law.approves(place.country) for place in places)


def _country(reading: Reading, value: str) -> str | None:
    place = reading.law.regions.get(value) or reading.law.zones.get(value)
    return place.country if place else None


rule = Rule(
    id="JUR-019",
    name="node-placement",
    title="Whatever chooses a node chooses one of the site's.",
    severity="high",
    remedy="choose by the labels and names of the site's own nodes (law/clusters.yaml: nodes)",
    check=check,
    package="kubernetes",
)
