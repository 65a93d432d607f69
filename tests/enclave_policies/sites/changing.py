"""Resources that our own components register, with texts of their inputs replaced, and copies of them beside."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclave_policies.reading.finding import Finding
    from enclave_policies.resources.resource import Resource


def assert_refused(found: Sequence[Finding], raw: dict[str, Any]) -> None:
    """Assert that what was found of a case names its rules, and says what it tells."""
    messages = [each.message for each in found]
    assert {each.rule for each in found} >= set(raw["rules"]), messages
    assert any(raw["told"] in each for each in messages), messages


def changed(made: tuple[Resource, ...], raw: dict[str, Any]) -> list[Resource]:
    """Return resources as a case has them: ``set`` is type and name → text → text, ``copy`` another one made of one."""
    left, found = dict(raw.get("set", {})), []
    for one in made:
        texts = left.pop(f"{one.type.rpartition(':')[2]} {one.name}", {})
        said = json.dumps(dict(one.props))
        for before, after in texts.items():
            assert before in said, (before, said)
            said = said.replace(before, after)
        found.append(replace(one, props=json.loads(said)) if texts else one)
    assert not left, left
    if copied := raw.get("copy"):
        (one,) = (each for each in found if f"{each.type.rpartition(':')[2]} {each.name}" == copied["of"])
        urn = one.urn.replace(one.type, copied["type"]) + "-beside"
        by = next((each.as_provider for each in made if each.name == copied.get("provider")), one.provider)
        props = {**one.props, **copied["props"]}
        found.append(replace(one, urn=urn, type=copied["type"], name=f"{one.name}-beside", props=props, provider=by))
    return found
