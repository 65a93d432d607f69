"""A settled property is worked out once, whether an answer or an error comes of it."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.network.settled import settled


def made() -> Any:
    """Return an object that counts how often it works something out."""

    class Asked:
        times = 0

        @settled
        def answer(self) -> int:
            """The answer."""
            self.times += 1
            return self.times

        @settled
        def failure(self) -> int:
            self.times += 1
            raise ValueError(self.times)

    return Asked()


def failure(asked: Any) -> ValueError:
    with pytest.raises(ValueError, match=r"\d") as caught:
        _ = asked.failure
    return caught.value


def test_an_answer_stays_and_is_told_as_it_was_documented() -> None:
    asked = made()
    assert [asked.answer, asked.answer] == [1, 1]
    assert vars(type(asked))["answer"].__doc__ == "The answer."


def test_an_error_is_raised_again_and_not_worked_out_again() -> None:
    asked = made()
    assert failure(asked) is failure(asked)
    assert asked.times == 1


def test_one_property_is_not_taken_for_another() -> None:
    asked = made()
    assert (asked.answer, str(failure(asked)), asked.answer) == (1, "2", 1)
