"""What was not judged is said in one sentence and is never green."""

from __future__ import annotations

from console.ci.needs import Need
from console.ci.report import annotation, not_judged, worst
from console.ci.work import Work

LACKING = (Need.BACKEND, Need.AWS)


def test_missing_secrets_are_named_with_the_remedy() -> None:
    assert not_judged(Work(("a", "b"), ("a",)), LACKING, fork=False) == (
        "no preview of a and b and no audit of the stored state of a, as these are missing or empty: "
        "PULUMI_BACKEND_URL and credentials of AWS; set them "
        "(in CI as secrets of the repository: docs/real-clouds.md, 'CI')"
    )


def test_a_fork_is_told_who_can_have_its_change_judged() -> None:
    said = not_judged(Work(undeclared=True), LACKING[:1], fork=True)
    assert said.startswith("no search for stacks that are not declared: a pull request of a fork is given no secrets")
    assert "a maintainer who has read the change" in said


def test_a_refusal_weighs_most_and_nothing_undone_is_good() -> None:
    assert worst([]) == worst([0, 0]) == 0
    assert worst([0, 2, 3]) == 3
    assert worst([1, 3, 4]) == 1


def test_an_annotation_is_one_line() -> None:
    assert annotation("100 %\nof it") == "::error title=not judged::100 %25%0Aof it"
