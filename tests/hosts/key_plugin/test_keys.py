"""Names of keys: what is written is read again, and nothing else is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hosts.key_plugin import keys
from hosts.key_plugin.keys import KeyId

names = some.builds(KeyId, some.text(min_size=1, max_size=40), some.integers(keys.FIRST, keys.LAST))


@given(names)
def test_a_key_id_is_read_as_it_was_written(name: KeyId) -> None:
    assert keys.parse(str(name)) == name
    assert keys.version_of(name.on_token) == name.version


@pytest.mark.parametrize(
    "text", ["", "/", "secrets", "secrets/", "/1", "s/0", "s/01", "s/-1", "s/1 ", "s/²", "s/4294967296"]
)
def test_any_other_text_is_no_key_id(text: str) -> None:
    assert keys.parse(text) is None


@pytest.mark.parametrize("identity", [b"", b"\x01", b"\0\0\0\0", b"\0\0\0\0\1"])
def test_any_other_cka_id_is_no_version(identity: bytes) -> None:
    assert keys.version_of(identity) is None


def test_versions_are_ordered_as_numbers() -> None:
    assert max(KeyId("s", 9), KeyId("s", 10)) == KeyId("s", 9).next()
