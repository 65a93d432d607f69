"""Objects of a state as `enclave up` finds them again after a run that was killed: by what the program says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.gate.recover.aws_finding import Finder
from console.gate.recover.aws_table import table
from console.gate.recover.pending import Begun

if TYPE_CHECKING:
    from collections.abc import Sequence


def lost_of(entries: Sequence[dict[str, Any]]) -> tuple[list[str], int]:
    """Return the objects of AWS in a state that nobody would find again, or find otherwise, and how many were asked."""
    providers = {
        f"{entry['urn']}::{entry['id']}": entry["inputs"] for entry in entries if "providers:" in entry["type"]
    }
    finder, asked, lost = Finder(), 0, []
    for entry in entries:
        if not entry["type"].startswith("aws:") or "again" in table()[entry["type"]]:
            continue
        begun = Begun({key: entry[key] for key in ("urn", "type", "inputs")}, providers[entry["provider"]])
        found = finder.look_for(begun)
        if (len(found.own), found.bare, found.others) != (1, (), ()) or (
            "is" not in table()[entry["type"]] and found.own != (entry["id"],)
        ):
            lost.append(f"{entry['urn']}: {found}")
        asked += 1
    return lost, asked
