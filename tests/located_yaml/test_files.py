"""Whatever stands where a file should be, it is refused in a sentence, at once, and waited for by nobody."""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING

import pytest

from located_yaml import ProblemsError, load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def link(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))


ODD: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda _: None, "cannot be read: No such file"),
    "a folder": (lambda path: path.mkdir(), "is a folder and no file"),
    "a link that leads nowhere": (link("nowhere"), "cannot be read: No such file"),
    "a link to itself": (link("x.yaml"), "cannot be read: Too many levels"),
    "a link to a folder": (link("/"), "is a folder and no file"),
    "a pipe that nobody writes to": (os.mkfifo, "is a pipe and no file"),
    "an endless device": (link("/dev/zero"), "is a device and no file"),
    "an empty device": (link("/dev/null"), "is a device and no file"),
    "a socket": (listening, "cannot be read: "),
    "bytes that are no text": (lambda path: path.write_bytes(b"a: \xff"), "is not UTF-8 (byte 3)"),
    "UTF-16": (lambda path: path.write_bytes("a: 1".encode("utf-16")), "is not UTF-8 (byte 0)"),
    "more than anybody reads": (lambda path: path.write_bytes(b"#" * 4_000_001), "holds more than 4,000,000 bytes"),
}


@pytest.mark.parametrize("kind", ODD)
def test_it_is_refused_in_a_sentence(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make, message = ODD[kind]
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    make(tmp_path / "x.yaml")
    began = time.monotonic()
    with pytest.raises(ProblemsError) as refused:
        load(tmp_path / "x.yaml")
    assert str(refused.value).startswith("x.yaml:1:1: ")
    assert message in str(refused.value)
    assert time.monotonic() - began < 30


def test_names_that_no_file_system_takes_are_refused(tmp_path: Path) -> None:
    for name in ("x" * 5_000, "a\0b"):
        with pytest.raises(ProblemsError, match="cannot be read: "):
            load(tmp_path / name)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_end_of_a_line_counts_as_one(ending: str, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(f"a: 1{ending}b: 2{ending}c: [{ending}".encode())
    with pytest.raises(ProblemsError, match=r"x\.yaml:4:1: "):
        load(tmp_path / "x.yaml")
