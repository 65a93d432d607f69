"""The cases of the corpus, the samples of the rules and the objects of Kubernetes, each as a question: is it still so?

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
from tests.enclave_policies.kubernetes.test_cases import cases as kubernetes_cases
from tests.enclave_policies.kubernetes.test_cases import findings
from tests.enclave_policies.sampling import all_samples
from tests.mutation import verdicts

if TYPE_CHECKING:
    from collections.abc import Callable

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


def checks() -> list[Check]:
    """Return every check, in order of files."""
    shipped = load_law()
    recorded = verdicts.recorded()
    found = [
        Check(f"corpus/{case.id}", partial(_as_recorded, case, recorded.get(case.id, []))) for case in load_cases()
    ]
    found += [Check(f"samples/{sample.name}", partial(_as_expected, sample, shipped)) for sample in all_samples()]
    for side in ("refused", "clean"):
        objects = [each.values[0] for each in kubernetes_cases(side)]
        found += [Check(f"kubernetes/{each['case']}", partial(_is_refused, each, shipped, side)) for each in objects]
    return found


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
    return bool(findings(case, laws.fresh(law))) is (side == "refused")
