"""The ledger of a host: which epochs were used, and how much of each budget for noise was spent. It only grows.

Each line carries the digest of the one before it, and is on the disk before anything leaves. A line that was changed or
taken out of the middle is noticed; whoever can cut lines off the end can have an epoch again.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from hosts.deidentify.errors import DeidentifyError, OddError, UnavailableError
from hosts.deidentify.lines import parsed
from hosts.writing import write_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hosts.deidentify.flow import Flow, Noise

EPOCH: Final = re.compile(r"(?=.{1,64}\Z)[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
"""Its name, of 64 letters at most."""
_LARGEST: Final = 64 * 2**20
"""Bytes: some 300,000 runs."""
_FIRST: Final = "0" * 64


class EpochUsedError(DeidentifyError):
    """Pseudonyms or tokens of this purpose and recipient were made in this epoch before."""


class BudgetSpentError(DeidentifyError):
    """The recipient has got as much about this class of data as the budget allows."""


@dataclass
class Ledger:
    """An open, locked ledger: its file, the digest of its last line, and its rows."""

    _file: int
    _path: Path
    _last: str
    _rows: list[dict[str, Any]]

    def use_epoch(self, flow: Flow, epoch: str, by: str = "") -> None:
        """Use an epoch up, for good. Raises EpochUsedError and UnavailableError.

        ``by`` names a gateway, which goes on with its own epoch after a restart; a run over files never does.
        """
        row = {"epoch": epoch, "purpose": flow.purpose, "recipient": flow.recipient}
        for before in self._rows:
            if all(before.get(key) == value for key, value in row.items()):
                if by and before.get("by") == by:
                    return
                what = "pseudonyms" if flow.has_pseudonyms else "tokens"
                text = f"{what} for '{flow.purpose}' and '{flow.recipient}' were made on {before['at']} in it already"
                raise EpochUsedError(f"epoch '{epoch}': {text}; take an epoch of its own for each run")
        self._add({**row, "by": by} if by else row)

    def spend(self, flow: Flow, noise: Noise, tables: int) -> Decimal:
        """Spend the budget of some tables, for good, and return what is left. Raises BudgetSpentError."""
        whom = {"class": flow.data_class, "recipient": flow.recipient}
        rows = [row for row in self._rows if all(row.get(key) == value for key, value in whom.items())]
        spent = sum((Decimal(row["epsilon"]) for row in rows), Decimal(0))
        wanted = noise.epsilon * tables
        if spent + wanted > noise.budget:
            raise BudgetSpentError(
                f"the budget of '{flow.recipient}' for class '{flow.data_class}' is {noise.budget}, {spent} of it is "
                f"spent, and this would be {wanted} more; nothing more can leave with so little noise"
            )
        self._add({"epsilon": str(wanted), **whom, "flow": flow.name})
        return noise.budget - spent - wanted

    def _add(self, row: dict[str, Any]) -> None:
        row = {**row, "at": datetime.now(UTC).isoformat(timespec="seconds"), "before": self._last}
        line = json.dumps(row, separators=(",", ":")).encode() + b"\n"
        try:
            write_all(self._file, line)
            os.fsync(self._file)
        except OSError as error:
            raise UnavailableError(
                f"--ledger {self._path} cannot be written ({error.strerror}); mend its disk"
            ) from None
        self._rows.append(row)
        self._last = sha256(line).hexdigest()


@contextmanager
def opened(path: Path) -> Iterator[Ledger]:
    """Give the ledger of a file to this process alone. Raises UnavailableError, also for one that was changed."""
    try:
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        hint = "a host's first one is an empty file; one that was lost takes its epochs and budgets along"
        raise UnavailableError(f"--ledger {path} cannot be opened ({error.strerror}); {hint}") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        with os.fdopen(os.dup(file), "rb") as reader:
            content = reader.read(_LARGEST + 1)
        yield Ledger(file, path, *_read(path, content))
    finally:
        os.close(file)


def _read(path: Path, content: bytes) -> tuple[str, list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    last = _FIRST
    if len(content) > _LARGEST:
        raise UnavailableError(f"--ledger {path} has more than {_LARGEST} bytes; no ledger grows so long")
    for number, line in enumerate(content.splitlines(keepends=True), start=1):
        try:
            row = parsed(line)
            Decimal(row.get("epsilon", "0"))
        except (OddError, InvalidOperation, TypeError):
            row = {}
        if row.get("before") != last or not line.endswith(b"\n"):
            raise UnavailableError(
                f"{path}:{number}: was changed, or written in part; find out by whom, and restore it"
            )
        rows.append(row)
        last = sha256(line).hexdigest()
    return last, rows
