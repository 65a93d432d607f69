"""Chromium, for tests that look at pages: from PATH, else out of the machine's own Debian archive, unpacked."""

from __future__ import annotations

import platform
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sandbox.toolchain.debian import Archive, missing_tool
from sandbox.toolchain.errors import ToolchainError

if TYPE_CHECKING:
    from sandbox.toolchain.cache import Cache

NAME: Final = "chromium"
PACKAGE: Final = "chromium"
LAUNCHER: Final = "chromium"
COMMANDS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HELP: Final = "install chromium, or make the machine's package sources reachable (`apt-get update`)"
EXECUTABLE: Final = 0o755
PATIENCE: Final = 60  # seconds; a first start on a cold disk is slow


def find(cache: Cache) -> Path:
    """Return Chromium's program, which is fetched where there is none; ToolchainError says what is missing."""
    for on_path in map(shutil.which, COMMANDS):
        if on_path and _starts(Path(on_path)):  # Ubuntu's may be a stub
            return Path(on_path)
    key = f"debian-{platform.machine()}"
    home = cache.entry(NAME, key)
    with cache.locked(NAME, key):
        if not _starts(home / LAUNCHER):
            with cache.partial(NAME, key) as scratch:
                target = scratch / "root"
                _fetch(Archive(scratch, cache.logs, NAME), target)
                shutil.rmtree(home, ignore_errors=True)
                home.parent.mkdir(parents=True, exist_ok=True)
                target.rename(home)
            _launcher(home)
            if not _starts(home / LAUNCHER):
                raise ToolchainError(f"Debian's Chromium does not start ({home / LAUNCHER}); {HELP}")
    return home / LAUNCHER


def _fetch(archive: Archive, target: Path) -> None:
    if missing := missing_tool():
        raise ToolchainError(f"there is no `chromium` on PATH, and no {missing} to have it from Debian's archive")
    packages = archive.needed(PACKAGE)
    problem = packages if isinstance(packages, str) else archive.download(packages) or archive.unpack(target)
    if problem:
        raise ToolchainError(f"there is no `chromium` on PATH, and Debian's cannot be had ({problem}); {HELP}")


def _launcher(home: Path) -> None:
    """Write a program that starts the unpacked one with the libraries beside it."""
    folders = sorted({str(library.parent) for library in home.rglob("lib*.so*")})
    program = next(iter(home.glob("usr/lib/chromium/chromium")), home / "missing")
    fonts = home / "etc" / "fonts"
    told = "" if Path("/etc/fonts/fonts.conf").is_file() or not fonts.is_dir() else f"FONTCONFIG_PATH='{fonts}' "
    launcher = home / LAUNCHER
    launcher.write_text(
        f"#!/bin/sh\n{told}LD_LIBRARY_PATH='{':'.join(folders)}' exec '{program}' \"$@\"\n", encoding="utf-8"
    )
    launcher.chmod(EXECUTABLE)


def _starts(launcher: Path) -> bool:
    if not launcher.is_file():
        return False
    try:
        done = subprocess.run([launcher, "--version"], capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
