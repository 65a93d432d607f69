"""Which rules a pack must run: the list beside the pack, which a gate compares with what really ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import located_yaml
from enclave_policies.rule import Rule
from located_yaml.records import AtLeast, Matching, read_record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from enclave_policies.judge import Question

FILE = "rules.yaml"
RuleName = Annotated[str, Matching(r"[a-z0-9]+(-[a-z0-9]+)*", "the name of a rule such as resource-region")]


@dataclass(frozen=True, slots=True)
class Manifest:
    """rules.yaml: the names of a pack's rules; those in ``stack_rules`` are asked once, about the whole stack."""

    rules: Annotated[tuple[RuleName, ...], AtLeast(1)]
    stack_rules: tuple[RuleName, ...] = ()


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
    manifest = read_record(located_yaml.load(pack_dir / FILE), Manifest)
    return Promise(frozenset(manifest.rules), frozenset(manifest.stack_rules))


def promise_of(rules: Iterable[Question]) -> Promise:
    """Return what a pack with these rules may promise."""
    rules = tuple(rules)
    each = frozenset(rule.name for rule in rules if isinstance(rule, Rule))
    return Promise(each, frozenset(rule.name for rule in rules) - each)
