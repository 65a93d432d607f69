"""What a record says of replicas: what is declared, and what was signed when each was last found in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.recording.kept import folder
from console.recording.marked import line_at
from evidence.record.model import Replica
from located_yaml.files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from components.declaration import Declaration
    from located_yaml import Document

PROOF: Final = "replica.dsse.json"


def folder_of(stack: str, replica: str) -> Path:
    """Return where a replica's journals and manifests are, a folder for each bucket."""
    return folder() / stack / "replicas" / replica


def replicas(stack: str, declaration: Declaration, document: Document) -> Iterator[Replica]:
    """Yield each declared replica."""
    failover = declaration.failover
    for name, one in failover.replicas.items() if failover else ():
        proofs = [folder_of(stack, name) / bucket / PROOF for bucket in one.buckets]
        yield Replica(
            name=name,
            source=one.from_,
            target=one.to,
            classes=tuple(one.classes),
            buckets=len(one.buckets),
            every_minutes=one.every_minutes,
            lag_minutes=one.lag_minutes,
            order=tuple(failover.order) if failover else (),
            statements=tuple(read_text(proof, str(proof)) for proof in proofs if proof.is_file()),
            declared=line_at(document.position(("failover", "replicas", name))),
        )
