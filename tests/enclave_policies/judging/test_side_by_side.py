"""Packs that are asked side by side find what one process finds, whatever becomes of a copy."""

from __future__ import annotations

import os
import signal
from json import dumps
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging import judge, side_by_side
from enclave_policies.judging.packs import EVERY, PACKS
from enclave_policies.law.folder.custody import load_custody_law
from enclave_policies.resources.export import export_of

from benchmarks.mixed import mixed
from benchmarks.mixed_export import as_export

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def test_packs_side_by_side_find_what_one_process_finds_and_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    resources = export_of(dumps(as_export(mixed(300, "policies"))).encode(), "export").resources
    law, packs = load_custody_law(), [pack.rules for pack in PACKS.values()]
    asked: list[int] = []
    really = side_by_side.side_by_side

    def counting(questions: Sequence[Callable[[], judge.Judged]]) -> list[judge.Judged]:
        asked.append(len(questions))
        return really(questions)

    monkeypatch.setattr(side_by_side, "MANY", 1)
    monkeypatch.setattr(side_by_side, "side_by_side", counting)
    found = judge.judge_packs(resources, law, packs)
    monkeypatch.setattr(side_by_side, "MANY", len(resources) + 1)
    assert asked == [len(PACKS)]
    assert found == judge.judge_stack(resources, law, EVERY.rules)
    assert any(found.values())


def test_the_pack_whose_work_is_kept_is_asked_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    first: list[object] = []

    def noting(questions: Sequence[Any]) -> list[judge.Judged]:
        first.append(questions[0].args[1])
        return side_by_side.in_turn(questions)

    monkeypatch.setattr(side_by_side, "MANY", 1)
    monkeypatch.setattr(side_by_side, "side_by_side", noting)
    resources = export_of(dumps(as_export(mixed(300, "policies"))).encode(), "export").resources
    judge.judge_packs(resources, load_custody_law(), [pack.rules for pack in PACKS.values()])
    assert first == [PACKS["segmentation"].rules]


def test_what_a_copy_could_not_gather_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resource that a rule of a copy had to leave out is undetermined, as where one process asks."""
    resources = export_of(dumps(as_export(mixed(300))).encode(), "export").resources
    law, packs = load_custody_law(), [pack.rules for pack in PACKS.values()]
    left = next(each.urn for each in resources if each.type == "aws:ec2/vpc:Vpc")

    def leaves_one_out(questions: Sequence[Callable[[], judge.Judged]]) -> list[judge.Judged]:
        return [(findings, {left: "ValueError"}) for findings, _ in side_by_side.in_turn(questions)]

    monkeypatch.setattr(side_by_side, "MANY", 1)
    monkeypatch.setattr(side_by_side, "side_by_side", leaves_one_out)
    found = judge.judge_packs(resources, law, packs)[left]
    assert [finding.verdict for finding in found] == ["undetermined"]
    assert "(ValueError)" in found[0].problem


@pytest.mark.skipif(len(os.sched_getaffinity(0)) == 1, reason="there is one processor here, so nothing is copied")
@pytest.mark.parametrize("how", ["killed", "breaks", "answers what cannot be sent"])
def test_an_answer_that_does_not_come_back_is_asked_for_again(how: str) -> None:
    here = os.getpid()

    def ask() -> object:
        if os.getpid() == here:
            return "here"
        if how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if how == "breaks":
            raise SystemExit(3)
        return lambda: "there"

    assert side_by_side.side_by_side([lambda: "first", ask]) == ["first", "here"]


@pytest.mark.skipif(len(os.sched_getaffinity(0)) == 1, reason="there is one processor here, so nothing is copied")
def test_questions_are_asked_in_copies_and_answers_keep_their_order() -> None:
    answers = side_by_side.side_by_side([os.getpid, os.getpid, os.getpid])
    assert answers[0] == os.getpid()
    assert len(set(answers)) == len(answers)


def test_one_processor_asks_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0})
    assert set(side_by_side.side_by_side([os.getpid, os.getpid])) == {os.getpid()}
