"""`enclave verify-log`: read a record, a public key and checkpoints, and say what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console import terminal
from console.exit_codes import BAD_INPUT, GOOD, REFUSED
from console.verify_log.checking import Checkpoint, checked
from console.verify_log.document import as_json
from hosts.gateway.chain import Head

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from console.verify_log.checking import Checked

BESIDE: Final = "checkpoint"
"""The name of the latest checkpoint, which the authorizer keeps beside its record."""
LARGEST: Final = 1_000_000
"""Bytes of a key or a checkpoint; more is another file."""
WITHOUT_LIBRARY: Final = "signatures cannot be verified here; install enclave with its extra `gateway`"


class InputError(Exception):
    """A key or a checkpoint that is none."""


def verify_log(record: Path, key: Path, checkpoints: Sequence[Path], origin: str | None, *, json: bool) -> int:
    """Print what a record, a public key and checkpoints show; 0 where all is whole, 1 where it is not, 2 for bad input.

    Without checkpoints, the one beside the record is asked. Raises OSError for a file that cannot be read.
    """
    named = list(checkpoints)
    if not named and (beside := record.parent / BESIDE).exists():
        named = [beside]
    wrong, refused, good = [], [], []
    try:
        public = _key(key)
    except InputError as error:
        public = None
        wrong.append(str(error))
    if not named:
        wrong.append(f"{record}: no checkpoint lies beside it; give those that you kept with --checkpoint FILE")
    origins: dict[str, Path] = {}
    for file in named if public else ():
        try:
            text = _text(file)
            said, head = _opened(text, public, origin)  # type: ignore[arg-type]  the loop is empty without a key
        except InputError as error:
            wrong.append(f"{file}: {error}")
        except ValueError as error:
            refused.append(f"{file}: {error}")
        else:
            origins.setdefault(said, file)
            good.append(Checkpoint(str(file), head))
    if len(origins) > 1:
        refused.append(f"the checkpoints are of several records: {', '.join(sorted(origins))}")
    if wrong:
        return _bad(wrong, json=json)
    with record.open("rb") as lines:
        found = checked(lines, good)
    problems = [*refused, *found.problems]
    if json:
        terminal.document(as_json(str(record), next(iter(origins), None), found, problems))
    else:
        _say(record, next(iter(origins), ""), found, problems)
    return REFUSED if problems else GOOD


def _key(file: Path) -> Ed25519PublicKey:
    """Return an Ed25519 public key in PEM."""
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415
    except ImportError:
        raise InputError(WITHOUT_LIBRARY) from None
    try:
        key = load_pem_public_key(_bytes(file))
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise InputError(f"{file}: this is no Ed25519 public key in PEM; `openssl pkey -in KEY -pubout` makes one")
    return key


def _opened(note: str, key: Ed25519PublicKey, origin: str | None) -> tuple[str, Head]:
    """Return the origin and the head of a checkpoint. Raises InputError where it is none, NoteError where it is forged."""
    from hosts.gateway.note import NoteError, head_in, opened, parts_of  # noqa: PLC0415  it needs the library

    try:
        text, _ = parts_of(note)
        named = text.split("\n")[0]
        head = head_in(text, named)
    except NoteError as error:
        raise InputError(str(error)) from None
    opened(note, {named: key})
    if origin not in (None, named):
        raise NoteError(f"this is a checkpoint of {named}, and not of {origin}")
    return named, head


def _text(file: Path) -> str:
    try:
        return _bytes(file).decode()
    except UnicodeDecodeError:
        raise InputError("this is no checkpoint: it is no UTF-8") from None


def _bytes(file: Path) -> bytes:
    with file.open("rb") as opened:
        data = opened.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(f"it is larger than {LARGEST:,} bytes, so it is neither a key nor a checkpoint")
    return data


def _say(record: Path, origin: str, found: Checked, problems: Sequence[str]) -> None:
    if problems:
        terminal.err(f"{record} is not whole:", *(f"  {problem}" for problem in problems))
        if found.covered:
            terminal.err(f"its first {found.covered:,} lines are as they were signed; keep all files as evidence")
        return
    terminal.out(
        [
            f"{record} of {origin} is whole: {found.head.size:,} lines, {found.covered:,} of them signed",
            "this proves:",
            *(f"  {line}" for line in found.proves),
            "it does not prove:",
            *(f"  {line}" for line in found.does_not_prove),
        ]
    )


def _bad(problems: Sequence[str], *, json: bool) -> int:
    from console.document import problems_document  # noqa: PLC0415

    terminal.err(*problems)
    if json:
        terminal.document(problems_document("verify-log", problems))
    return BAD_INPUT
