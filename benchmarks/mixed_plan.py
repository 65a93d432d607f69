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
_maps |= {"requests", "limits", "selector", "options"}
# Blocks that have no plural in Terraform's names either.
_singular = frozenset({"ingress", "egress"})
_word = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def as_plan(resources: Iterable[Made]) -> dict[str, Any]:
    """Return a plan (format 1.2) that creates these resources: planned values and changes."""
    planned, changes = [], []
    for made in resources:
        kind = made.entry.terraform
        own = {"address": address(made), "mode": "managed", "type": kind, "name": made.name}
        provider = _providers[made.entry.is_aws]
        values = _block(made.inputs)
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


def _block(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return inputs with Terraform's names: words joined by underscores, repeated blocks in the singular."""
    found = {}
    for key, value in inputs.items():
        name = _word.sub("_", key).lower()
        if isinstance(value, dict):
            found[name] = value if key in _maps else [_block(value)]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            found[name if key in _singular else name.removesuffix("s")] = [_block(item) for item in value]
        else:
            found[name] = value
    return found
