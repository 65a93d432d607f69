"""What stays in the cloud when a site goes, in words: what it is, who pays, and who may remove it one day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.gate.losses import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from console.site_state import Resource

PAGE: Final = "docs/inspection.md"


def lines(site: str, staying: Iterable[Resource]) -> Iterator[str]:
    """Yield lines about what stays; parts of it, such as a bucket's settings, are not worth a line."""
    whole = [(each, kind) for each in staying if (kind := kind_of(each.type))]
    if not whole:
        return
    yield (
        f"{len(whole)} resources stay in the cloud when '{site}' goes: an inspector's copy of the record, who reads it "
        "and who adds to it"
    )
    yield from (f"  {kind} {each.id}" for each, kind in whole)
    yield (
        f"  the account of '{site}' pays for them until somebody removes them, which needs the locks to be over, the "
        f"account's root user and the inspector ({PAGE}); a later `enclave up` of the same site takes them over"
    )
