"""Whether a bundle is what somebody signed, and what of it is not; offline, with a public key alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence.bundle.contents import ENVELOPE, PRINTED, RECORD, contents
from evidence.bundle.signer import names
from evidence.bundle.statement import KIND, StatementError, law_of, read_statement, renderer_of, statement_of
from evidence.digests import own_digest
from evidence.record.files import RecordError, read
from hosts.gateway import dsse
from hosts.gateway.dsse import EnvelopeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from evidence.record.model import Record


@dataclass(frozen=True)
class Expected:
    """What the bundle should be about; None: anything."""

    stack: str | None = None
    commit: str | None = None
    law: str | None = None
    state: str | None = None


@dataclass(frozen=True)
class Checked:
    """What came out: everything that is wrong, and the record where it could be read.

    ``rendered``: the files that this program makes of the record now are those in the bundle; None where another
    version wrote it. ``printed``: there is a PDF too, which is signed and cannot be made again.
    """

    problems: tuple[str, ...]
    record: Record | None = None
    files: int = 0
    rendered: bool | None = None
    printed: bool = False


def check(folder: Path, key: str, expected: Expected) -> Checked:
    """Return what is wrong with a bundle. Raises OSError where the folder cannot be read.

    ``key`` is a public key in base64, Ed25519 or P-256.
    """
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if not _is_folder(path)}
    envelope = found.pop(ENVELOPE, None)
    if envelope is None or not _is_own(envelope):
        return Checked((f"{ENVELOPE} is missing: nothing in this folder is signed",))
    if not _is_own(envelope):
        return Checked((f"{ENVELOPE} is a link to another file, or no file at all",))
    try:
        opened = dsse.opened(envelope.read_bytes(), KIND)
    except EnvelopeError as error:
        return Checked((f"{ENVELOPE}: {error}",))
    known = {name: dsse.inspectors_key(name, key) for name in names(key)}
    if len(opened.signatures) != 1 or not dsse.all_fit(opened, known):
        return Checked((f"{ENVELOPE} is not signed by this key, or was changed after that",))
    try:
        statement = read_statement(opened.payload)
    except StatementError as error:
        return Checked((str(error),))
    problems = [*_files(found, statement["digests"])]
    record, wrong = _record(found)
    problems += wrong
    if record is None or problems:
        return Checked((*problems, *(_expected(record, expected) if record else ())), record, len(found))
    contents_ = {name: path.read_bytes() for name, path in found.items()}
    renderer = renderer_of(statement)
    if statement_of(record, contents_, renderer) != opened.payload:
        problems.append("what is signed says something else than the record: stack, commit, law, day or verdict differ")
    rendered = _rendered(record, contents_) if renderer == own_digest() else None
    if rendered is False:
        problems.append("the renderings tell something else than the record")
    return Checked((*problems, *_expected(record, expected)), record, len(found), rendered, PRINTED in found)


def _files(found: Mapping[str, Path], digests: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(digests.keys() - found.keys()):
        yield f"{name} is missing"
    for name in sorted(found.keys() - digests.keys()):
        yield f"{name} was added: nobody has signed it"
    for name in sorted(digests.keys() & found.keys()):
        if not _is_own(found[name]):
            yield f"{name} is a link to another file, and no file of its own"
            continue
        with found[name].open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != digests[name]:
                yield f"{name} was changed, or another file stands in its place"


def _is_folder(path: Path) -> bool:
    """Return whether this is a folder of the bundle; a link to one is something that was added."""
    return path.is_dir() and not path.is_symlink()


def _is_own(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()


def _record(found: Mapping[str, Path]) -> tuple[Record | None, list[str]]:
    if RECORD not in found or not _is_own(found[RECORD]):
        return None, []  # it is missing or a link, which is said already
    try:
        return read(found[RECORD].read_bytes(), RECORD), []
    except RecordError as error:
        return None, [str(error)]


def _rendered(record: Record, files: Mapping[str, bytes]) -> bool:
    """Return whether the renderings are those of the record."""
    return contents(record) == {name: content for name, content in files.items() if name != PRINTED}


def _expected(record: Record, expected: Expected) -> Iterator[str]:
    states = [each.sha256 for each in record.inputs if each.role == "state"]
    pairs = (
        ("stack", expected.stack, record.run.stack),
        ("commit", expected.commit, record.run.commit),
        ("law", expected.law, law_of(record)),
        ("state", expected.state, states[0] if states else ""),
    )
    for what, wanted, is_ in pairs:
        if wanted is not None and wanted != is_:
            yield f"it is a bundle of another {what}: {is_ or 'none'}, and {wanted} was asked for"
