"""The files that records come from and go to: JSON lines, and Arrow or Parquet where the host has pyarrow."""

from __future__ import annotations

import contextlib
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from hosts.deidentify.errors import DeidentifyError
from hosts.deidentify.lines import encode, lines_of, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from hosts.deidentify.flow import Flow
    from hosts.deidentify.settling import Settle
    from hosts.deidentify.tally import Tally

    Write = Callable[[dict[str, Any]], None]

COLUMNAR: Final = (".parquet", ".arrow")
LINES: Final = (".jsonl", ".ndjson")
STDIN: Final = "-"
_BATCH: Final = 512
"""Lines written at once."""
_ONLY_OURS: Final = 0o600


def records_of(source: Path, listed: Sequence[str], tally: Tally) -> Iterator[dict[str, Any] | str]:
    """Yield each record; a text is the reason why one cannot be read. Raises DeidentifyError."""
    if source.suffix in COLUMNAR:
        from hosts.deidentify.columnar import rows_of  # noqa: PLC0415  pyarrow takes its time and memory

        yield from rows_of(source, listed, tally)
        return
    with _opened(source) as file:
        yield from read(lines_of(file))


@contextmanager
def _opened(source: Path) -> Iterator[BinaryIO]:
    if str(source) == STDIN:
        yield sys.stdin.buffer
        return
    try:
        file = source.open("rb")
    except OSError as error:
        raise DeidentifyError(f"{source} cannot be read ({error.strerror}); name a file that can") from None
    with file:
        yield file


@contextmanager
def written(target: Path, flow: Flow, settle: Settle) -> Iterator[Write]:
    """Write a file under another name, and give it its own once it is whole and on the disk. Raises DeidentifyError."""
    if os.path.lexists(target):
        raise DeidentifyError(f"{target} is there already; name a new file")
    partial = target.with_name(target.name + ".partial")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, _ONLY_OURS)
    except OSError as error:
        raise DeidentifyError(
            f"{partial} cannot be made ({error.strerror}); remove it, or make its folder writable"
        ) from None
    try:
        with os.fdopen(handle, "wb") as file:
            if target.suffix in COLUMNAR:
                from hosts.deidentify.columnar import writing  # noqa: PLC0415  as above

                with writing(file, target.suffix, flow, settle) as write:
                    yield write
            else:
                with _lines(file, settle) as write:
                    yield write
            file.flush()
            os.fsync(file.fileno())
        settle(True)
        os.link(partial, target)  # unlike a rename, it takes no other file's place
    except OSError as error:
        raise DeidentifyError(
            f"{target} cannot be written ({error.strerror}); mend its disk, or name a new file"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


@contextmanager
def _lines(file: BinaryIO, settle: Settle) -> Iterator[Write]:
    waiting: list[str] = []

    def write(row: dict[str, Any]) -> None:
        waiting.append(encode(row))
        if len(waiting) >= _BATCH:
            flush()

    def flush() -> None:
        settle(False)
        file.write("".join(f"{line}\n" for line in waiting).encode("ascii"))
        waiting.clear()

    yield write
    flush()
