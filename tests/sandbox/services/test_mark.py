"""Only what a sandbox made is ended or removed: `enclave sandbox down` looks into a folder before it touches it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.main import run
from sandbox.layout import Layout
from sandbox.services import mark, sandbox
from sandbox.services.errors import NotASandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MARK = "made-by-enclave-sandbox.json"


def made(folder: Path) -> Layout:
    """A folder as a sandbox leaves it, without the services."""
    layout = Layout.of(folder)
    mark.claim(layout)
    for path in (layout.state, layout.pids, layout.logs, layout.bin, layout.provisioned):
        path.mkdir(parents=True)
        (path / "x").write_text("made")
    (layout.pids / "x").unlink()
    layout.ports.write_text("{}")
    (layout.root / ".ports.json.abc123").write_text("half")  # of a start that was killed
    return layout


def content(folder: Path) -> dict[str, str]:
    """Everything below a folder."""
    return {
        str(path.relative_to(folder)): path.read_text() if path.is_file() else "folder"
        for path in sorted(folder.rglob("*"))
    }


def texts(folder: Path) -> Path:
    folder.mkdir()
    (folder / "a.txt").write_text("mine")
    return folder


def marked_otherwise(folder: Path, text: str) -> Path:
    (texts(folder) / MARK).write_text(text)
    return folder


def instead_of_the_mark(folder: Path, make: Callable[[Path], object]) -> Path:
    make(texts(folder) / MARK)
    return folder


def copied(folder: Path) -> Path:
    """A folder of texts with the mark of another one."""
    return marked_otherwise(folder, made(folder.with_name("original")).mark.read_text())


def linked(folder: Path) -> Path:
    folder.symlink_to(made(folder.with_name("original")).root)
    return folder


def project(folder: Path) -> Path:
    """A folder whose names are a sandbox's, and whose content is not."""
    for name in ("bin", "state", "logs", "pids"):
        (texts(folder) if name == "bin" else folder).joinpath(name).mkdir()
        (folder / name / "x").write_text("mine")
    return folder


OTHERS: dict[str, Callable[[Path], Path]] = {
    "a folder of texts": texts,
    "names as a sandbox has them": project,
    "an empty mark": lambda folder: marked_otherwise(folder, ""),
    "a mark that is no JSON": lambda folder: marked_otherwise(folder, "{"),
    "a mark that is a list": lambda folder: marked_otherwise(folder, '["enclave sandbox start"]'),
    "a mark of another program": lambda folder: marked_otherwise(
        folder, json.dumps({"made_by": "x", "root": str(folder)})
    ),
    "a mark without a root": lambda folder: marked_otherwise(folder, json.dumps({"made_by": mark.MADE_BY})),
    "a mark nested beyond all bounds": lambda folder: marked_otherwise(folder, "[" * 9_000),
    "a mark that is a pipe": lambda folder: instead_of_the_mark(folder, os.mkfifo),
    "a mark that is a device": lambda folder: instead_of_the_mark(folder, lambda file: file.symlink_to("/dev/zero")),
    "a mark that is a folder": lambda folder: instead_of_the_mark(folder, Path.mkdir),
    "the mark of another folder": copied,
    "a link to a sandbox": linked,
}
A_SANDBOXS = frozenset({"a mark without a root", "the mark of another folder", "a link to a sandbox"})
"""Where one can be started and stopped: it was moved or copied."""


@pytest.mark.parametrize("kind", OTHERS)
def test_what_no_sandbox_made_is_not_touched(kind: str, tmp_path: Path) -> None:
    folder = OTHERS[kind](tmp_path / "folder")
    before = content(tmp_path)
    with pytest.raises(NotASandboxError, match=r"nothing was (touched|removed)"):
        run(["sandbox", "down", "--dir", str(folder)])
    assert content(tmp_path) == before


@pytest.mark.parametrize("kind", [kind for kind in OTHERS if kind not in A_SANDBOXS])
def test_a_sandbox_does_not_move_in_with_others(kind: str, tmp_path: Path) -> None:
    folder = OTHERS[kind](tmp_path / "folder")
    before = content(tmp_path)
    for command in ("start", "stop"):
        with pytest.raises(NotASandboxError, match="is not empty"):
            run(["sandbox", command, "--dir", str(folder)])
    assert content(tmp_path) == before


def test_a_variable_is_looked_at_like_an_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCLAVE_SANDBOX", str(texts(tmp_path / "folder")))
    with pytest.raises(NotASandboxError):
        run(["sandbox", "down"])
    assert content(tmp_path) == {"folder": "folder", "folder/a.txt": "mine"}


