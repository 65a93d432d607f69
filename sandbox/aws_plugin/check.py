"""Check: what a program wrote becomes what will be built, or a list of what is wrong with it. Never calls AWS."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.aws_plugin import tags, values
from sandbox.aws_plugin.contract import contract
from sandbox.aws_plugin.naming import automatic_name
from sandbox.aws_plugin.provider_config import STAND_IN, ProviderConfig
from sandbox.aws_plugin.resource_type import AutoName, ResourceType
from sandbox.aws_plugin.values import Failure

# Where the bridge of the official plugin notes which inputs the program did not give itself.
DEFAULTS = "__defaults"


@dataclass(frozen=True)
class Naming:
    """What the engine says about automatic names: its seed, and the name that it proposes or enforces, if any."""

    resource: str
    seed: bytes = b""
    proposed: str = ""
    disabled: bool = False


def check(
    resource: ResourceType, given: Mapping[str, Any], before: Mapping[str, Any], naming: Naming, config: ProviderConfig
) -> tuple[dict[str, Any], list[Failure]]:
    """The checked inputs and the failures. `before` are the inputs of the last run: an automatic name stays."""
    failures: list[Failure] = []
    wanted = {key: value for key, value in given.items() if not key.startswith("__")}
    declared = contract().inputs(resource.token)
    inputs = values.checked_fields(wanted, declared, "", failures)
    failures += _not_implemented(resource, inputs)
    defaulted = []
    for key, spec in resource.inputs.items():
        if inputs.get(key) is None and spec.default is not None:
            inputs[key] = spec.default
            defaulted.append(key)
    name = resource.auto_name
    if name and inputs.get(name.key) is None:
        inputs.pop(name.key, None)
        if made := _automatic(name, inputs, before, naming, failures):
            inputs[name.key] = made
            defaulted.append(name.key)
    if "region" in declared and not inputs.get("region"):
        inputs["region"] = config.region
        defaulted.append("region")
    if resource.tagging:
        inputs["tagsAll"] = tags.merged(inputs.get("tags"), config)
    return {**inputs, DEFAULTS: sorted(defaulted)}, failures


def _not_implemented(resource: ResourceType, inputs: Mapping[str, Any]) -> list[Failure]:
    known = {*resource.inputs, "region", *(("tags",) if resource.tagging else ())}
    return [
        Failure(
            key,
            f"{STAND_IN}, whose entry for {resource.token} does not implement {key}; "
            "add it to the entry in sandbox/aws_plugin/tables, or use the official AWS plugin",
        )
        for key in sorted(set(inputs) - known)
    ]


def _automatic(
    name: AutoName, inputs: Mapping[str, Any], before: Mapping[str, Any], naming: Naming, failures: list[Failure]
) -> str | None:
    if name.key in before.get(DEFAULTS, ()) and before.get(name.key):
        return str(before[name.key])
    prefix = inputs.get(name.prefix_key)
    if isinstance(prefix, str):
        return prefix + automatic_name("", naming.seed, name.longest - len(prefix)).lstrip("-")
    if naming.disabled:
        failures.append(Failure(name.key, "is required: automatic names are disabled in this stack's configuration"))
        return None
    if naming.proposed:
        return name.template.format(naming.proposed)
    room = name.longest - len(name.template.format(""))
    return name.template.format(automatic_name(name.adapted(naming.resource), naming.seed, room))
