"""The JSON document of `enclave verify-log`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.document import document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.verify_log.checking import Checked
    from console.verify_log.watched import LastWatch


def as_json(record: str, origin: str | None, found: Checked, problems: Sequence[str], watch: LastWatch | None) -> str:
    """Return the document of a record that was looked at."""
    return document(
        "verify-log",
        {
            "verdict": "damaged" if problems else "whole",
            "record": {"file": record, "origin": origin, "lines": found.head.size, "sha256": found.head.hash},
            "signed_lines": found.covered,
            "checkpoints": [
                {"file": each.file, "lines": each.head.size, "holds": holds} for each, holds in found.checkpoints
            ],
            "last_watch": watch
            and {
                "file": watch.file,
                "site": watch.run.site,
                "ended": watch.run.ended,
                "differences": watch.run.found,
                "late": watch.late,
            },
            "problems": list(problems),
            "proves": list(found.proves) if not problems else [],
            "does_not_prove": list(found.does_not_prove),
        },
    )