@pytest.mark.parametrize("named", [".", "..", "", "../..", "./.", "/"])
def test_a_folder_that_somebody_is_in_is_not_removed_even_with_a_mark(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = made(made(tmp_path / "outer").root / "inner").root
    monkeypatch.chdir(inner)
    before = content(tmp_path)
    with pytest.raises(NotASandboxError, match=r"you are in it|no sandbox made"):
        run(["sandbox", "down", "--dir", named])
    assert content(tmp_path) == before


def test_the_home_of_a_user_is_meant_alike_by_every_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    made(tmp_path / "box")
    with pytest.raises(SystemExit) as ended:
        run(["sandbox", "down", "--dir", "~/box"])
    assert not ended.value.code
    assert content(tmp_path) == {}


def test_a_folder_that_holds_the_program_is_not_removed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotASandboxError, match="this program is in it"):
        mark.check_removable(Path(mark.__file__).parents[2])


@pytest.mark.parametrize("named", ["there", "there/", "../folder/there", "./there"])
def test_a_sandbox_is_removed_by_any_of_its_names(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = texts(tmp_path / "folder")
    made(home / "there")
    monkeypatch.chdir(home)
    with pytest.raises(SystemExit) as ended:
        run(["sandbox", "down", "--dir", named])
    assert not ended.value.code
    assert "is gone" in capsys.readouterr().out
    assert content(tmp_path) == {"folder": "folder", "folder/a.txt": "mine"}


def test_what_somebody_put_into_a_sandbox_stays_and_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layout, mine = made(tmp_path / "box"), texts(tmp_path / "mine")
    (layout.root / "notes.txt").write_text("mine")
    (layout.root / "thesis").mkdir()
    (layout.state / "link").symlink_to(mine)
    (layout.root / "etcd").symlink_to(mine)
    with pytest.raises(SystemExit) as ended:
        run(["sandbox", "down", "--dir", str(layout.root)])
    assert not ended.value.code
    assert "notes.txt, thesis" in capsys.readouterr().err
    assert content(tmp_path) == {
        "box": "folder",
        "box/notes.txt": "mine",
        "box/thesis": "folder",
        "mine": "folder",
        "mine/a.txt": "mine",
    }


def test_where_there_is_no_sandbox_nothing_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["sandbox", "down", "--dir", str(tmp_path / "none")])
    assert not ended.value.code
    assert "there is no sandbox in " in capsys.readouterr().out


def test_an_empty_folder_becomes_a_sandbox_and_stays_one(tmp_path: Path) -> None:
    layout = Layout.of(tmp_path)
    mark.claim(layout)
    mark.claim(layout)
    assert mark.is_owned(layout)
    (tmp_path / "mine.txt").write_text("mine")
    mark.claim(layout)


def test_a_moved_sandbox_can_be_stopped_and_started_and_then_removed(tmp_path: Path) -> None:
    old = made(tmp_path / "old")
    new = Layout.of(old.root.rename(tmp_path / "new"))
    with pytest.raises(NotASandboxError):
        mark.check_removable(new.root)
    sandbox.stop(new.root)
    mark.claim(new)
    assert mark.check_removable(new.root) == new


names = st.text(min_size=1, max_size=12).filter(lambda name: not set(name) & {"/", "\0"} and name not in (".", ".."))
anything = st.dictionaries(names, st.text(max_size=20), min_size=1, max_size=6)


def written(folder: Path, files: dict[str, str]) -> Iterator[str]:
    """Write what the file system takes; yield those names."""
    for name, text in files.items():
        try:
            (folder / name).write_text(text, errors="surrogatepass")
        except (OSError, UnicodeError):
            continue
        yield name


@given(files=anything, marked=st.booleans())
def test_whatever_lies_in_a_folder_stays_unless_a_sandbox_made_it(
    files: dict[str, str], marked: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any") / "folder"
    folder.mkdir()
    if marked:
        made(folder)
    own = Layout.of(folder).names
    mine = {name for name in written(folder, files) if name not in own and not name.startswith(".ports.json.")}
    try:
        mark.remove(mark.check_removable(folder))
    except NotASandboxError:
        assert not marked
    assert mine <= ({path.name for path in folder.iterdir()} if folder.exists() else set())


def test_a_look_at_the_name_alone_would_be_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    folder = copied(tmp_path / "folder")
    monkeypatch.setattr(mark, "_content", lambda layout: {"made_by": mark.MADE_BY, "root": str(layout.root)})
    (folder / "bin").mkdir()
    assert mark.remove(mark.check_removable(folder)) == ("a.txt",)
