"""Waves whose last day has passed and whose source nobody has shown to be empty, by the last look and signature.

A signature counts by a key that the law lists, of an accepter or an inspector; in a sandbox by its stand-in's, too.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from enclave_policies.law.folder.access import access_of

from components.declaration.words import listed
from console.objections import Objection
from console.public_key import public
from console.recording.kept import stand_in_public
from console.recording.waves import EMPTY, folder_of, state_at
from evidence.bundle.signer import signer_name
from evidence.bundle.statement import KIND
from hosts.gateway import dsse
from hosts.wave.wave import JOURNAL
from located_yaml import ProblemsError
from located_yaml.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from enclave_policies.law import Law
    from securesystemslib.signer import Key

    from components.declaration import Declaration
    from components.declaration.model import Wave


def overdue(stack: str, declaration: Declaration, law: Law) -> Iterator[Objection]:
    """Yield each wave that had to be over before the law's day and is not proved to be; no store is asked."""
    late = {name: wave for name, wave in declaration.waves.items() if wave.delete_by < law.day}
    known = _keys(declaration, law) if late else {}
    for name, wave in late.items():
        for why in _why(stack, name, wave, known):
            message = (
                f"wave '{name}': '{wave.from_}' had to be empty by {wave.delete_by}, and {why}; to do: "
                f"`enclave wave purge {stack} {name}`, and `enclave wave status {stack} {name}`"
            )
            yield Objection(("waves", name, "delete_by"), message, None)


def _keys(declaration: Declaration, law: Law) -> Mapping[str, Key]:
    """Return the keys by which somebody may sign that a source is empty, by the names that signatures carry."""
    holders: Iterable[Any] = (*law.lifecycle.accepters.values(), *access_of(law).inspectors.values())
    known = {signer_name(key.public): key.public for holder in holders for key in holder.keys.values()}
    if declaration.sandbox and stand_in_public().is_file():
        own = public(stand_in_public())
        known[signer_name(own, stand_in=True)] = own
    return {name: dsse.inspectors_key(name, each) for name, each in known.items()}


def _why(stack: str, name: str, wave: Wave, known: Mapping[str, Key]) -> Iterator[str]:
    if not wave.buckets:
        yield "it names no bucket, so nobody can have shown it"
    for bucket in wave.buckets:
        if problem := _left_in(folder_of(stack, name) / bucket, known):
            yield f"of the bucket {bucket} {problem}"


def _left_in(folder: Path, known: Mapping[str, Key]) -> str | None:
    """Return why a bucket is not proved to be empty, None where it is."""
    state = state_at(folder / JOURNAL)
    if state.empty is None:
        return "there is no signed statement that it is"
    if state.left:
        return f"the last listing showed {state.left:,} versions, markers or uploads"
    try:
        envelope = dsse.opened(read_bytes(folder / EMPTY, str(folder / EMPTY)), KIND)
    except (dsse.EnvelopeError, ProblemsError) as error:
        return f"the signed statement cannot be read ({error})"
    if hashlib.sha256(envelope.payload).hexdigest() != state.empty:
        return "the signed statement is another than the one that the journal tells of"
    if not envelope.signatures:
        return "nobody has signed the statement"
    if strangers := dsse.unknown_signers(envelope, known):
        return f"the statement is signed by a key that the law does not list ({listed(strangers)})"
    if not dsse.all_fit(envelope, known):
        return "the statement was changed, or signed by another key than it says"
    return None
