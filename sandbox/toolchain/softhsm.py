"""SoftHSM2, the stand-in for a site's HSM: an installed one, else one out of the distribution's own package archive.

Nothing is installed: the package's library is unpacked into the cache. The sandbox runs without it, too.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.toolchain.cache import damage
from sandbox.toolchain.debian import Archive, missing_tool
from sandbox.toolchain.key import target
from sandbox.toolchain.process import run_logged

if TYPE_CHECKING:
    from sandbox.toolchain.cache import Cache
    from sandbox.toolchain.progress import Progress

NAME = "softhsm2"
LIBRARY = "libsofthsm2.so"
WITHOUT = "secrets are not encrypted by an HSM: install softhsm2"
WITHOUT_BINDING = "secrets are not encrypted by an HSM: run `make setup`, which installs python-pkcs11"

_PACKAGE = "libsofthsm2"
_RECORD = "package.json"
_FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib", "/opt/local/lib")
_PATTERNS = (f"softhsm/{LIBRARY}", f"pkcs11/{LIBRARY}", f"*/softhsm/{LIBRARY}")
_EXECUTABLE = 0o755


@dataclass(frozen=True)
class Package:
    """Which package the library was taken from; `sha256` is that of the package file."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True)
class SoftHsm:
    """The PKCS#11 library, and where it came from."""

    library: Path
    version: str
    origin: str


def binding_is_there() -> bool:
    """Tell whether Python can talk to an HSM here."""
    return importlib.util.find_spec("pkcs11") is not None


def find(cache: Cache) -> SoftHsm | None:
    """Return an installed SoftHSM2, else the one in the cache, else None."""
    for folder in map(Path, _FOLDERS):
        for pattern in _PATTERNS:
            if found := next(iter(sorted(folder.glob(pattern))), None):
                return SoftHsm(found, "", "installed")
    entry = cache.entry(NAME, target())
    package = _read(entry / _RECORD)
    if package is None or damage(entry, (LIBRARY,)):
        return None
    origin = f"package {package.name} of the distribution, sha256 {package.sha256}"
    return SoftHsm(entry / LIBRARY, package.version, origin)


def obtain(cache: Cache, progress: Progress) -> str | None:
    """Have a SoftHSM2 if this machine's package sources offer one; else return why not, and what to do."""
    if find(cache):
        return None
    if missing := missing_tool():
        return f"{WITHOUT} (there is no {missing} here that could fetch it)"
    with (
        progress.step(f"fetching {NAME}, the stand-in for an HSM", "about 5 s"),
        cache.locked(NAME, target()),
        cache.partial(NAME, target()) as scratch,
    ):
        problem = None if find(cache) else _unpack(cache, scratch)
    return f"{WITHOUT} ({problem})" if problem else None


def _unpack(cache: Cache, scratch: Path) -> str | None:
    """Put the package's library into the cache; return what went wrong."""
    archive = Archive(scratch, cache.logs, NAME)
    if problem := archive.download([_PACKAGE]):
        return problem
    package = next(scratch.glob(f"{_PACKAGE}_*.deb"))
    version = package.name.split("_")[1]  # NAME_VERSION_ARCHITECTURE.deb
    unpacked, finished = scratch / "unpacked", scratch / "finished"
    if problem := archive.unpack(unpacked):
        return problem
    library = next(iter(sorted(unpacked.rglob(LIBRARY))), None)
    if library is None:
        return f"{package.name} holds no {LIBRARY}"
    load = [sys.executable, "-c", f"import ctypes; ctypes.CDLL({str(library)!r})"]
    tried = run_logged(load, cache.logs / f"{NAME}-load.log", folder=scratch)
    if tried.code:
        return tried.last_line
    finished.mkdir()
    shutil.copyfile(library, finished / LIBRARY)
    (finished / LIBRARY).chmod(_EXECUTABLE)
    record = Package(_PACKAGE, version, hashlib.sha256(package.read_bytes()).hexdigest())
    (finished / _RECORD).write_text(json.dumps(asdict(record)), encoding="utf-8")
    cache.publish(finished, NAME, target(), version=version, go="")
    return None


def _read(record: Path) -> Package | None:
    try:
        return Package(**json.loads(record.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
