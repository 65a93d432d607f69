"""An image holds what its program imports, and its lock says so."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from hosts.wave.starting import COPIER
from sandbox.toolchain.table import RCLONE_TOOL

ROOT = Path(__file__).parents[2]
COPIED = re.compile(r"^COPY (hosts/.+) /opt/enclave/(hosts\S*)$", re.MULTILINE)
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;]+)", re.MULTILINE)
ONLY = """
import sys
from importlib import import_module
from importlib.metadata import packages_distributions

program, *locked = sys.argv[1:]
known = {name: {each.lower().replace("_", "-") for each in dists} for name, dists in packages_distributions().items()}

class OnlyLocked:
    def find_spec(self, name, *_):
        dists = known.get(name.partition(".")[0])
        if dists and not dists & set(locked):
            raise ModuleNotFoundError(f"{name} is not in the image")

sys.meta_path.insert(0, OnlyLocked())
import_module(program)
"""
"""Imports a program where nothing can be imported but what is locked."""


@dataclass(frozen=True)
class Image:
    """The folder of an image, and the module that its program begins with."""

    folder: str
    program: str

    def text(self, name: str) -> str:
        """Return one of its files."""
        return (ROOT / self.folder / name).read_text(encoding="utf-8")

    @property
    def pins(self) -> list[tuple[str, str]]:
        """Name and version of all that it locks."""
        return [(name.lower(), version) for name, version in PINNED.findall(self.text("requirements.txt"))]

    def copied_to(self, folder: Path) -> None:
        """Copy what the Containerfile copies."""
        for sources, target in COPIED.findall(self.text("Containerfile")):
            for source in sources.split():
                here = folder / target
                if (ROOT / source).is_dir():
                    shutil.copytree(ROOT / source, here)
                else:
                    here.mkdir(parents=True, exist_ok=True)
                    shutil.copy(ROOT / source, here)

    def imported(self, folder: Path) -> subprocess.CompletedProcess[str]:
        """Import the program from a folder that is like the image's."""
        command = [sys.executable, "-c", ONLY, self.program, *(name for name, _ in self.pins)]
        return subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"}
        )


GATEWAY = Image("hosts/gateway/image", "hosts.serving.main")
WAVE = Image("hosts/wave/image", "hosts.wave.worker")
each_image = pytest.mark.parametrize("image", [GATEWAY, WAVE], ids=lambda image: image.folder)


@each_image
def test_the_program_needs_nothing_that_the_image_lacks(image: Image, tmp_path: Path) -> None:
    image.copied_to(tmp_path)
    done = image.imported(tmp_path)
    assert done.returncode == 0, done.stderr


@each_image
def test_every_locked_version_is_the_one_that_the_tests_run(image: Image) -> None:
    development = (ROOT / "requirements" / "development.txt").read_text(encoding="utf-8")
    assert [pin for pin in image.pins if f"{pin[0]}=={pin[1]} " not in development.lower()] == []


@each_image
def test_an_import_that_the_image_lacks_is_noticed(image: Image, tmp_path: Path) -> None:
    """The seeded bug of this family."""
    image.copied_to(tmp_path)
    main = tmp_path / f"{image.program.replace('.', '/')}.py"
    main.write_text(main.read_text(encoding="utf-8") + "\nimport moto\n", encoding="utf-8")
    assert "moto is not in the image" in image.imported(tmp_path).stderr


def test_workers_find_the_copier_that_the_sandbox_builds() -> None:
    """Its sources and its version are the ones of the tests, and it lies where their command looks for it."""
    text = WAVE.text("Containerfile")
    assert f"COPY {RCLONE_TOOL.folder.relative_to(ROOT)} /src" in text
    assert all(flag in text for flag in RCLONE_TOOL.ldflags)
    assert f" {COPIER}\n" in text
