"""Each rule of the packs bears on controls that exist, and each control that stands there is used or says why not."""

from __future__ import annotations

from enclave_policies.judging.packs import PACKS

from console.recording.of_gate import DECLARED, GUARD
from evidence.controls.reading import controls_by_rule, frameworks
from evidence.renderers.oscal.parts import token

RULES = [rule.id for pack in PACKS.values() for rule in pack.rules]


def wrong(rows: dict[str, tuple[str, ...]]) -> list[str]:
    """Return what is missing in the rows of a map, or too much."""
    known = {control for framework in frameworks() for control in framework.controls}
    unused = {control for framework in frameworks() for control in framework.no_rule}
    needed = {*RULES, DECLARED, GUARD}
    used = {control for controls in rows.values() for control in controls}
    return [
        *(f"{rule} has no row" for rule in sorted(needed - rows.keys())),
        *(f"{rule} is no rule" for rule in sorted(rows.keys() - needed)),
        *(f"{rule} bears on nothing" for rule, controls in rows.items() if not controls),
        *(f"{rule} names a control twice" for rule, controls in rows.items() if len(set(controls)) < len(controls)),
        *(f"{control} is in no framework" for control in sorted(used - known)),
        *(f"no rule bears on {control}, and nobody says why" for control in sorted(known - used - unused)),
        *(f"a rule bears on {control}, of which the map says that none does" for control in sorted(used & unused)),
        *(f"{control} is in no framework" for control in sorted(unused - known)),
    ]


def test_every_rule_has_a_row_and_every_control_is_used_or_explained() -> None:
    assert wrong(dict(controls_by_rule())) == []


def test_rows_are_in_the_order_of_the_packs() -> None:
    assert sorted(RULES) == sorted(set(RULES))
    assert set(controls_by_rule()) - set(RULES) == {DECLARED, GUARD}


def test_every_framework_says_where_it_comes_from_and_ids_are_tokens() -> None:
    for framework in frameworks():
        assert framework.title
        assert framework.version
        assert framework.source.startswith("https://")
        for control in framework.controls:
            assert control == token(control)
            assert control.startswith(f"{framework.id}-")


def test_a_rule_without_a_row_would_be_noticed() -> None:
    """The seeded bugs of this family."""
    rows = dict(controls_by_rule())
    assert wrong({rule: controls for rule, controls in rows.items() if rule != "KEY-011"}) == ["KEY-011 has no row"]
    assert wrong({**rows, "KEY-011": (*rows["KEY-011"], "gdpr-art-99")}) == ["gdpr-art-99 is in no framework"]
