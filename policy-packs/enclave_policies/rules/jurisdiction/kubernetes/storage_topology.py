"""JUR-020: volumes lie on storage of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.left_out import left_out
from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.kubernetes.storage import (
    Trouble,
    troubles_of_driver,
    troubles_of_parameters,
    troubles_of_volume,
)
from enclave_policies.kubernetes.survey import is_place_label
from enclave_policies.kubernetes.surveyed import surveyed
from enclave_policies.reading.rule import Rule
from enclave_policies.reading.site import runs_on_aws, site_nodes
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.rules.jurisdiction.kubernetes.judgement import refuse
from enclave_policies.texts.judge import refusals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.kubernetes.survey import Survey
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading

DRIVERS = {
    "StorageClass": "provisioner",
    "VolumeAttributesClass": "driverName",
    "VolumeAttachment": "spec.attacher",
    "VolumeSnapshotClass": "driver",
    "VolumeGroupSnapshotClass": "driver",
    "VolumeSnapshotContent": "spec.driver",
}
"""Kind → its input that names a storage driver."""
PARAMETERS = frozenset({"StorageClass", "VolumeAttributesClass", "VolumeSnapshotClass", "SecretProviderClass"})
PROVISIONER_ANNOTATIONS = frozenset(
    {"volume.beta.kubernetes.io/storage-provisioner", "volume.kubernetes.io/storage-provisioner"}
)


def check(reading: Reading) -> Iterator[Finding]:
    """Judge volumes of pods and of the cluster, storage classes and their drivers."""
    for found, survey in surveyed(reading.resource):
        for path, name, source, _ in survey.volumes:
            aws, placed = runs_on_aws(reading), _placed(survey)
            yield from _told(reading, troubles_of_volume(path, name, source, reading.law, aws=aws, placed=placed))
        for path, driver in _drivers(found, survey):
            yield from _told(reading, troubles_of_driver(path, driver, reading.law, aws=runs_on_aws(reading)))
        if found.kind in PARAMETERS:
            given = found.body.get("parameters")
            yield from _told(reading, troubles_of_parameters(f"{found.path}parameters", given, reading.law))
        yield from _told(reading, _mount_options(found, reading))
        if found.kind == "PersistentVolume" and found.spec is UNKNOWN:
            yield rule.finding(reading, "would be a volume that is not known yet", verdict="undetermined")
        for absent in left_out(found, rule.id, reading.law, cloud=runs_on_aws(reading)):
            yield rule.finding(reading, absent.words, verdict=absent.verdict)
        if found.kind == "StorageClass" and not found.custom:
            yield from _topology(reading, found)


def _placed(survey: Survey) -> bool:
    """Whether a volume's own node affinity says where it is; whether that is the site, JUR-019 judges."""
    return any("nodeAffinity" in choice.path and is_place_label(choice.label) for choice in survey.choices)


def _drivers(found: KubernetesObject, survey: Survey) -> Iterator[tuple[str, Any]]:
    if found.kind in DRIVERS:
        path = DRIVERS[found.kind]
        yield f"{found.path}{path}", _at(found, path)
    for note in survey.annotations:
        if note.name in PROVISIONER_ANNOTATIONS:
            yield f"annotation {note.name}", note.value


def _mount_options(found: KubernetesObject, reading: Reading) -> Iterator[Trouble]:
    if found.kind in ("PersistentVolume", "StorageClass") and found.spec is not UNKNOWN:
        for holder, path in ((found.spec, "spec.mountOptions"), (found.body, "mountOptions")):
            for option in entries(holder.get("mountOptions")):
                if isinstance(option, str):
                    for refusal in refusals("options", option, reading.law):
                        yield Trouble(f"{found.path}{path}", refusal)


def _at(found: KubernetesObject, path: str) -> Any:
    value: Any = found.body
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else value
    return value


def _told(reading: Reading, troubles: Iterator[Trouble]) -> Iterator[Finding]:
    for path, refusal in troubles:
        yield from refuse(rule, reading, "would keep data on", path, refusal, movement="copy")


def _topology(reading: Reading, found: KubernetesObject) -> Iterator[Finding]:
    """Judge where a class makes volumes: one of its terms must hold, so each must keep to the site."""
    for term in entries(found.body.get("allowedTopologies")):
        given = mapping(term)
        expressions = entries(given.get("matchLabelExpressions")) if given is not UNKNOWN else []
        placing = [one for one in expressions if isinstance(one, dict) and is_place_label(str(one.get("key")))]
        if not placing:
            problem = "makes volumes at places that are not known (allowedTopologies names no region, zone or node)"
            yield rule.finding(reading, problem, verdict="undetermined")
        for expression in placing:
            yield from _expression(reading, str(expression["key"]), entries(expression.get("values")))


def _expression(reading: Reading, label: str, values: list[Any]) -> Iterator[Finding]:
    nodes = site_nodes(reading)
    word = label.rpartition("/")[2].lower()
    own = {"region": nodes.has_region, "zone": nodes.has_zone, "hostname": nodes.has_name}.get(word)
    for value in values or [UNKNOWN]:
        if not isinstance(value, str):
            problem = f"makes volumes at places that are not known yet (allowedTopologies: {label})"
            yield rule.finding(reading, problem, verdict="undetermined")
        elif own is not None and not own(value):
            problem = (
                f"makes volumes where {label} is {shown(value)}, which no node of the site has (allowedTopologies)"
            )
            yield rule.finding(reading, problem, where=value)


rule = Rule(
    id="JUR-020",
    name="storage-topology",
    title="Volumes lie on storage of the site.",
    severity="high",
    remedy="use the site's own storage, and give each StorageClass allowedTopologies of the site's nodes",
    check=check,
    package="kubernetes",
)
