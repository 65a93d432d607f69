"""What the packs are for, as an OSCAL component definition: each pack, and for each framework the controls it bears on.

It tells nothing of how a run went: the assessment results do.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evidence.controls.reading import controls_by_rule, frameworks
from evidence.renderers.oscal.parts import Names, line, metadata, props, prose, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.controls.reading import Framework
    from evidence.record.model import Record, RuleFacts


def render(record: Record) -> bytes:
    """Return the document about the packs of a run, whatever they answered."""
    mapped = controls_by_rule()
    about = [*([rule.id, rule.title] for rule in record.rules), *([rule, *mapped[rule]] for rule in mapped)]
    names = Names(json.dumps(about).encode())
    components = [
        _component(pack, [rule for rule in record.rules if rule.pack == pack], names)
        for pack in dict.fromkeys(rule.pack for rule in record.rules)
    ]
    told: dict[str, Any] = {
        "uuid": names.of("component-definition"),
        "metadata": metadata(record, "Controls that the rules of enclave bear on"),
    }
    if components:
        told["components"] = components
    told["back-matter"] = {
        "resources": [
            {
                "uuid": names.of("framework", one.id),
                "title": one.title,
                "description": prose(one.version),
                "rlinks": [{"href": one.source}],
            }
            for one in frameworks()
        ]
    }
    return written({"component-definition": told})


def _component(pack: str, rules: list[RuleFacts], names: Names) -> dict[str, Any]:
    found: dict[str, Any] = {
        "uuid": names.of("pack", pack),
        "type": "validation",
        "title": line(f"policy pack {pack}"),
        "description": prose(f"Rules that refuse what a stack must not be: {len(rules)} in this pack."),
    }
    if told := [each for framework in frameworks() for each in _implementation(pack, rules, framework, names)]:
        found["control-implementations"] = told
    return found


def _implementation(pack: str, rules: list[RuleFacts], framework: Framework, names: Names) -> Iterator[dict[str, Any]]:
    mapped = controls_by_rule()
    requirements = []
    for control, title in framework.controls.items():
        bearing = [rule for rule in rules if control in mapped.get(rule.id, ())]
        if bearing:
            words = " ".join(f"{rule.id}: {rule.title}" for rule in bearing)
            requirements.append(
                {
                    "uuid": names.of("requirement", pack, control),
                    "control-id": control,
                    "description": prose(f"{title}. Rules that bear on it, and are not the whole of it: {words}"),
                    "props": [each for rule in bearing for each in props(rule_id=rule.id)],
                }
            )
    if requirements:
        yield {
            "uuid": names.of("implementation", pack, framework.id),
            "source": f"#{names.of('framework', framework.id)}",
            "description": prose(f"{framework.title}, {framework.version}"),
            "implemented-requirements": requirements,
        }
