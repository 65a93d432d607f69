"""Who judges a state: the rules that are asked, and the law that they are asked under; audit and explain share them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from enclave_policies.judging.judge import judge_stack
from enclave_policies.judging.packs import EVERY, PACKS

from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from enclave_policies.judging.packs import Pack
    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.rule import Question
    from enclave_policies.resources.resource import Resource


@dataclass(frozen=True)
class Judges:
    """Rules and law of one judgement."""

    rules: tuple[Question, ...]
    law: Law

    def findings(self, resources: Iterable[Resource]) -> Mapping[str, tuple[Finding, ...]]:
        """Return every finding on every resource of a state by URN, an empty tuple where there is none."""
        return judge_stack(resources, self.law, self.rules)


def judges(policy_pack: Path | None, as_of: date | None) -> Judges:
    """Return the judges of all packs under the shipped law; those of ``policy_pack`` alone, where one is named.

    Raises ProblemsError where the law cannot be read, or the pack is no known one.
    """
    pack = pack_in(policy_pack) if policy_pack else EVERY
    return Judges(pack.rules, pack.load(policy_pack, as_of))


def pack_in(folder: Path) -> Pack:
    """Return the pack in a folder, which promises exactly the rules of a known one; ProblemsError for any other."""
    from enclave_policies.judging.promise import promise_of, read_promise  # noqa: PLC0415  the shipped packs are in order
    from enclave_policies.law.folder.manifest import FILE  # noqa: PLC0415

    from located_yaml import Position, Problem  # noqa: PLC0415

    promised = read_promise(folder)
    differing = {
        name: sorted((promised.each ^ known.each) | (promised.whole ^ known.whole))
        for name, known in ((name, promise_of(pack.rules)) for name, pack in PACKS.items())
    }
    nearest = min(differing, key=lambda name: len(differing[name]))
    if differing[nearest]:
        message = (
            f"the rules of this pack and those of '{nearest}' differ in {', '.join(differing[nearest])}; "
            "make them the same"
        )
        raise ProblemsError([Problem(Position(str(folder / FILE), 1, 1), message)])
    return PACKS[nearest]
