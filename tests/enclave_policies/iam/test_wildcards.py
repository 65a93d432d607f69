"""IAM's patterns know two signs; a shell's brackets are letters to them."""

from __future__ import annotations

import re
import time
from fnmatch import fnmatchcase

import pytest
from enclave_policies.iam.wildcards import matches
from hypothesis import given
from hypothesis import strategies as st

signs = st.text("ab*?[]", max_size=8)


@given(st.text("ab[]*?", max_size=8), signs)
def test_a_pattern_is_what_its_two_signs_say(text: str, pattern: str) -> None:
    expected = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    assert matches(text, pattern) is (re.fullmatch(expected, text, re.DOTALL) is not None)


@pytest.mark.parametrize("pattern", ["s3:[G]etObject", "s3:[!x]*", "[a-z]*"])
def test_a_shells_pattern_would_take_letters_for_ranges(pattern: str) -> None:
    """The seeded bug of this family: a Deny with brackets covers nothing, and was taken to cover everything."""
    assert fnmatchcase("s3:GetObject", pattern)
    assert not matches("s3:GetObject", pattern)


@pytest.mark.parametrize("pattern", ["*a" * 50_000, "*" * 100_000, "[" * 100_000, "a" * 100_000 + "b"])
def test_no_pattern_takes_longer_than_a_moment(pattern: str) -> None:
    began = time.process_time()
    for text in ("kms:decrypt", "a" * 100_000):
        matches(text, pattern)
    assert time.process_time() - began < 5
