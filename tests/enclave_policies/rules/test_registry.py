"""A rule is registered once: by the module that defines it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from enclave_policies.judging.packs import PACKS
from enclave_policies.rules.registry import rules_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ONE = """
from enclave_policies.reading.rule import Rule
rule = Rule(id="{id}", name="{name}", title="t", severity="low", remedy="r", check=lambda reading: ())
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[str]:
    """A package of rules with one folder below it; ``request.param`` maps file to (id, name)."""
    name = f"rules_of_{abs(hash(request.node.name))}"
    for file, (id_, rule) in request.param.items():
        module = tmp_path / name / file
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(ONE.format(id=id_, name=rule))
    (tmp_path / name / "words.py").write_text("rule = 'no rule'\n")
    for folder in {tmp_path / name, *(path.parent for path in (tmp_path / name).rglob("*.py"))}:
        (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    yield name
    for module in [each for each in sys.modules if each.startswith(name)]:
        del sys.modules[module]


def test_every_pack_collects_its_rules_in_the_order_of_their_ids() -> None:
    for pack in PACKS.values():
        ids = [rule.id for rule in pack.rules]
        assert ids == sorted(ids)
        assert len({id_.partition("-")[0] for id_ in ids}) == 1


@pytest.mark.parametrize("package", [{"b.py": ("XXX-001", "b"), "deep/a.py": ("XXX-002", "a")}], indirect=True)
def test_a_module_that_defines_a_rule_is_registered_wherever_it_lies(package: str) -> None:
    assert [rule.id for rule in rules_in(package)] == ["XXX-001", "XXX-002"]


@pytest.mark.parametrize(
    "package",
    [
        {"b.py": ("XXX-001", "b"), "deep/a.py": ("XXX-001", "a")},
        {"b.py": ("XXX-001", "b"), "deep/a.py": ("XXX-002", "b")},
    ],
    indirect=True,
)
def test_two_rules_of_one_id_or_one_name_are_refused(package: str) -> None:
    with pytest.raises(ValueError, match="give each its own"):
        rules_in(package)
