"""What came of a request: what the upstream was given, and what the record says of it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sandbox.gateways.station import Station


def lines(path: Path, start: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Return the whole JSON lines of a file behind ``start``, and where they end."""
    if not path.is_file():
        return [], start
    with path.open("rb") as file:
        file.seek(start)
        data = file.read()
    end = data.rfind(b"\n") + 1
    return [json.loads(line) for line in data[:end].splitlines()], start + end


@dataclass
class Seen:
    """What the upstream was given, and the record's entries."""

    served: list[dict[str, Any]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)

    @property
    def forwarded_unseen(self) -> list[str]:
        """Each request that the upstream got without a yes of the record about the same path and person."""
        yes = {str(entry["seq"]): entry for entry in self.entries if entry.get("result") == "allow"}
        found = []
        for each in self.served:
            _, path, _ = each["line"].split(" ")
            entry = yes.pop(each["headers"].get("enclave-record", ""), None)  # one yes is good for one request
            same = entry and (
                entry["path_sha256"] == sha256(path.encode("latin-1")).hexdigest()
                and entry["person"] == each["headers"]["enclave-person"]
                and path.startswith(entry["route"])
            )
            if not same:
                found.append(each["line"])
        return found


class Watch:
    """Reads a station's logs from where it read last."""

    def __init__(self, station: Station) -> None:
        self._log, self._record = station.folder / "tls" / "served.log", station.record
        self._at = [lines(self._log)[1], lines(self._record)[1]]

    def look(self) -> Seen:
        """Return what has come since the last look."""
        served, self._at[0] = lines(self._log, self._at[0])
        entries, self._at[1] = lines(self._record, self._at[1])
        return Seen(served, entries)


@contextmanager
def nothing_forwarded(station: Station) -> Iterator[Seen]:
    """Hold that nothing reaches the upstream meanwhile; what is yielded has the record's entries afterwards."""
    watch, seen = Watch(station), Seen()
    yield seen
    found = watch.look()
    seen.entries += found.entries
    assert not found.served, found.served
