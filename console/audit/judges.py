"""Who judges a state: the rules that are asked, and the law that they are asked under; audit and explain share them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from enclave_policies.judging.judge import judge_packs, judge_readings, try_read
from enclave_policies.judging.packs import EVERY, PACKS
from enclave_policies.law.folder import SHIPPED
from enclave_policies.reading.stack import Stack

from located_yaml import ProblemsError, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.rule import Question
    from enclave_policies.resources.resource import Resource


@dataclass(frozen=True, slots=True)
class Asked:
    """A pack that was asked: its name, its version (PulumiPolicy.yaml, None where it has none), its number of rules."""

    name: str
    version: str | None
    rules: int

    def __str__(self) -> str:
        """Return the pack in words."""
        return f"{self.name} {self.version or 'without a version'} ({self.rules} rules)"


@dataclass(frozen=True)
class Judges:
    """The law of one judgement, the packs that are asked, and the rules of each."""

    rules_by_pack: tuple[tuple[Question, ...], ...]
    law: Law
    packs: tuple[Asked, ...]

    @property
    def rules(self) -> tuple[Question, ...]:
        """The rules of all packs."""
        return tuple(chain.from_iterable(self.rules_by_pack))

    def stack(self, resources: Iterable[Resource]) -> Stack:
        """Return the resources of a state as the rules read them."""
        return Stack(try_read(resource, self.law) for resource in resources)

    def findings_of(self, stack: Stack) -> Mapping[str, tuple[Finding, ...]]:
        """As `findings`, of a state that is read already."""
        return judge_readings(stack, self.rules_by_pack)

    def findings(self, resources: Iterable[Resource]) -> Mapping[str, tuple[Finding, ...]]:
        """Return every finding on every resource of a state by URN, an empty tuple where there is none."""
        return judge_packs(resources, self.law, self.rules_by_pack)


def judges(only_pack: Path | None, as_of: date | None, approvals: Path | None = None) -> Judges:
    """Return the judges of all packs under the shipped law; those of ``only_pack`` alone, where one is named.

    ``approvals`` is the folder of inspectors' approvals, which holds one for each stack; None: the project's own.
    Raises ProblemsError where the law cannot be read, or the pack is no known one.
    """
    if only_pack is None:
        asked = tuple(Asked(name, version_of(SHIPPED.parent / name), len(pack.rules)) for name, pack in PACKS.items())
        law = _with(EVERY.load(None, as_of), approvals)
        return Judges(tuple(pack.rules for pack in PACKS.values()), law, asked)
    name = known_as(only_pack)
    pack = PACKS[name]
    asked = (Asked(name, version_of(only_pack), len(pack.rules)),)
    return Judges((pack.rules,), _with(pack.load(only_pack, as_of), approvals), asked)


def _with(law: Law, approvals: Path | None) -> Law:
    return law if approvals is None else replace(law, approvals=(approvals,))


def version_of(pack: Path) -> str | None:
    """Return the version that a pack's folder gives itself. Raises ProblemsError for a file that cannot be read."""
    file = pack / "PulumiPolicy.yaml"
    if not file.exists():
        return None
    document = load(file)
    version = document.data.get("version") if isinstance(document.data, dict) else None
    if version is not None and not isinstance(version, str):
        raise ProblemsError([document.problem(("version",), "is no version such as 0.1.0; correct it")])
    return version


def known_as(folder: Path) -> str:
    """Return the known pack whose rules a folder promises, all and no others; ProblemsError for any other folder."""
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
    return nearest
