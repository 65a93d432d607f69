"""A settled property is worked out once, whether an answer or an error comes of it."""

from __future__ import annotations

import pytest
from enclave_policies.network.settled import settled


class Asked:
    """Counts how often it works something out."""

    def __init__(self) -> None:
        self.times = 0

    def _answer(self) -> int:
        """The answer."""
        self.times += 1
        return self.times

    def _failure(self) -> int:
        self.times += 1
        raise ValueError(self.times)


def made() -> Asked:
    """With its properties settled now, so that nothing of them is from before."""
    return type("Settled", (Asked,), {"_answer": settled(Asked._answer), "_failure": settled(Asked._failure)})()


def test_an_answer_stays_and_is_told_as_it_was_documented() -> None:
    asked = made()
    assert [asked._answer, asked._answer] == [1, 1]
    assert settled(Asked._answer).__doc__ == "The answer."


def test_an_error_is_raised_again_and_not_worked_out_again() -> None:
    asked, errors = made(), []
    for _ in range(2):
        with pytest.raises(ValueError, match="1") as caught:
            asked._failure  # noqa: B018 (asked for its error)
        errors.append(caught.value)
    assert errors[0] is errors[1]


def test_one_property_is_not_taken_for_another() -> None:
    asked = made()
    assert asked._answer == 1
    with pytest.raises(ValueError, match="2"):
        asked._failure  # noqa: B018 (asked for its error)
    assert asked._answer == 1
