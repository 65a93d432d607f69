"""The image of a gateway holds what the authorizer imports, and its lock says so."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
IMAGE = ROOT / "hosts" / "gateway" / "image"
COPIED = re.compile(r"^COPY (hosts/.+) /opt/enclave/(hosts\S*)$", re.MULTILINE)
ONLY = """
import sys
from importlib.metadata import packages_distributions

known = {name: {each.lower().replace("_", "-") for each in dists} for name, dists in packages_distributions().items()}

class OnlyLocked:
    def find_spec(self, name, *_):
        dists = known.get(name.partition(".")[0])
        if dists and not dists & set(sys.argv[1:]):
            raise ModuleNotFoundError(f"{name} is not in the image")

sys.meta_path.insert(0, OnlyLocked())
import hosts.serving.main
"""
"""Imports the authorizer where nothing can be imported but what is locked."""


def copied_to(folder: Path) -> None:
    """Copy what the Containerfile copies."""
    for sources, target in COPIED.findall((IMAGE / "Containerfile").read_text(encoding="utf-8")):
        for source in sources.split():
            here = folder / target
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, here)
            else:
                here.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, here)


def imported(folder: Path) -> subprocess.CompletedProcess[str]:
    """Import the authorizer from a folder that is like the image's."""
    command = [sys.executable, "-c", ONLY, *locked()]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"})


def locked() -> set[str]:
    text = (IMAGE / "requirements.txt").read_text(encoding="utf-8")
    return {name.lower() for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def test_the_authorizer_needs_nothing_that_the_image_lacks(tmp_path: Path) -> None:
    copied_to(tmp_path)
    done = imported(tmp_path)
    assert done.returncode == 0, done.stderr


def test_every_locked_version_is_the_one_that_the_tests_run() -> None:
    development = (ROOT / "requirements" / "development.txt").read_text(encoding="utf-8")
    pins = re.findall(
        r"^([A-Za-z0-9._-]+==[^ ;]+)", (IMAGE / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [pin for pin in pins if f"{pin} " not in development] == []


def test_an_import_that_the_image_lacks_is_noticed(tmp_path: Path) -> None:
    """The seeded bug of this family."""
    copied_to(tmp_path)
    main = tmp_path / "hosts" / "gateway" / "main.py"
    main.write_text(main.read_text(encoding="utf-8") + "\nimport moto\n", encoding="utf-8")
    assert "moto is not in the image" in imported(tmp_path).stderr
