"""One walk over an object: whatever in it names an image, a node, a place, a volume, an address or a text to read.

Kinds differ in where a pod stands in them; what its inputs are called does not differ. So the walk goes by names, and
reads custom resources, which embed pods and parts of pods, as well as Kubernetes' own kinds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.identifiers.shown import shown_key
from enclave_policies.kubernetes.expansion import expanded
from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.commands.containers import run_by
from enclave_policies.texts.programs.variables import commands, takes_all, takes_some, variables

if TYPE_CHECKING:
    from enclave_policies.kubernetes.objects import KubernetesObject

SKIPPED: Final = frozenset(
    {"labels", "managedFields", "status", "openAPIV3Schema", "apiVersion", "kind", "ownerReferences", "finalizers"}
    | {"description", "summary", "title", "message", "displayName", "comment"}
)
"""Inputs that place nothing and reach nothing, or that are words for people."""
POLICY_ENGINES: Final = frozenset(
    {
        "kyverno.io",
        "policies.kyverno.io",
        "constraints.gatekeeper.sh",
        "templates.gatekeeper.sh",
        "policies.kubewarden.io",
    }
)
PATTERNS: Final = frozenset(
    {"validate", "match", "exclude", "preconditions", "validations", "parameters", "matchConstraints"}
    | {"imageReferences", "skipImageReferences", "matchImageReferences", "predicateType", "conditions", "intoto"}
)
"""Inputs of policy engines that only describe objects, to let them in or not."""
WITHOUT_PLACES: Final = frozenset(
    {"ConfigMap", "Secret", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ServiceAccount"}
    | {"ResourceQuota", "LimitRange", "PodDisruptionBudget", "HorizontalPodAutoscaler", "PriorityClass", "Lease"}
    | {"CustomResourceDefinition", "Event", "FlowSchema", "PriorityLevelConfiguration", "Namespace", "NetworkPolicy"}
)
"""Built-in kinds whose bodies the walk need not read, only their annotations."""
VOLUME_SOURCES: Final = frozenset(
    {"awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "csi", "flexVolume", "gcePersistentDisk", "gitRepo"}
    | {"glusterfs", "iscsi", "nfs", "quobyte", "rbd", "scaleIO", "cinder", "photonPersistentDisk", "portworxVolume"}
    | {"storageos", "flocker", "vsphereVolume"}
)
NODE_NAMES: Final = frozenset({"nodeName", "selectedNode", "potentialNodes", "forNodes"})
ZONES: Final = frozenset({"zone", "forZones"})
PROBES: Final = frozenset({"httpGet", "tcpSocket"})
COMMANDS: Final = frozenset({"args", "command"})
PLACE_LABELS: Final = frozenset({"region", "zone", "zone-id", "hostname", "country", "jurisdiction"})
DEEPEST: Final = 200


class Found(NamedTuple):
    """One value and where it stands; ``name`` is the input's own name, the label's or the variable's.

    ``block``: the settings that belong together with it, by path with list indices.
    """

    path: str
    name: str
    value: Any
    block: tuple[str, ...] = ()


class Choice(NamedTuple):
    """Nodes chosen by a label: ``operator`` as in node affinity, ``values`` what the label may (or may not) be."""

    path: str
    label: str
    values: list[Any]
    operator: str = "In"


@dataclass(slots=True)
class Survey:
    """What was found in one object.

    ``texts``: values that programs read (environment, arguments, custom inputs); ``blocks``: the mappings that hold
    such values, whose missing settings tell, too; lists of variables and of arguments are mappings there. ``taking``:
    by path, the lists that take variables from ConfigMaps and Secrets; ``commands``: what each container runs, as a
    tuple of words.
    """

    images: list[Found] = field(default_factory=list)
    nodes: list[Found] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    volumes: list[Found] = field(default_factory=list)
    aliases: list[Found] = field(default_factory=list)
    dns: list[Found] = field(default_factory=list)
    probed: list[Found] = field(default_factory=list)
    annotations: list[Found] = field(default_factory=list)
    signers: list[Found] = field(default_factory=list)
    texts: list[Found] = field(default_factory=list)
    blocks: list[Found] = field(default_factory=list)
    taking: list[tuple[str, ...]] = field(default_factory=list)
    commands: list[Found] = field(default_factory=list)


def survey(found: KubernetesObject) -> Survey:
    """Return what stands in one object. Raises RecursionError for objects nested deeper than DEEPEST."""
    result = Survey()
    skipped = SKIPPED | PATTERNS if found.group in POLICY_ENGINES else SKIPPED
    walk = _Walk(result, skipped, custom=found.custom)
    if found.kind in WITHOUT_PLACES and not found.custom:
        walk.go({"metadata": found.body.get("metadata")}, found.path, 0)
    else:
        walk.go(found.body, found.path, 0)
    return result


class _Walk:
    def __init__(self, result: Survey, skipped: frozenset[str], *, custom: bool) -> None:
        self.result = result
        self.skipped = skipped
        self.custom = custom
        self.block: tuple[str, ...] = ()

    def go(  # noqa: C901, PLR0912 (the hot loop: one call less for each value)
        self, value: Any, path: str, depth: int
    ) -> None:
        """Read a mapping or a list; ``path`` ends in a dot where it is not empty."""
        if depth > DEEPEST:
            raise RecursionError
        if isinstance(value, dict):
            if "key" in value:
                self._expression(value, path)
            if "env" in value:
                value = expanded(value)
            if self.custom and isinstance(value.get("repository"), str) and isinstance(value.get("image"), str):
                value = {**value, "image": f"{value['repository']}/{value['image']}"}
            self._run(value, path)
            for name, item in value.items():
                if name in self.skipped or (self.custom and _is_words(name)):
                    continue
                if item is not None:
                    self._input(name, item, path, depth)
                elif self.custom:
                    self.result.blocks.append(Found(f"{path}{name}", name, {}, (*self.block, name)))
        else:
            outer = self.block
            for index, item in enumerate(value):
                self.block = (*outer, str(index))
                if self.custom and isinstance(item, dict):
                    whole = path.rstrip(".")
                    self.result.blocks.append(Found(whole, whole.rpartition(".")[2], item, self.block))
                if isinstance(item, dict | list):
                    self.go(item, path, depth + 1)
                elif self.custom:
                    parent = path.rstrip(".").rpartition(".")[2]
                    self.result.texts.append(Found(path.rstrip("."), parent, item, outer[:-1]))
            self.block = outer

    def _run(self, container: dict[str, Any], path: str) -> None:
        """Note what a container runs, and its flags; the last reading of its words holds all others."""
        runs = list(run_by(container))
        self.result.commands += [Found(path.rstrip("."), "command", words, self.block) for words in runs]
        name = "args" if "args" in container else "command"
        for told in commands(list(runs[-1])) if runs else ():
            self.result.blocks.append(Found(f"{path}{name}", name, told, (*self.block, name)))

    def _input(self, name: str, item: Any, path: str, depth: int) -> None:
        if name in INPUTS:
            if INPUTS[name](self, name, item, path):
                return
        elif "/" in name and is_place_label(name):
            self.result.choices.append(Choice(f"{path}{name}", name, [item]))
            return
        elif self.custom and variables(item):
            self._environment(name, item, path)
            return
        elif self.custom and _names_an_image(name):
            self._image(name, item, path)
        if isinstance(item, dict | list):
            if takes_all(name, item):
                self.result.taking.append((*self.block, name))
            outer, self.block = self.block, (*self.block, name)
            if self.custom and isinstance(item, dict):
                self.result.blocks.append(Found(f"{path}{shown_key(name)}", name, item, self.block))
            self.go(item, f"{path}{shown_key(name)}.", depth + 1)
            self.block = outer
        elif self.custom:
            self.result.texts.append(Found(f"{path}{shown_key(name)}", name, item, self.block))

    def _expression(self, holder: dict[str, Any], path: str) -> None:
        """Read ``{key: …, operator: …, values: […]}``: affinity, topology of storage, tolerations."""
        label, operator = holder["key"], holder.get("operator", "In")
        if isinstance(label, str):
            values = [holder["value"]] if "value" in holder else entries(holder.get("values"))
            if (
                is_place_label(label)
                or label == "metadata.name"
                or path.endswith(("matchExpressions.", "tolerations."))
            ):
                self.result.choices.append(Choice(path.rstrip("."), label, values, str(operator)))

    def _image(self, name: str, item: Any, path: str) -> bool:
        if isinstance(item, dict):
            reference = item.get("reference")
            repository = item.get("repository")
            if name.endswith(("images", "Images")):
                texts = [one for one in item.values() if isinstance(one, str) and "/" in one]
                self.result.images += [Found(f"{path}{name}", name, one) for one in texts]
            elif reference is not None:
                self.result.images.append(Found(f"{path}{name}.reference", name, reference))
            elif repository is not None:
                registry = item.get("registry")
                whole = f"{registry}/{repository}" if isinstance(registry, str) and registry else repository
                self.result.images.append(Found(f"{path}{name}.repository", name, whole))
        elif isinstance(item, list):
            self.result.images += [Found(f"{path}{name}", name, one) for one in item if isinstance(one, str)]
        elif not path.endswith("rbd."):  # there it names a disk
            self.result.images.append(Found(f"{path}{name}", name, item))
        return False

    def _names(self, name: str, item: Any, path: str) -> bool:
        for entry in item if isinstance(item, list) else [item]:
            node = entry.get("name") if isinstance(entry, dict) else entry
            self.result.nodes.append(Found(f"{path}{name}", name, node))
        return True

    def _zones(self, name: str, item: Any, path: str) -> bool:
        if self.custom:  # there it may be a DNS zone
            return False
        zones = [entry.get("name") if isinstance(entry, dict) else entry for entry in entries(item)]
        if not isinstance(item, list):
            zones = [item]
        self.result.choices.append(Choice(f"{path}{name}", name, zones))
        return True

    def _selector(self, name: str, item: Any, path: str) -> bool:
        labels = mapping(item)
        if labels is UNKNOWN:
            self.result.choices.append(Choice(f"{path}{name}", name, [item]))
            return True
        if "matchLabels" in labels:
            labels = mapping(labels["matchLabels"])
        for label, value in labels.items() if labels is not UNKNOWN else ():
            if not isinstance(value, dict | list):
                self.result.choices.append(Choice(f"{path}{name}", str(label), [value]))
        return not any(isinstance(value, dict | list) for value in item.values())

    def _volume(self, name: str, item: Any, path: str) -> bool:
        self.result.volumes.append(Found(f"{path}{name}", name, item))
        return False

    def _aliases(self, name: str, item: Any, path: str) -> bool:
        self.result.aliases.append(Found(f"{path}{name}", name, item))
        return True

    def _dns(self, name: str, item: Any, path: str) -> bool:
        self.result.dns.append(Found(f"{path}{name}", name, item))
        return True

    def _probe(self, name: str, item: Any, path: str) -> bool:
        if isinstance(item, dict) and item.get("host") is not None:
            self.result.probed.append(Found(f"{path}{name}.host", name, item["host"]))
        return True

    def _annotations(self, name: str, item: Any, path: str) -> bool:
        if isinstance(item, dict):
            self.result.annotations += [Found(f"{path}{name}", key, value) for key, value in item.items()]
        return True

    def _environment(self, name: str, item: Any, path: str) -> bool:
        if not isinstance(item, list):
            return False
        for entry in item:
            if isinstance(entry, dict) and entry.get("value") is not None:
                self.result.texts.append(Found(f"{path}{name}", str(entry.get("name", "")), entry["value"], self.block))
        self.result.blocks.append(Found(f"{path}{name}", name, variables(item), (*self.block, name)))
        if takes_some(item):
            self.result.taking.append((*self.block, name))
        return True

    def _signer(self, name: str, item: Any, path: str) -> bool:
        self.result.signers.append(Found(f"{path}{name}", name, item))
        return True

    def _command(self, name: str, item: Any, path: str) -> bool:
        flag = ""
        for word in item if isinstance(item, list) else [item]:
            text = word if isinstance(word, str) else ""
            self.result.texts.append(Found(f"{path}{name}", flag, word, self.block))
            flag = text.lstrip("-") if text.startswith("-") and "=" not in text else ""
        return True


INPUTS: Final = {
    "image": _Walk._image,  # noqa: SLF001 (all within this file)
    "nodeSelector": _Walk._selector,  # noqa: SLF001
    "hostAliases": _Walk._aliases,  # noqa: SLF001
    "dnsConfig": _Walk._dns,  # noqa: SLF001
    "annotations": _Walk._annotations,  # noqa: SLF001
    "env": _Walk._environment,  # noqa: SLF001
    "signerName": _Walk._signer,  # noqa: SLF001
    **dict.fromkeys(NODE_NAMES, _Walk._names),  # noqa: SLF001
    **dict.fromkeys(ZONES, _Walk._zones),  # noqa: SLF001
    **dict.fromkeys(VOLUME_SOURCES, _Walk._volume),  # noqa: SLF001
    **dict.fromkeys(PROBES, _Walk._probe),  # noqa: SLF001
    **dict.fromkeys(COMMANDS, _Walk._command),  # noqa: SLF001
}
"""Input's name → how it is read; each answers whether nothing below is left to read."""


@lru_cache(maxsize=4096)
def is_place_label(label: str) -> bool:
    """Return whether a node label tells a place: ``topology.kubernetes.io/region`` and its like of other makers."""
    return "/" in label and label.rpartition("/")[2].lower() in PLACE_LABELS


@lru_cache(maxsize=4096)
def _is_words(name: str) -> bool:
    """Whether an input of a custom resource holds labels to be put onto something: words, wherever they end up."""
    return name == "tags" or (name.endswith(("Labels", "Annotations")) and name not in ("matchLabels", "nodeLabels"))


@lru_cache(maxsize=4096)
def _names_an_image(name: str) -> bool:
    return name.endswith(
        ("Image", "imageName", "imageRef", "ImageName", "ImageRef", "imageUri", "package", "images", "Images")
    )
