"""What of a value a message may show."""

from __future__ import annotations

from enclave_policies.identifiers.shown import LONGEST, shown


def test_a_value_is_shown_whole_up_to_a_length_and_cut_behind_it() -> None:
    whole = "x" * (LONGEST - 2)
    assert shown(whole) == repr(whole)
    cut = shown(f"{whole}y")
    assert cut == f"'{'x' * (LONGEST - 5)}...'"
    assert shown("a\nb") == r"'a\nb'"
