"""Chromium from PATH, else from the machine's own package archive with all that it needs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from sandbox.toolchain import chromium
from sandbox.toolchain.cache import Cache
from sandbox.toolchain.errors import ToolchainError
from tests.sandbox.toolchain.fakes import script

if TYPE_CHECKING:
    from pathlib import Path

APT = """#!/bin/sh
echo "$@" >> "{here}/asked"
case "$*" in
    *update) /usr/bin/touch "{here}/index" ;;
    *simulate*) test -e "{here}/index" || exit 100
        echo "Inst libone (1.0 Debian)"; echo "Inst chromium (156 Debian)"; echo "Conf libone (1.0 Debian)" ;;
    *download*) test -e "{here}/index" || exit 100
        for last; do echo package > "${{last}}_1_amd64.deb"; done ;;
esac
"""
DPKG = """#!/bin/sh
/bin/mkdir -p "$3/usr/lib/chromium" "$3/usr/lib/x"
/usr/bin/touch "$3/usr/lib/x/libone.so.1"
cd "$3/usr/lib/chromium"
printf '#!/bin/sh\\ncase "$LD_LIBRARY_PATH" in */usr/lib/x*) exit {code};; esac\\nexit 9\\n' > chromium
/bin/chmod +x chromium
"""


def machine(here: Path, monkeypatch: pytest.MonkeyPatch, code: int = 0) -> Cache:
    """Return the cache of a machine with an apt of ours, whose Chromium ends with a code."""
    script(here / "bin" / "apt-get", APT.format(here=here))
    script(here / "bin" / "dpkg-deb", DPKG.format(code=code))
    monkeypatch.setenv("PATH", str(here / "bin"))
    return Cache(here / "cache")


def test_what_is_on_path_and_starts_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = machine(tmp_path, monkeypatch)
    script(tmp_path / "bin" / "chromium-browser", "#!/bin/sh\nexit 1\n")  # a stub that wants a snap
    script(tmp_path / "bin" / "google-chrome", "#!/bin/sh\nexit 0\n")
    assert chromium.find(cache) == tmp_path / "bin" / "google-chrome"
    assert not (tmp_path / "asked").exists()


def test_it_is_unpacked_with_what_it_needs_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = machine(tmp_path, monkeypatch)
    found = chromium.find(cache)
    assert found.is_relative_to(cache.root)
    asked = (tmp_path / "asked").read_text(encoding="utf-8")
    assert "download libone chromium" in asked
    assert chromium.find(cache) == found
    assert (tmp_path / "asked").read_text(encoding="utf-8") == asked
    shutil.rmtree(found.parent / "usr")
    assert chromium.find(cache) == found  # what is damaged is fetched again


def test_one_that_does_not_start_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ToolchainError, match="does not start"):
        chromium.find(machine(tmp_path, monkeypatch, code=3))


def test_a_machine_without_apt_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolchainError, match="no `chromium` on PATH, and no apt-get"):
        chromium.find(Cache(tmp_path / "cache"))
