"""`enclave report` and `enclave verify`: write a run's signed bundle, and check one offline."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers.urns import urn_of
from enclave_policies.judging.side_by_side import fitting

from console import terminal
from console.collector import without_collector
from console.document import document
from console.exit_codes import GOOD, REFUSED
from console.gate import stack as stacks
from console.public_key import public
from console.recording import kept
from console.recording.kept import shown, stand_in_public
from console.report import keys
from console.report.printing import printed
from console.report.putting import put
from evidence.bundle.checking import Expected, check
from evidence.bundle.contents import ENVELOPE, PAGE, PRINTED, contents
from evidence.bundle.statement import KIND, statement_of
from evidence.digests import own_digest
from hosts.gateway import dsse
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from console.inspect.keys import Held
    from evidence.bundle.checking import Checked
    from evidence.record.model import Record

BUNDLE: Final = "bundle"
PROVES: Final = (
    "it proves: whoever holds this key signed these files, and the renderings tell what the record tells",
    "it does not prove: that the record is true of the clouds; `enclave recheck` computes it again from a state",
)


def report(
    stack: str,
    *,
    export: Path | None,
    to: Path | None,
    key: str | None,
    as_of: date | None,
    json: bool,
    pdf: bool = False,
) -> int:
    """Write the bundle of a stack's last run, or of an exported state, and say where it is."""
    sandbox = stacks.declared(stack).sandbox
    signer, name = keys.signing(key, sandbox=sandbox)
    folder = to or kept.folder() / stack / BUNDLE
    with without_collector():
        record, notes = (kept.kept(stack), ()) if export is None else _of_state(stack, export, as_of)
        files = contents(record, partial(fitting, resources=len(record.resources)))
    if pdf:
        files[PRINTED] = printed(files[PAGE])
    names = write_bundle(record, files, folder, (signer, name))
    if json:
        terminal.document(document("report", {"bundle": str(folder), "files": names, **_told(record)}))
    else:
        terminal.out(notes)
        terminal.out(_lines(record, folder, len(names), stand_in=key is None))
    return GOOD


def write_bundle(
    record: Record, files: Mapping[str, bytes], folder: Path, signed_by: tuple[Held, str] | None
) -> list[str]:
    """Write the files that are made of a record into a folder, and return their names.

    ``signed_by`` is a key and its name; without one nothing is signed. Raises ProblemsError.
    """
    if signed_by is not None:
        signer, name = signed_by
        envelope = dsse.unsigned(statement_of(record, files, own_digest()), KIND)
        envelope.sign(signer.signer(name))
        files = {**files, ENVELOPE: dsse.written(envelope)}
    put(folder, files)
    return [*files]


def verify(folder: Path, key: Path, expected: Expected, *, json: bool) -> int:
    """Check a bundle, and say what is wrong with it, or what it proves."""
    spelled = public(key)
    if not folder.is_dir():
        raise ProblemsError([Problem(Position(str(folder), 1, 1), "is no folder; name the folder of a bundle")])
    try:
        found = check(folder, spelled, expected)
    except OSError as error:
        raise ProblemsError(
            [Problem(Position(str(folder), 1, 1), f"cannot be read: {error.strerror or error}")]
        ) from None
    if json:
        told = {"verdict": "refused" if found.problems else "clean", "problems": list(found.problems)}
        terminal.document(document("verify", {**told, **(_told(found.record) if found.record else {})}))
    else:
        terminal.out(_checked(folder, found))
    return REFUSED if found.problems else GOOD


def _of_state(stack: str, export: Path, as_of: date | None) -> tuple[Record, tuple[str, ...]]:
    """Return the record of an exported state, and what was not at hand to judge it by."""
    from console.recording.of_state import state_record  # noqa: PLC0415 (it loads every rule)
    from console.report.around import around  # noqa: PLC0415 (as above)

    with around(stack) as notes:
        record = state_record(stack, export, as_of)
    others = {name for resource in record.resources if (name := urn_of(resource.urn).stack) != stack}
    if others:
        message = f"is a state of the stack '{min(others)}', and '{stack}' was named; name the stack that it is of"
        raise ProblemsError([Problem(Position(shown(export), 1, 1), message)])
    return record, notes


def _told(record: Record) -> dict[str, Any]:
    run = record.run
    return {
        "stack": run.stack,
        "outcome": run.outcome,
        "as_of": run.as_of,
        "commit": run.commit,
        "summary": record.summary.model_dump(),
    }


def _lines(record: Record, folder: Path, files: int, *, stand_in: bool) -> list[str]:
    run, key = record.run, shown(stand_in_public())
    who = f"a stand-in's key, which proves nothing to outsiders ({key})" if stand_in else "your key"
    check_by = key if stand_in else "PUBLIC-KEY"
    about = f"the {run.command} of {run.stack} of {run.moment} ({run.outcome})"
    return [
        f"{shown(folder)}: {files} files on {about}, signed by {who}",
        f"next: `enclave verify {shown(folder)} --key {check_by}` checks it offline",
    ]


def _checked(folder: Path, found: Checked) -> list[str]:
    if found.problems:
        return [f"{folder}: not as it was signed", *(f"  {problem}" for problem in found.problems)]
    record = found.record
    about = (
        f"the {record.run.command} of {record.run.stack} of {record.run.moment}: {record.run.outcome}" if record else ""
    )
    rendered = "" if found.rendered else "; another version wrote it, so its renderings were not made again"
    pdf = f"; {PRINTED} is signed, but was not made again: a browser printed it" if found.printed else ""
    return [f"{folder}: {found.files} files as they were signed; {about}{rendered}{pdf}", *PROVES]
