"""The tables of cases that the tests have, each case as a question: is it still so?

They are asked directly: for one mutant, pytest takes longer than the rules do.
"""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from enclave_policies.law.folder import load_law

from tests.corpus_cases import load_cases
from tests.enclave_policies.key_custody import cases as custody
from tests.enclave_policies.kubernetes.test_cases import cases as kubernetes_cases
from tests.enclave_policies.kubernetes.test_cases import findings
from tests.enclave_policies.network.aws import test_cases as aws_network
from tests.enclave_policies.sampling import all_samples
from tests.enclave_policies.segmentation import test_breaks as breaks
from tests.enclave_policies.texts import test_twins as twins
from tests.enclave_policies.wellformed import ill_formed
from tests.mutation import verdicts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from enclave_policies.law import Law

    from tests.corpus_cases import Case
    from tests.enclave_policies.sampling import Sample


@dataclass
class Laws:
    """Copies of the laws, made when they are first asked for: they have worked nothing out yet."""

    copies: dict[int, Law] = field(default_factory=dict)

    def fresh(self, law: Law) -> Law:
        """Return the copy of a law."""
        return self.copies.setdefault(id(law), replace(law))


@dataclass(frozen=True)
class Check:
    """Something that the unmutated package answers rightly."""

    name: str
    holds: Callable[[Laws], bool]


def checks(begin: Sequence[str] = ("",)) -> list[Check]:
    """Return the checks whose names begin so, in order of files."""
    families = {
        "corpus/": _corpus,
        "samples/": _samples,
        "kubernetes/": _kubernetes,
        "texts/": _texts,
        "custody/": _custody,
        "network/": _network,
        "breaks/": _breaks,
    }
    wanted = [
        make for name, make in families.items() if any(name.startswith(one) or one.startswith(name) for one in begin)
    ]
    return [check for make in wanted for check in make() if check.name.startswith(tuple(begin))]


def _corpus() -> Iterator[Check]:
    recorded = verdicts.recorded()
    for case in load_cases():
        yield Check(f"corpus/{case.id}", partial(_as_recorded, case, recorded.get(case.id, [])))


def _samples() -> Iterator[Check]:
    shipped = load_law()
    for sample in all_samples():
        yield Check(f"samples/{sample.name}", partial(_as_expected, sample, shipped))


def _kubernetes() -> Iterator[Check]:
    shipped = load_law()
    for side in ("refused", "clean"):
        for each in (case.values[0] for case in kubernetes_cases(side)):
            yield Check(f"kubernetes/{each['case']}", partial(_is_refused, each, shipped, side))


def _texts() -> Iterator[Check]:
    for number, each in enumerate(twins.twins()):
        yield Check(f"texts/{each.group} {number}", partial(_is_alike, each))


def _custody() -> Iterator[Check]:
    for file in ("samples", "faults", "clean"):
        for case in custody.cases(file):
            for planned in (False, True):
                yield Check(f"custody/{case.name} {planned}", partial(_custody_holds, case, planned=planned))


def _network() -> Iterator[Check]:
    for case in aws_network.CASES:
        for planned in (False, True):
            yield Check(f"network/{case['case']} {planned}", partial(_network_holds, case, planned=planned))


def _breaks() -> Iterator[Check]:
    for mode in breaks.MODES:
        for change in breaks.BOOK.breaks:
            yield Check(f"breaks/{change.id} {mode}", partial(_break_is_told, change, mode))
        for change in breaks.BOOK.near_misses:
            yield Check(f"breaks/{change.id} {mode}", partial(_near_miss_passes, change, mode))


def forget() -> None:
    """Empty the package's caches; what reads the law is not mutated, and keeps its own."""
    for name, module in tuple(sys.modules.items()):
        if name.startswith("enclave_policies.") and not name.startswith("enclave_policies.law."):
            for value in vars(module).values():
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()


def _as_recorded(case: Case, recorded: verdicts.Said, laws: Laws) -> bool:
    return verdicts.said(case, laws.fresh(verdicts.law_of(case.id))) == recorded


def _as_expected(sample: Sample, law: Law, laws: Laws) -> bool:
    return sample.differences(sample.judged(laws.fresh(law))) == []


def _is_refused(case: dict[str, Any], law: Law, side: str, laws: Laws) -> bool:
    found = findings(case, laws.fresh(law))
    return bool(found) is (side == "refused") and not ill_formed(found)


def _is_alike(each: twins.Twins, laws: Laws) -> bool:
    found = twins.refused_in(each.settings, laws.fresh(twins.LAW))
    return all(bool(said) is each.refused for said in found.values())


def _custody_holds(case: custody.Case, laws: Laws, *, planned: bool) -> bool:
    return case.differences(laws.fresh(custody.law()), planned=planned) == []


def _network_holds(case: Any, _laws: Laws, *, planned: bool) -> bool:
    return aws_network.wrong(case, planned=planned) == []


def _break_is_told(change: Any, mode: str, _laws: Laws) -> bool:
    return breaks.missed(change, mode) is None


def _near_miss_passes(change: Any, mode: str, _laws: Laws) -> bool:
    return breaks.found(change, mode) == []
