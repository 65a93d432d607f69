"""Declarations of the demonstration: the stack `local` with a site that is left, waves out of it, and workers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from sandbox.local_stack import with_hamar_live

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.migration.move import Move

WORKERS: Final = 4
TRANSFERS: Final = 4
SEGMENT: Final = "migration"
IMAGE: Final = (
    "registry.hamar.example/enclave/wave@sha256:7c1d0b5c2f3e4a69788695a4b3c2d1e0f9e8d7c6b5a493827160594837261504"
)
SOURCE: Final = ("bucket.vpce-0a1b2c3d4e5f60718-9hg2kq7x.s3.us-east-1.vpce.amazonaws.com", "10.240.9.10")
STORAGE: Final = ("s3.hamar.example", "10.32.250.10")


def declared(moves: Sequence[Move]) -> str:
    """Return the declaration of the stack `local` with a site that is left, and the waves out of it."""
    rows = "".join(f"  {move.wave}: {json.dumps(_wave(move))}\n" for move in moves)
    return f"{_left()}waves:\n{rows}"


def declared_with_workers(move: Move) -> str:
    """Return the same with one wave, which workers in Hamar's cluster bring in."""
    segment = f"  {SEGMENT}: {{slot: 6, purpose: workers of waves, classes: [restricted]}}\n"
    text = _left().replace("segments:\n", f"segments:\n{segment}", 1)
    job = {
        "image": IMAGE,
        "segment": SEGMENT,
        "source": {"host": SOURCE[0], "address": SOURCE[1]},
        "storage": {"host": STORAGE[0], "address": STORAGE[1]},
        "journal": journal_of(move),
    }
    table = "".join(f"    {name}: {json.dumps(value)}\n" for name, value in _wave(move).items())
    rows = "".join(f"      {name}: {json.dumps(value)}\n" for name, value in job.items())
    return f"{text}waves:\n  {move.wave}:\n{table}    job:\n{rows}"


def journal_of(move: Move) -> str:
    """Return the bucket in which plan and results of a wave lie."""
    return f"{move.target}-journal"


def _left() -> str:
    text = with_hamar_live()
    text = text.replace("machine_images: {", "machine_images: {us-east-1: ami-0e5ba9f1f0c0ffee1, ", 1)
    site = (
        'sites:\n  us-exit: {kind: aws, country: US, region: us-east-1, account: "111122223333", cidr: 10.18.0.0/16,\n'
        "    role: transitional, lifecycle: draining, exit_by: 2027-06-30}\n"
    )
    return text.replace("sites:\n", site, 1)


def _wave(move: Move) -> dict[str, Any]:
    return {
        "from": "us-exit",
        "to": move.site,
        "classes": ["restricted"],
        "delete_by": "2027-03-31",
        "buckets": {move.source: move.target},
        "limits": {"workers": WORKERS, "transfers": TRANSFERS},
    }
