"""The form of a vault: what leads from the tokens of one run back to values, sealed, in one file.

The first line says what the file is for, and holds its own data key as the site's key has wrapped it. Blocks of entries
follow, each of them AES-256-GCM with its number as nonce and the first line as associated data: a block that is
changed, moved or of another vault does not open. An empty block ends it; a run that was killed leaves none.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from hosts.deidentify.errors import OddError, UnavailableError
from hosts.deidentify.lines import parsed

if TYPE_CHECKING:
    from pathlib import Path

    from hosts.deidentify.flow import Flow

ENDING: Final = ".vault"
FORM: Final = "enclave vault 1"
SIZE_BYTES: Final = 4
"""Of a block's size, before it."""
_NONCE_BYTES: Final = 12


@dataclass(frozen=True)
class Head:
    """What a vault is for; ``key`` is its data key, wrapped. ``id`` stands in each of its tokens."""

    form: str
    id: str
    flow: str
    purpose: str
    recipient: str
    epoch: str
    key: str


def context_of(flow: Flow, epoch: str) -> dict[str, str]:
    """Return what the data key of a vault is bound to, as KMS knows it: an encryption context.

    The key's policy asks for the first (components/aws/key_policy.py).
    """
    sealed_by = flow.reversal.key if flow.reversal else ""
    whom = {"flow": flow.name, "purpose": flow.purpose, "recipient": flow.recipient}
    return {"enclave:vault": sealed_by, **whom, "epoch": epoch}


def path_of(folder: Path, flow: Flow, epoch: str) -> Path:
    """Return where the vault of a purpose, recipient and epoch lies."""
    return folder / f"{flow.purpose}.{flow.recipient}.{epoch}{ENDING}"


def head_of(path: Path, line: bytes) -> Head:
    """Return what a vault's first line says. Raises UnavailableError."""
    try:
        row: dict[str, Any] = parsed(line)
        head = Head(**row)
    except (OddError, TypeError):
        head = None
    if head is None or head.form != FORM or not all(isinstance(one, str) for one in row.values()):
        raise UnavailableError(f"{path} is no vault, or was changed; find out by whom, and restore it")
    return head


def line_of(head: Head) -> bytes:
    """Return the first line of a vault."""
    return json.dumps(asdict(head), separators=(",", ":")).encode() + b"\n"


def nonce(number: int) -> bytes:
    """Return the nonce of a block; the key is of its file alone."""
    return number.to_bytes(_NONCE_BYTES, "big")
