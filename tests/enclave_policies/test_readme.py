"""The README of the packs lists every rule."""

from __future__ import annotations

from pathlib import Path

from enclave_policies.rules.jurisdiction import JURISDICTION

README = Path(__file__).parents[2] / "policy-packs" / "README.md"


def test_every_rule_is_listed_with_its_id_and_name() -> None:
    text = README.read_text(encoding="utf-8")
    assert [rule.id for rule in JURISDICTION if f"| {rule.id} | `{rule.name}`" not in text] == []
