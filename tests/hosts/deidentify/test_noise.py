"""With noise, a table tells little of each person, and a budget is spent for good; OpenDP is an extra of its own."""

from __future__ import annotations

import json
from statistics import fmean
from typing import TYPE_CHECKING

import pytest

from tests.hosts.deidentify.desk import TABLE, TABLE_FIELDS
from tests.hosts.deidentify.test_columnar import extras, python

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hosts.deidentify.desk import Desk

__all__ = ["extras"]  # a fixture of the neighbour


def noisy(desk: Desk, *, epsilon: str = "0.5", budget: str = "1.2", each: int = 1, minimum: int = 10) -> None:
    noise = {"epsilon": epsilon, "budget": budget, "each": each}
    groups = {"person": "user", "by": ["plan", "age"], "minimum": minimum, "noise": noise}
    desk.write(desk.schema, [{**TABLE, "measure": "noised", "groups": groups}, *TABLE_FIELDS])


def people(desk: Desk, count: int, each: int = 1) -> Path:
    source = desk.folder / "in.jsonl"
    desk.write(source, [{"user": f"u{n}", "plan": "free", "age": 30} for n in range(count) for _ in range(each)])
    return source


def words(desk: Desk) -> list[object]:
    return ["-m", "hosts.deidentify", "--schema", desk.schema, "--flow", "table", "--ledger", desk.ledger]


def test_the_budget_is_spent_across_runs_and_then_nothing_leaves(desk: Desk, extras: dict[str, str]) -> None:
    noisy(desk)
    source = people(desk, 1000)
    said = []
    for number in range(3):
        target = desk.folder / f"out-{number}.jsonl"
        done = python(extras, *words(desk), source, target)
        said.append((done.returncode, target.exists()))
        if number < 2:
            assert f"; {['0.7', '0.2'][number]} of the budget left" in done.stdout
    assert said == [(0, True), (0, True), (2, False)]
    assert "the budget of 'lab' for class 'restricted' is 1.2, 1.0 of it is spent" in done.stderr


def test_another_flow_to_the_same_recipient_spends_the_same_budget(desk: Desk, extras: dict[str, str]) -> None:
    noisy(desk, epsilon="1", budget="1")
    source = people(desk, 100)
    assert python(extras, *words(desk), source, desk.folder / "one.jsonl").returncode == 0
    renamed = desk.schema.read_text().replace('"table"', '"another"')
    desk.schema.write_text(renamed)
    again = [word if word != "table" else "another" for word in words(desk)]
    assert python(extras, *again, source, desk.folder / "two.jsonl").returncode == 2


def test_several_tables_of_one_run_spend_several_times(desk: Desk, extras: dict[str, str]) -> None:
    noisy(desk, budget="0.9")
    source = people(desk, 100)
    done = python(extras, *words(desk), source, desk.folder / "one.jsonl", source, desk.folder / "two.jsonl")
    assert done.returncode == 2
    assert not (desk.folder / "one.jsonl").exists()


def test_what_leaves_is_near_the_truth_and_no_two_runs_say_the_same(desk: Desk, extras: dict[str, str]) -> None:
    noisy(desk, epsilon="0.1", budget="20")
    source = people(desk, 1000)
    counts = []
    for number in range(8):
        target = desk.folder / f"out-{number}.jsonl"
        assert python(extras, *words(desk), source, target).returncode == 0
        rows = [json.loads(line) for line in target.read_text().splitlines()]
        counts += [row["records"] for row in rows if (row["plan"], row["age"]) == ("free", "20-39")]
    assert len(counts) == 8
    assert len(set(counts)) > 2
    assert abs(fmean(counts) - 1000) < 60  # 12 standard errors of Laplace with scale 10


def test_of_one_person_no_more_records_count_than_declared(desk: Desk, extras: dict[str, str]) -> None:
    noisy(desk, epsilon="20", budget="20", each=3)
    done = python(extras, *words(desk), people(desk, 100, each=50), desk.folder / "out.jsonl")
    assert "4700 records beyond what counts of a person" in done.stdout
    (row,) = (json.loads(line) for line in (desk.folder / "out.jsonl").read_text().splitlines())
    assert abs(row["records"] - 300) < 10


def test_a_group_that_nobody_is_in_is_treated_as_any_other(desk: Desk, extras: dict[str, str]) -> None:
    """Whether a group leaves must not tell whether somebody is in it: 15 groups are possible, so noise goes to 15."""
    noisy(desk)
    done = python(extras, *words(desk), people(desk, 1000), desk.folder / "out.jsonl")
    written = len((desk.folder / "out.jsonl").read_text().splitlines())
    assert f"{15 - written} groups suppressed" in done.stdout


def test_a_host_without_opendp_spends_nothing(desk: Desk) -> None:
    noisy(desk)
    answer = desk.ask(*words(desk)[2:], people(desk, 10), desk.folder / "out.jsonl")
    assert (answer.code, "install enclave's extra 'noise'" in answer.wrong) == (2, True)
    assert desk.ledger.read_text() == ""


DRAW = """
import sys
from decimal import Decimal
from statistics import fmean
from hosts.deidentify.flow import Noise
from hosts.deidentify.grouping import noisy
each = int(sys.argv[1])
print(fmean(abs(count) for count in noisy([0] * 4000, Noise(Decimal("0.5"), Decimal(20), each))))
"""


def mean(extras: dict[str, str], each: int) -> float:
    """Return how far noise moves a count on average: about ``each`` / epsilon, as Laplace's distribution does."""
    return float(python(extras, "-c", DRAW, each).stdout)


def test_noise_grows_with_what_one_person_can_change(extras: dict[str, str]) -> None:
    assert mean(extras, 1) == pytest.approx(2, rel=0.1)
    assert mean(extras, 4) == pytest.approx(8, rel=0.1)


def test_noise_that_is_too_small_would_be_noticed(extras: dict[str, str]) -> None:
    """The seeded bug of this family: somebody counts four records of a person, and adds the noise for one."""
    assert mean(extras, 1) != pytest.approx(8, rel=0.1)
