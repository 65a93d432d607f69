"""Data rests on servers and nodes of the site (JUR-020): volumes, claims, storage classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.guardrails.admission.cel import any_of, lower, matches, own_host, texts
from enclave_policies.guardrails.admission.nodes import chosen, place
from enclave_policies.guardrails.admission.policy import AdmissionPolicy, Check, Resources, text
from enclave_policies.guardrails.admission.workloads import CONDITIONS, POD, WORKLOADS

if TYPE_CHECKING:
    from enclave_policies.law import Law
    from enclave_policies.law.facts import Nodes

CLOUDS: Final = ("awsElasticBlockStore", "azureDisk", "azureFile", "cinder", "gcePersistentDisk", "portworxVolume")
"""Disks that a cloud keeps; a site of our own has none."""
CLOUD_DRIVERS: Final = ("csi.aws.com", "csi.azure.com", "csi.cloud.google.com", "csi.storage.gke.io", "ibm.io")
"""How the names of a cloud's storage drivers end."""
LISTS: Final = (("iscsi", "portals"), ("cephfs", "monitors"), ("rbd", "monitors"))
SINGLE: Final = (
    ("nfs", "server"),
    ("iscsi", "targetPortal"),
    ("quobyte", "registry"),
    ("scaleIO", "gateway"),
)
ATTRIBUTES: Final = ("server", "source", "endpoint", "url", "host", "monitors")
"""Attributes and parameters of drivers that name a server; a URL under any other name counts, too."""
HOST: Final = (
    ".map(h, h.contains('//') ? h.split('//')[1] : h).map(h, h.split('/')[0])"
    ".map(h, h.split('@')[size(h.split('@')) - 1])"
    ".map(h, h.matches('^[^:]+:[0-9]+$') ? h.split(':')[0] : h)"
    ".map(h, h.matches('^\\\\[.*\\\\](:[0-9]+)?$') ? h.substring(1, h.indexOf(']')) : h)"
)
"""From an address with scheme, user, port or path to its host."""
SELECTED_NODE: Final = "volume.kubernetes.io/selected-node"
NO_CLOUD: Final = "this site has no disks of a cloud; use the site's storage"


def pod_volumes(law: Law) -> AdmissionPolicy:
    """Return the policy for volumes that a pod names itself."""
    return AdmissionPolicy(
        name="pod-volumes",
        rule="JUR-020",
        resources=WORKLOADS,
        conditions=CONDITIONS,
        variables={
            "pod": POD,
            "sources": "variables.pod.?volumes.orValue([])",
            "hosts": _hosts("volumeAttributes"),
            "cloned": lower(f"variables.sources.map(s, s.?gitRepo.?repository.orValue('')).filter(h, h != ''){HOST}"),
        },
        checks=(
            *_checks(law),
            Check(
                f"variables.cloned.all(h, {own_host('h', law)})",
                "a repository must be on an own host",
                "variables.cloned.join(', ')",
                rule="JUR-015",
            ),
        ),
    )


def persistent_volumes(law: Law, nodes: Nodes) -> AdmissionPolicy:
    """Return the policy for persistent volumes: their servers, the nodes that reach them, the labels of their zone."""
    return AdmissionPolicy(
        name="persistent-volumes",
        rule="JUR-020",
        resources=(Resources("", ("persistentvolumes",)),),
        variables={
            "sources": "[dyn(object).spec]",
            "hosts": _hosts("volumeAttributes"),
            "terms": "dyn(object).spec.?nodeAffinity.?required.?nodeSelectorTerms.orValue([])",
            "labels": "dyn(object).metadata.?labels.orValue({})",
        },
        checks=(
            *_checks(law),
            Check(chosen("variables.terms", nodes), "a volume must be reached by nodes of this site"),
            Check(
                f"variables.labels.all(k, {place('k', 'variables.labels[k]', nodes)})",
                "a volume's labels must name zones of this site",
            ),
        ),
    )


