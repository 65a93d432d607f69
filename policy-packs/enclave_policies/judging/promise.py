"""Which rules a pack must run: the list beside the pack, which a gate compares with what really ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from enclave_policies.law.folder.manifest import read_manifest
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from enclave_policies.reading.rule import Question


@dataclass(frozen=True, slots=True)
class Promise:
    """The names of the rules that a pack runs: on each resource, and on the stack as a whole."""

    each: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """All rules."""
        return self.each | self.whole


def read_promise(pack_dir: Path) -> Promise:
    """Return the rules that the pack in ``pack_dir`` promises to run (never none).

    Raises ProblemsError when the list is missing, empty or malformed.
    """
    manifest = read_manifest(pack_dir)
    return Promise(frozenset(manifest.rules.values()), frozenset(manifest.stack_rules.values()))


def promise_of(rules: Iterable[Question]) -> Promise:
    """Return what a pack with these rules may promise."""
    rules = tuple(rules)
    each = frozenset(rule.name for rule in rules if isinstance(rule, Rule))
    return Promise(each, frozenset(rule.name for rule in rules) - each)
