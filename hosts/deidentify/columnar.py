"""Arrow and Parquet by pyarrow, batch by batch: only the columns that a flow lists are read at all."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from hosts.deidentify.errors import DeidentifyError
from hosts.deidentify.grouping import COUNT

try:
    import pyarrow as pa
    from pyarrow import parquet
except ImportError:
    raise DeidentifyError(
        "this host has no pyarrow, so it reads JSON lines only; install enclave's extra 'columnar'"
    ) from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from hosts.deidentify.flow import Field, Flow
    from hosts.deidentify.settling import Settle
    from hosts.deidentify.tally import Tally

_ROWS: Final = 4096
LARGEST_PART: Final = 128 * 2**20
"""Bytes of the listed columns in one row group or batch, which is read at once."""


def rows_of(source: Path, listed: Sequence[str], tally: Tally) -> Iterator[dict[str, Any]]:
    """Yield each row, with the listed columns alone. Raises DeidentifyError."""
    try:
        yield from (_parquet if source.suffix == ".parquet" else _arrow)(source, listed, tally)
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise DeidentifyError(f"{source} cannot be read ({type(error).__name__}); name a whole file") from None


def _parquet(source: Path, listed: Sequence[str], tally: Tally) -> Iterator[dict[str, Any]]:
    with parquet.ParquetFile(source, memory_map=True) as file:
        names = _wanted(source, file.schema_arrow.names, listed)
        metadata = file.metadata
        for group in range(metadata.num_row_groups):
            part = metadata.row_group(group)
            columns = [part.column(index) for index in range(part.num_columns)]
            size = sum(one.total_uncompressed_size for one in columns if one.path_in_schema.split(".")[0] in names)
            _check_size(source, size)
        for batch in file.iter_batches(_ROWS, columns=names, use_threads=False):
            yield from _rows(batch, len(file.schema_arrow.names) - len(names), tally)


def _arrow(source: Path, listed: Sequence[str], tally: Tally) -> Iterator[dict[str, Any]]:
    with pa.memory_map(str(source)) as mapped, pa.ipc.open_file(mapped) as file:
        names = _wanted(source, file.schema.names, listed)
        for index in range(file.num_record_batches):
            whole = file.get_batch(index).select(names)
            _check_size(source, whole.nbytes)
            for start in range(0, whole.num_rows, _ROWS):
                yield from _rows(whole.slice(start, _ROWS), len(file.schema.names) - len(names), tally)


def _check_size(source: Path, size: int) -> None:
    if size > LARGEST_PART:
        text = f"has a part of {size} bytes, and {LARGEST_PART} are read at once"
        raise DeidentifyError(f"{source} {text}; write it anew with smaller row groups")


def _wanted(source: Path, names: Sequence[str], listed: Sequence[str]) -> list[str]:
    if len(set(names)) != len(names):
        raise DeidentifyError(f"{source} has two columns of one name, so nobody can tell which is meant; rename one")
    return [name for name in names if name in set(listed)]


def _rows(batch: Any, unlisted: int, tally: Tally) -> list[dict[str, Any]]:
    tally.dropped += unlisted * batch.num_rows
    if not batch.num_columns:
        return [{} for _ in range(batch.num_rows)]
    found: list[dict[str, Any]] = batch.to_pylist()
    return found


@contextmanager
def writing(file: BinaryIO, suffix: str, flow: Flow, settle: Settle) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Write rows with one column for each field that may leave."""
    schema = pa.schema(_columns(flow))
    waiting: list[dict[str, Any]] = []
    made = parquet.ParquetWriter(file, schema) if suffix == ".parquet" else pa.ipc.new_file(file, schema)
    with made as writer:

        def write(row: dict[str, Any]) -> None:
            waiting.append(row)
            if len(waiting) >= _ROWS:
                flush()

        def flush() -> None:
            settle(False)
            writer.write_batch(pa.RecordBatch.from_pylist(waiting, schema=schema))
            waiting.clear()

        yield write
        flush()


def _columns(flow: Flow) -> Iterator[tuple[str, Any]]:
    fields = {field.name: field for field in flow.fields}
    if flow.groups:
        yield from ((name, _type(fields[name])) for name in flow.groups.by)
        yield COUNT, pa.int64()
        return
    yield from ((field.name, _type(field)) for field in flow.fields if field.do != "drop")


def _type(field: Field) -> Any:
    kinds = {type(value) for value in field.values}
    if kinds == {int}:
        return pa.int64()
    if kinds == {bool}:
        return pa.bool_()
    if len(kinds) > 1:
        raise DeidentifyError(
            f"field '{field.name}' keeps values of several types, and a column has one; use JSON lines"
        )
    return pa.string()
