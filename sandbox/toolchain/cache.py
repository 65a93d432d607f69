"""The user's cache of finished tools: an entry is complete or it is not there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Fingerprint:
    """What a finished file looks like; size in bytes, time in ns since 1970."""

    size: int
    modified: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a finished entry holds, and which Go made it."""

    version: str
    go: str
    files: dict[str, Fingerprint]


def default_root() -> Path:
    """Where the cache lies: `$ENCLAVE_CACHE`, else `$XDG_CACHE_HOME/enclave`, else `~/.cache/enclave`."""
    if own := os.environ.get("ENCLAVE_CACHE"):
        return Path(own).absolute()
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache") / "enclave"


@dataclass(frozen=True)
class Cache:
    """The folders of the cache below `root`."""

    root: Path

    @property
    def go_build(self) -> Path:
        """Go's build cache: compiled packages, which let an interrupted build go on where it was."""
        return Path(os.environ.get("GOCACHE") or self.root / "go" / "build")

    @property
    def go_modules(self) -> Path:
        """Go's module cache: the downloaded sources."""
        return Path(os.environ.get("GOMODCACHE") or self.root / "go" / "modules")

    @property
    def logs(self) -> Path:
        """The full output of builds and downloads."""
        return self.root / "logs"

    def prune(self) -> bool:
        """Remove Go's downloads and compiled packages, which only a new build needs; False while one is running."""
        with ExitStack() as held:
            for path in sorted((self.root / "locks").glob("*.lock")):
                try:
                    held.enter_context(FileLock(path).acquire(timeout=0))
                except Timeout:
                    return False
            shutil.rmtree(self.root / "go", ignore_errors=True)
        return True

    def entry(self, name: str, key: str) -> Path:
        """The folder that holds a finished tool."""
        return self.root / "tools" / f"{name}-{key}"

    @contextmanager
    def locked(self, name: str, key: str, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
        """Hold the entry's lock; a second set-up waits here (after `on_wait`) for the first one's result."""
        path = self.root / "locks" / f"{name}-{key}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if on_wait:
                on_wait()
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def partial(self, name: str, key: str) -> Iterator[Path]:
        """A new scratch folder on the cache's file system, removed in the end; call with the entry's lock held."""
        folder = self.root / "partial"
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"{name}-{key}.*"):  # by a set-up that was killed
            shutil.rmtree(left, ignore_errors=True)
        # A fresh name each time: a compiler that outlived its killed set-up must not write into ours.
        path = Path(tempfile.mkdtemp(prefix=f"{name}-{key}.", dir=folder))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def publish(self, finished: Path, name: str, key: str, *, version: str, go: str) -> Path:
        """Write the manifest of `finished` and rename the folder into place in one step; call with the lock held."""
        files = {path.name: _fingerprint(path) for path in sorted(finished.iterdir())}
        manifest = Manifest(version=version, go=go, files=files)
        (finished / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n")
        entry = self.entry(name, key)
        entry.parent.mkdir(parents=True, exist_ok=True)
        if entry.exists():  # damaged: move it away whole, so that no moment shows half of it
            trash = finished.with_name(f"{finished.name}.damaged")
            entry.rename(trash)
            shutil.rmtree(trash, ignore_errors=True)
        finished.rename(entry)
        return entry


def read_manifest(entry: Path) -> Manifest | None:
    """The manifest of an entry, or None where there is no readable one."""
    try:
        raw = json.loads((entry / MANIFEST).read_text())
        files = {name: Fingerprint(**fields) for name, fields in raw["files"].items()}
        return Manifest(version=raw["version"], go=raw["go"], files=files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def damage(entry: Path, products: tuple[str, ...], *, thorough: bool = False) -> str | None:
    """Why a finished entry must not be used, or None; hashes a file only when its time changed or if `thorough`."""
    manifest = read_manifest(entry)
    if manifest is None:
        return "its manifest is missing or unreadable"
    for name in products:
        known = manifest.files.get(name)
        if known is None:
            return f"{name} is not in its manifest"
        if found := _difference(entry / name, known, thorough=thorough):
            return f"{name} {found}"
    return None


def _difference(path: Path, known: Fingerprint, *, thorough: bool) -> str | None:
    try:
        status = path.stat()
    except OSError:
        return "is missing"
    if status.st_size != known.size:
        return f"has {status.st_size} bytes instead of {known.size}"
    if not os.access(path, os.X_OK):
        return "is not executable"
    if (thorough or status.st_mtime_ns != known.modified) and _sha256(path) != known.sha256:
        return "has other content than was built"
    return None


def _fingerprint(path: Path) -> Fingerprint:
    status = path.stat()
    return Fingerprint(size=status.st_size, modified=status.st_mtime_ns, sha256=_sha256(path))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
