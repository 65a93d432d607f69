"""How the demonstration of a migration ends: a promise that is missed is never told as one that was kept."""

from __future__ import annotations

import pytest

from sandbox.migration.demo import PROMISED_FROM, WANTED, Rate, ending

MISSED = WANTED - 0.01


@pytest.mark.parametrize(
    ("objects", "share", "moved", "code", "words"),
    [
        (PROMISED_FROM, WANTED, True, 0, "the rate too"),
        (PROMISED_FROM, MISSED, True, 1, "the rate is not as promised: 0.79"),
        (PROMISED_FROM - 1, MISSED, True, 0, "from 10,000 objects on"),
        (PROMISED_FROM, WANTED, False, 1, "not all is as promised"),
        (1_000, 2.0, False, 1, "not all is as promised"),
    ],
)
def test_a_missed_promise_is_named_and_ends_with_1(
    objects: int, share: float, moved: bool, code: int, words: str
) -> None:
    found, told = ending(objects, share, moved=moved)
    assert found == code
    assert words in told


def test_the_rate_counts_over_both_halves_together() -> None:
    wave = Rate(500, 5_000, 10.0) + Rate(500, 5_000, 30.0)
    plain = Rate(500, 5_000, 16.0) + Rate(500, 5_000, 16.0)
    assert wave.shares(plain) == (0.8, 0.8)
