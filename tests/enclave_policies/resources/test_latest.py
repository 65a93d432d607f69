"""The last answer is given again for the same object alone."""

from __future__ import annotations

from enclave_policies.resources.latest import of_the_latest


def test_an_answer_is_worked_out_once_for_an_object_until_another_is_asked_about() -> None:
    asked: list[list[str]] = []

    @of_the_latest
    def length(of: list[str]) -> int:
        asked.append(of)
        return len(of)

    one, other = ["a"], ["a"]
    assert [length(one), length(one), length(other), length(one)] == [1, 1, 1, 1]
    assert [each is one for each in asked] == [True, False, True]
