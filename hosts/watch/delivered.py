"""The record as the inspector's copy has it: every piece in the order of its lines, held against signed checkpoints.

Of each name the first version counts: what somebody put over it later is a difference, whatever it says.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from hosts.gateway.chain import Head, heads
from hosts.gateway.note import NoteError, head_in, opened
from hosts.gateway.shipping import CHECKPOINT, LINES
from hosts.watch.emergencies import emergencies_in
from hosts.watch.seen import Delivered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from hosts.watch.emergencies import Emergency

PIECE: Final = re.compile(LINES + r"/(\d{20})-(\d{20})\.jsonl")


@dataclass(frozen=True)
class Piece:
    """An object of the copy: its key below the host's prefix, its version, and when the store took it."""

    name: str
    version: str
    taken: datetime
    bytes: int


@dataclass
class Known:
    """What is verified of a host's record already, so that the next look reads what is new only."""

    head: Head = field(default_factory=Head)
    pieces: dict[str, str] = field(default_factory=dict)
    """The version of each piece that was read."""
    emergencies: dict[str, Emergency] = field(default_factory=dict)


class Copy:
    """One host's record in a store; ``read`` returns the bytes of a version of an object."""

    def __init__(self, gateway: str, host: str, origin: str, key: Ed25519PublicKey | None, read: Any) -> None:
        self.gateway, self.host = gateway, host
        self._origin, self._key, self._read = origin, key, read

    def look(self, pieces: Sequence[Piece], known: Known) -> Delivered:
        """Return how the record stands; ``known`` is what was verified before, and is brought up to date.

        ``pieces`` are in the order in which S3 lists versions.
        """
        first, versions = _versions(pieces)
        notes = versions.get(CHECKPOINT, [])
        newest = max((piece.taken for piece in notes), default=None)
        wrong = self._lines(first, versions, known) or self._checkpoint(notes, known)
        emergencies = tuple(known.emergencies.values())
        return Delivered(self.gateway, self.host, known.head.size, newest, wrong, emergencies)

    def _lines(self, first: Mapping[str, Piece], versions: Mapping[str, Sequence[Piece]], known: Known) -> str:
        for name, version in known.pieces.items():
            if name not in first or first[name].version != version:
                return f"{name}, which was read before, is gone"
        for name in sorted(name for name in first if PIECE.fullmatch(name)):
            if any(self._other(name, first[name], each) for each in versions[name][1:]):
                return f"{name} was written again with other content"
            if name in known.pieces:
                continue
            span = PIECE.fullmatch(name)
            if not span or int(span[1]) != known.head.size:
                return f"{name} does not follow line {known.head.size}: a piece is missing, or there is one too many"
            data = self._read(name, first[name].version)
            head, wrong = _after(known.head, data)
            if wrong or head.size != int(span[2]) + 1:
                return f"{name}: {wrong or 'it has another number of lines than its name says'}"
            known.head = head
            known.pieces[name] = first[name].version
            known.emergencies = emergencies_in(BytesIO(data), known.emergencies)
        return ""

    def _other(self, name: str, first: Piece, again: Piece) -> bool:
        """Tell whether a later version says something else: a shipper that lost its notes ships the same again."""
        same = first.bytes == again.bytes
        return not same or self._read(name, first.version) != self._read(name, again.version)

    def _checkpoint(self, notes: Sequence[Piece], known: Known) -> str:
        if not notes:
            return "" if not known.head.size else "there is no checkpoint"
        if self._key is None:
            return "nobody has told the public key of its checkpoints"
        try:
            text = self._read(CHECKPOINT, notes[-1].version).decode()
            head = head_in(opened(text, {self._origin: self._key}), self._origin)
        except (NoteError, UnicodeDecodeError) as error:
            return f"its checkpoint does not count: {error}"
        if head.size > known.head.size:
            return f"the checkpoint signs {head.size} lines, and {known.head.size} were delivered: lines are missing"
        if head.size == known.head.size and head.hash != known.head.hash:
            return f"the checkpoint signs another line {head.size}: the record was changed"
        return ""


def _versions(pieces: Sequence[Piece]) -> tuple[dict[str, Piece], dict[str, list[Piece]]]:
    """Return the first version of each piece, and all of them in the order in which they were taken."""
    found: dict[str, list[Piece]] = defaultdict(list)
    backwards = list(pieces)  # S3 lists the newest version of a key first, and its clock tells whole seconds
    backwards.reverse()
    for piece in sorted(backwards, key=lambda piece: piece.taken):
        found[piece.name].append(piece)
    return {name: versions[0] for name, versions in found.items()}, found


def _after(head: Head, data: bytes) -> tuple[Head, str]:
    """Return the head after the lines of a piece, and what is wrong with them."""
    ends = [(head, ""), *heads(BytesIO(data), head)]
    return ends[-1]
