"""The mix as a Terraform plan, as `terraform show -json` writes it: what Checkov and OPA judge.

Of the configuration, which says everything once more, only the providers are written: more would slow the peers down.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from benchmarks.mixed import Made

_providers = {True: "registry.terraform.io/hashicorp/aws", False: "registry.terraform.io/hashicorp/kubernetes"}
# Mappings whose keys are the user's; other mappings are blocks, which a plan writes as lists of one.
_maps = frozenset({"tags", "labels", "annotations", "variables", "data", "stringData", "matchLabels", "dimensions"})
_maps |= {"requests", "limits", "options", "parameters"}
# What the type itself says in Terraform.
_told_by_type = frozenset({"apiVersion", "kind"})
# What Terraform's providers call otherwise than Pulumi's; a `provisioner`, because the name is Terraform's own.
_otherwise = {
    "allowedTopologies": "allowed_topologies",
    "blockDeviceMappings": "block_device_mappings",
    "egress": "egress",
    "globalSecondaryIndexes": "global_secondary_index",
    "ingress": "ingress",
    "matchLabelExpressions": "match_label_expressions",
    "provisioner": "storage_provisioner",
    "routes": "route",
    "tagSpecifications": "tag_specifications",
    "vpcZoneIdentifiers": "vpc_zone_identifier",
}
_otherwise_of = {
    "aws_lambda_function": {"name": "function_name"},
    "aws_lambda_permission": {"function": "function_name"},
    "aws_sns_topic_subscription": {"topic": "topic_arn"},
}
_word = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def as_plan(resources: Iterable[Made]) -> dict[str, Any]:
    """Return a plan (format 1.2) that creates these resources: planned values and changes."""
    planned, changes = [], []
    for made in resources:
        kind = made.entry.terraform
        own = {"address": address(made), "mode": "managed", "type": kind, "name": made.name}
        provider = _providers[made.entry.is_aws]
        values = _values(made)
        planned.append({**own, "provider_name": provider, "schema_version": 0, "values": values})
        change = {"actions": ["create"], "before": None, "after": values, "after_unknown": {"id": True}}
        changes.append({**own, "provider_name": provider, "change": change})
    return {
        "format_version": "1.2",
        "terraform_version": "1.13.5",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": changes,
        "configuration": {
            "provider_config": {
                name.rpartition("/")[2]: {"name": name.rpartition("/")[2], "full_name": name}
                for name in _providers.values()
            },
            "root_module": {},
        },
    }


def address(made: Made) -> str:
    """Return the resource's address in the plan."""
    return f"{made.entry.terraform}.{made.name}"


def _values(made: Made) -> dict[str, Any]:
    """Return a resource's inputs as its type in Terraform has them."""
    if made.entry.is_aws:
        others = _otherwise_of.get(made.entry.terraform, {})
        return _block({others.get(key, key): value for key, value in made.inputs.items()})
    return _block({key: value for key, value in made.inputs.items() if key not in _told_by_type})


def _block(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return inputs with Terraform's names: words joined by underscores, repeated blocks in the singular."""
    found = {}
    for key, value in inputs.items():
        name = _otherwise.get(key) or _word.sub("_", key).lower()
        if isinstance(value, dict):
            found[name] = value if _is_map(key, value) else [_block(value)]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            found[name if key in _otherwise else name.removesuffix("s")] = [_block(item) for item in value]
        else:
            found[name] = value
    return found


def _is_map(key: str, value: Mapping[str, Any]) -> bool:
    """Whether a mapping's keys are the user's; a Service selects by labels at once, a Deployment by a block."""
    return key in _maps or (key == "selector" and "matchLabels" not in value)
