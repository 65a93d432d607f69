"""SoftHSM2 from the machine's own package archive: fetched, checked, recorded, and done without where there is none."""

from __future__ import annotations

import _ctypes
import hashlib
import io
import json
from typing import TYPE_CHECKING

import pytest

from sandbox.toolchain import softhsm
from sandbox.toolchain.cache import Cache
from sandbox.toolchain.doctor import report
from sandbox.toolchain.progress import Progress
from tests.sandbox.toolchain.fakes import script

if TYPE_CHECKING:
    from pathlib import Path

_PACKAGE = "libsofthsm2_2.6.1-2.1_amd64.deb"
_APT = """#!/bin/sh
echo "$@" >> "{here}/asked"
case "$*" in
    *update) touch "{here}/index" ;;
    *download*) test -e "{here}/index" || exit 100
        echo package > {package} ;;
esac
"""
_DPKG = """#!/bin/sh
/bin/mkdir -p "$3/usr/lib/softhsm" && /bin/cp "{library}" "$3/usr/lib/softhsm/libsofthsm2.so"
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an apt of ours, where nothing is installed."""
    script(tmp_path / "bin" / "apt-get", _APT.format(here=tmp_path, package=_PACKAGE))
    script(tmp_path / "bin" / "dpkg-deb", _DPKG.format(library=_ctypes.__file__))
    (tmp_path / "bin" / "touch").symlink_to("/usr/bin/touch")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(softhsm, "_FOLDERS", (str(tmp_path / "usr"),))
    (tmp_path / "index").touch()
    return tmp_path


def obtain(here: Path) -> tuple[Cache, str | None]:
    cache = Cache(here / "cache")
    with Progress(io.StringIO(), live=False) as progress:
        return cache, softhsm.obtain(cache, progress)


def test_the_library_is_taken_out_of_the_package_and_its_origin_is_recorded(here: Path) -> None:
    cache, problem = obtain(here)
    assert problem is None
    found = softhsm.find(cache)
    assert found
    assert found.version == "2.6.1-2.1"
    assert found.origin.endswith(f"sha256 {hashlib.sha256(b'package' + bytes([10])).hexdigest()}")
    assert found.library.is_file()


def test_what_is_there_is_not_fetched_again(here: Path) -> None:
    obtain(here)
    asked = (here / "asked").read_text()
    assert obtain(here)[1] is None
    assert (here / "asked").read_text() == asked


def test_an_installed_one_is_used_before_any_other(here: Path) -> None:
    library = here / "usr" / "x86_64-linux-gnu" / "softhsm" / "libsofthsm2.so"
    library.parent.mkdir(parents=True)
    library.touch()
    cache, problem = obtain(here)
    assert problem is None
    assert softhsm.find(cache) == softhsm.SoftHsm(library, "", "installed")
    assert not (here / "asked").exists()


def test_a_machine_without_the_archives_index_fetches_it_to_a_place_of_ours(here: Path) -> None:
    (here / "index").unlink()
    assert obtain(here)[1] is None
    update = next(line for line in (here / "asked").read_text().splitlines() if line.endswith("update"))
    assert f"Dir::State::Lists={here}/cache/partial/" in update
    assert not list((here / "cache" / "partial").iterdir())


def test_where_there_is_no_package_the_reason_and_the_remedy_are_told(here: Path) -> None:
    script(here / "bin" / "apt-get", "#!/bin/sh\necho 'E: Unable to locate package libsofthsm2'\necho W: x\nexit 100\n")
    cache, problem = obtain(here)
    assert problem == (
        "secrets are not encrypted by an HSM: install softhsm2 (E: Unable to locate package libsofthsm2)"
    )
    assert softhsm.find(cache) is None


def test_where_there_is_no_apt_it_is_not_looked_for(here: Path) -> None:
    (here / "bin" / "apt-get").unlink()
    assert "there is no apt-get here" in str(obtain(here)[1])


def test_a_library_that_does_not_load_here_is_not_kept(here: Path) -> None:
    script(here / "bin" / "dpkg-deb", _DPKG.format(library=here / "index"))
    cache, problem = obtain(here)
    assert problem
    assert "OSError" in problem
    assert softhsm.find(cache) is None


def test_a_changed_library_or_record_is_not_used(here: Path) -> None:
    cache, _ = obtain(here)
    found = softhsm.find(cache)
    assert found
    found.library.write_bytes(b"another")
    assert softhsm.find(cache) is None
    assert obtain(here)[1] is None
    (found.library.with_name("package.json")).write_text(json.dumps({"name": "x"}))
    assert softhsm.find(cache) is None


def test_the_doctor_shows_it_and_what_is_missing_without_it(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.toolchain.doctor.TOOLS", ())
    monkeypatch.setattr(softhsm, "binding_is_there", lambda: True)
    cache = Cache(here / "cache")

    def row() -> tuple[str, str, str]:
        found = next(row for row in report(cache) if row.name == "softhsm2")
        return found.version, found.origin, found.problem

    assert row() == ("", "secrets are not encrypted by an HSM: install softhsm2", "")
    obtain(here)
    assert row()[0] == "2.6.1-2.1"
    monkeypatch.setattr(softhsm, "binding_is_there", lambda: False)
    assert row() == ("", softhsm.WITHOUT_BINDING, "")
