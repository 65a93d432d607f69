"""A bundle has the digest that `sha256sum` computes, and with another byte it is refused."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from hosts.gateway.bundle import FILES, digest_of, read_bundle, settings_of
from hosts.gateway.errors import BundleError
from tests.hosts.gateway.asked import SETTINGS, settings

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {name: f"the text of {name}, å\nand more\n" for name in FILES}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in TEXTS.items():
        (tmp_path / name).write_bytes(text.encode())
    return tmp_path


def test_two_commands_of_a_shell_compute_the_digest(folder: Path) -> None:
    command = "LC_ALL=C sha256sum $(ls | LC_ALL=C sort) | sha256sum"
    shown = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=True).stdout  # noqa: S602
    assert shown.split()[0] == digest_of(TEXTS)
    assert read_bundle(folder, digest_of(TEXTS)) == TEXTS


@pytest.mark.parametrize("name", sorted(FILES))
def test_one_byte_more_less_or_other_is_refused(folder: Path, name: str) -> None:
    whole = TEXTS[name].encode()
    others = [
        whole + b"\n",
        whole[:-1],
        whole.replace(b"\n", b"\r\n"),
        whole.replace(b"\n", b"\r"),
        b"\xef\xbb\xbf" + whole,
        whole.replace("å".encode(), "a\u030a".encode()),
        b"",
        whole.replace(b"t", b"T", 1),
    ]
    for other in others:
        (folder / name).write_bytes(other)
        with pytest.raises(BundleError, match="is approved; deploy that one"):
            read_bundle(folder, digest_of(TEXTS))
    (folder / name).write_bytes(b"\xff")
    with pytest.raises(BundleError, match="cannot be read"):
        read_bundle(folder, digest_of(TEXTS))
    (folder / name).unlink()
    with pytest.raises(BundleError, match="cannot be read"):
        read_bundle(folder, digest_of(TEXTS))


def test_a_digest_of_the_texts_alone_would_be_noticed() -> None:
    """The seeded bug of this family: two files that change places have another digest."""
    first, second, *_ = sorted(FILES)
    assert digest_of({**TEXTS, first: TEXTS[second], second: TEXTS[first]}) != digest_of(TEXTS)


@pytest.mark.parametrize("name", [name for name in SETTINGS if name != "grant_keys"])
def test_settings_that_lack_something_are_refused(name: str) -> None:
    with pytest.raises(BundleError, match=r"gateway\.json is damaged"):
        settings(**{name: None})


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "7", '"x"'])
def test_settings_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(BundleError, match="deploy the bundle again"):
        settings_of(text)


def test_the_longest_prefix_comes_first(folder: Path) -> None:
    del folder
    found: Any = [route.prefix for route in settings().routes]
    assert found == ["/records/open/", "/records/"]