def claims(nodes: Nodes) -> AdmissionPolicy:
    """Return the policy for the node that a claim or an attachment names."""
    annotation = f"dyn(object).metadata.?annotations[?{text(SELECTED_NODE)}].orValue('')"
    return AdmissionPolicy(
        name="volume-nodes",
        rule="JUR-020",
        resources=(Resources("", ("persistentvolumeclaims",)), Resources("storage.k8s.io", ("volumeattachments",))),
        variables={"nodes": f"([{annotation}] + [dyn(object).?spec.?nodeName.orValue('')]).filter(n, n != '')"},
        checks=(
            Check(
                f"variables.nodes.all(n, {matches('n', nodes.names)})",
                "a volume may be used by nodes of this site only",
                "variables.nodes.join(', ')",
            ),
        ),
    )


def storage_classes(law: Law, nodes: Nodes) -> AdmissionPolicy:
    """Return the policy for storage classes: their topologies name places, and only places of the site."""
    expressions = "t.?matchLabelExpressions.orValue([])"
    said = "e.key.endsWith('/region') || e.key.endsWith('/zone') || e.key.endsWith('/hostname')"
    return AdmissionPolicy(
        name="storage-classes",
        rule="JUR-020",
        resources=(Resources("storage.k8s.io", ("storageclasses",)),),
        variables={"terms": "dyn(object).?allowedTopologies.orValue([])", **_parameters()},
        checks=(
            Check(
                f"size(variables.terms) > 0 && variables.terms.all(t, {expressions}.exists(e, {said}))",
                "a storage class needs allowedTopologies that name regions, zones or hosts of this site",
            ),
            Check(
                f"variables.terms.all(t, {expressions}.all(e, e.values.all(v, {place('e.key', 'v', nodes)})))",
                "a storage class may name places of this site only",
            ),
            Check(f"!{_cloud_driver('variables.driver')}", NO_CLOUD),
            _own_hosts(law),
        ),
    )


def attributes_classes(law: Law) -> AdmissionPolicy:
    """Return the policy for classes of volume attributes."""
    return AdmissionPolicy(
        name="volume-attributes-classes",
        rule="JUR-020",
        resources=(Resources("storage.k8s.io", ("volumeattributesclasses",)),),
        variables=_parameters(),
        checks=(Check(f"!{_cloud_driver('variables.driver')}", NO_CLOUD), _own_hosts(law)),
    )


def _parameters() -> dict[str, str]:
    driver = "dyn(object).?provisioner.orValue(dyn(object).?driverName.orValue(''))"
    return {"driver": driver, "hosts": _named_hosts("[dyn(object).?parameters.orValue({})]")}


def _hosts(attributes: str) -> str:
    """Return the servers of ``variables.sources`` (volumes of a pod, or a volume's specification)."""
    lists = [f"variables.sources.map(s, s.?{kind}.?{key}.orValue([])).flatten()" for kind, key in LISTS]
    single = [f"variables.sources.map(s, s.?{kind}.?{key}.orValue(''))" for kind, key in SINGLE]
    told = [
        _values(f"variables.sources.map(s, s.?{kind}.orValue({{}}))")
        for kind in (f"csi.?{attributes}", "flexVolume.?options")
    ]
    return lower(f"({' + '.join([*lists, *single, *told])}).filter(h, h != ''){HOST}")


def _named_hosts(maps: str) -> str:
    """Return the servers that maps of a driver's parameters name."""
    return lower(f"{_values(maps)}.filter(h, h != ''){HOST}")


def _values(maps: str) -> str:
    named = f"m.map(k, k).filter(k, k in {texts(ATTRIBUTES)} || m[k].contains('://')).map(k, m[k])"
    return f"{maps}.map(m, {named}).flatten().map(v, v.split(',')).flatten()"


def _checks(law: Law) -> tuple[Check, ...]:
    cloud = " || ".join(f"has(s.{kind})" for kind in CLOUDS)
    driver = _cloud_driver("s.?csi.?driver.orValue('')")
    return (_own_hosts(law), Check(f"!variables.sources.exists(s, {cloud} || {driver})", NO_CLOUD))


def _own_hosts(law: Law) -> Check:
    return Check(
        f"variables.hosts.all(h, {own_host('h', law)})",
        "storage must be on own hosts",
        "variables.hosts.join(', ')",
    )


def _cloud_driver(name: str) -> str:
    return any_of(f"{name}.endsWith({text(ending)})" for ending in CLOUD_DRIVERS)
