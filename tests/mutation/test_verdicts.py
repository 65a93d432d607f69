"""What the rules say of every case of the corpus is what is written down, to the letter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.corpus_cases import Case, load_cases
from tests.mutation import verdicts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from enclave_policies.law import Law

# Few enough that a seeded fault is noticed soon, many enough that the tests themselves cost little.
TOGETHER = 40
GROUPS = [load_cases()[first : first + TOGETHER] for first in range(0, len(load_cases()), TOGETHER)]


@pytest.fixture(scope="session")
def law_of() -> Callable[[Case], Law]:
    """The laws of this run: copies, which have not worked anything out yet."""
    fresh: dict[int, Law] = {}

    def law_of(case: Case) -> Law:
        law = verdicts.law_of(case.id)
        return fresh.setdefault(id(law), replace(law))

    return law_of


@pytest.fixture(scope="session")
def recorded() -> Mapping[str, verdicts.Said]:
    return verdicts.recorded()


@pytest.mark.parametrize("cases", GROUPS, ids=lambda cases: f"{cases[0].id}..{cases[-1].id}")
def test_the_rules_say_what_is_written_down(
    cases: Sequence[Case], law_of: Callable[[Case], Law], recorded: Mapping[str, verdicts.Said]
) -> None:
    for case in cases:
        found, expected = verdicts.said(case, law_of(case)), recorded.get(case.id, [])
        if found != expected:
            new = "\n".join(f"+ {each}" for each in found if each not in expected)
            old = "\n".join(f"- {each}" for each in expected if each not in found)
            pytest.fail(f"{case.title}\n{old}\n{new}\nIf it should: python -m tests.mutation.verdicts", pytrace=False)


def test_what_is_written_down_is_of_cases_that_there_are(recorded: Mapping[str, verdicts.Said]) -> None:
    assert len(recorded) > 1000
    assert set(recorded) - {case.id for case in load_cases()} == set()


def test_a_law_that_approves_one_country_more_is_noticed(recorded: Mapping[str, verdicts.Said]) -> None:
    """The seeded bug of this family."""
    abroad = [case for case, said in recorded.items() if any(each.get("place") == "us-east-1, US" for each in said)]
    case = next(case for case in load_cases() if case.id in abroad)
    law = verdicts.law_of(case.id)
    assert verdicts.said(case, law) == recorded[case.id]
    assert verdicts.said(case, replace(law, hosts=law.hosts | {"US"})) != recorded[case.id]
