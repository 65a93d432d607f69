"""A record tells each check of a site before it takes user data: who accepted it, or why it is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from enclave_policies.law.folder.access import load_access_law
from enclave_policies.reading.stack import Stack

from components.declaration import load_declaration
from console.recording import proved
from tests.approving import accept, accepting, inspected

STACKS = Path(__file__).parents[3] / "stacks"
LAW = accepting(load_access_law(as_of=date(2026, 11, 30)))


def test_sites_that_are_live_or_go_live_next_tell_each_check(tmp_path: Path) -> None:
    declaration = load_declaration(STACKS / "local.yaml")
    law = inspected(LAW, tmp_path)
    checks = {name: replace(one, days=90) for name, one in law.lifecycle.acceptance.items()}
    law = replace(law, lifecycle=replace(law.lifecycle, acceptance=checks))
    accept(tmp_path, "keys", site="dublin-1")
    told = list(proved.gates(Stack([]), "local", declaration, law))
    assert {one.site for one in told} == {"dublin-1", "hamar"}  # dublin-2 is being built
    (keys,) = (one for one in told if one.file)
    assert (keys.site, keys.check, keys.who, keys.day) == ("dublin-1", "keys", "site-manager", "2026-11-20")
    assert (keys.last_day, keys.why_not) == ("2027-02-18", "")
    assert {one.why_not for one in told if not one.file} == {"nobody has signed it"}
    assert len(told) == 2 * len(checks)


def test_a_site_abroad_that_is_only_left_has_no_gates(tmp_path: Path) -> None:
    declaration = load_declaration(STACKS / "transition.yaml")
    told = proved.gates(Stack([]), "transition", declaration, inspected(LAW, tmp_path))
    assert {one.site for one in told} == {"dublin-1"}
