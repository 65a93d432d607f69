"""Questions that do not need each other's answers, asked at the same time on as many processors as there are."""

from __future__ import annotations

import multiprocessing
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

Answer = TypeVar("Answer")
MANY: Final = 1_000
"""As many resources and more are worth copies of this process."""


def fitting(questions: Sequence[Callable[[], Answer]], resources: int) -> list[Answer]:
    """Return the answers about so many resources, side by side where that is worth it."""
    return side_by_side(questions) if resources >= MANY else in_turn(questions)


def in_turn(questions: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Return the answers, asked one after the other in this process."""
    return [ask() for ask in questions]


def side_by_side(questions: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Return the answers in the order of the questions, each but the first asked in a copy of this process.

    A copy sees everything that this process has read, and nothing needs to be sent to it. An answer that does not come
    back (a copy that was killed) is asked for again here, so none is ever missing. Where this process cannot be copied
    safely (any system but Linux), or has a single processor, they are asked in turn.
    """
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:  # noqa: PLR2004 (two are more than one)
        return in_turn(questions)
    copies = [_copy(ask) for ask in questions[1:]]
    answers = [ask() for ask in questions[:1]]
    for ask, receiver in zip(questions[1:], copies, strict=True):
        try:
            answers.append(receiver.recv())
        except Exception:  # noqa: BLE001 (whatever became of the copy: this process can answer too)
            answers.append(ask())
    return answers


def _copy(ask: Callable[[], object]) -> Connection:
    """Start a copy of this process that answers one question, and return where its answer arrives."""
    fork = multiprocessing.get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    fork.Process(target=_answer, args=(ask, sender), daemon=True).start()
    sender.close()  # so that the copy's end is the only one, and its death is seen
    return receiver


def _answer(ask: Callable[[], object], sender: Connection) -> None:
    with suppress(BaseException):  # the other end asks again, and says what is wrong
        sender.send(ask())
