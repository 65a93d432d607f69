"""A bundle takes the place of an older one whole or not at all, and loses nothing that is somebody's."""

from __future__ import annotations

import resource
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from console.report.putting import put
from evidence.bundle.contents import ENVELOPE
from located_yaml import ProblemsError
from tests.evidence.bundles import bundle_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.evidence.bundles import Bundle

NEW = {"record.json": b"new", "authorities/a.csv": b"new", ENVELOPE: b"{}"}


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return bundle_in(tmp_path / "made", also={"of-an-older-version.txt": b"signed"})


@contextmanager
def little_room() -> Iterator[None]:
    """Let no file grow beyond 10 bytes, as on a disk that is full."""
    old, heard = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, heard)


def _all(folder: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


def test_a_bundle_takes_the_place_of_an_older_one(bundle: Bundle) -> None:
    put(bundle.folder, NEW)
    assert {path.relative_to(bundle.folder).as_posix() for path in bundle.folder.rglob("*.*")} == NEW.keys()
    assert sorted(path.name for path in bundle.folder.parent.iterdir()) == ["bundle", "key.pem", "key.pub"]


@pytest.mark.parametrize("mine", ["notes.txt", ".hidden", "authorities/notes.txt", "mine/notes.txt", "RECORD.JSON"])
def test_what_is_not_of_the_bundle_is_not_lost(bundle: Bundle, mine: str) -> None:
    (bundle.folder / mine).parent.mkdir(exist_ok=True)
    (bundle.folder / mine).write_text("mine")
    before = _all(bundle.folder.parent)
    with pytest.raises(ProblemsError, match="would be lost"):
        put(bundle.folder, NEW)
    assert _all(bundle.folder.parent) == before


def test_a_link_is_not_followed(bundle: Bundle, tmp_path: Path) -> None:
    for target in (bundle.folder, tmp_path / "nowhere"):
        link = tmp_path / f"to-{target.name}"
        link.symlink_to(target)
        before = _all(tmp_path)
        with pytest.raises(ProblemsError, match="is a link"):
            put(link, NEW)
        assert _all(tmp_path) == before


def test_without_room_everything_is_as_it_was(bundle: Bundle) -> None:
    before = _all(bundle.folder.parent)
    with pytest.raises(ProblemsError, match="make room"), little_room():
        put(bundle.folder, {"record.json": b"more than 10 bytes"})
    assert _all(bundle.folder.parent) == before


def test_what_is_broken_off_leaves_everything_as_it_was(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C at the worst moment: the old bundle is away, and the new one is not there yet."""
    before, rename = _all(bundle.folder.parent), Path.rename

    def interrupted(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put(bundle.folder, NEW)
    assert _all(bundle.folder.parent) == before


def test_a_target_that_is_emptied_first_would_be_noticed(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr("console.report.putting._in_the_way", lambda _folder, _files: None)
    (bundle.folder / "notes.txt").write_text("mine")
    put(bundle.folder, NEW)
    assert not (bundle.folder / "notes.txt").exists()
