"""The large wave on paper: the page is what the script computes, and its parts agree with each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.migration_on_paper import PAGE, Assumed, costs, limits, page, simulated, tightest

SMALL = Assumed(bytes=1e12, objects=1e6, workers=10, part=1_000)


def test_the_page_is_what_the_script_computes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(Assumed())


def test_no_schedule_is_quicker_than_the_tightest_limit() -> None:
    days, lost = simulated(SMALL)
    assert days >= tightest(SMALL).days(SMALL) * 0.999
    assert 0 <= lost < 1


def test_one_worker_without_deaths_needs_just_the_time_of_its_work() -> None:
    alone = replace(SMALL, workers=1, deaths=0.0)
    days, lost = simulated(alone)
    assert days == pytest.approx(tightest(alone).days(alone))
    assert lost == pytest.approx(0)


@pytest.mark.parametrize("name", ["bytes", "objects"])
def test_twice_as_much_never_costs_less_or_goes_quicker(name: str) -> None:
    more = replace(SMALL, **{name: getattr(SMALL, name) * 2})
    assert all(costs(more)[what][1] >= dollars for what, (_, dollars) in costs(SMALL).items())
    assert tightest(more).days(more) >= tightest(SMALL).days(SMALL)


def test_a_wider_line_makes_something_else_the_limit() -> None:
    wide = replace(Assumed(), line=Assumed().line * 1_000)
    assert "line between" in tightest(Assumed()).name
    assert "line between" not in tightest(wide).name
    assert len({limit.name for limit in limits(wide)}) == len(limits(wide))
