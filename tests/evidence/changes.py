"""What may be done to a bundle behind its signer's back; every verifier must find each."""

from __future__ import annotations

import os
import random
import shutil
from typing import TYPE_CHECKING, Final

from evidence.bundle.contents import ENVELOPE, contents
from tests.evidence.bundles import Bundle, bundle_in, small

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

BYTES: Final = 1_000
FILES: Final = tuple(sorted(contents(small())))


def changed_bytes(bundle: Bundle, count: int = BYTES) -> Iterator[tuple[str, int, int]]:
    """Yield file, place and flipped bits, while one byte of the bundle is another one; at the end it is as it was."""
    chosen = random.Random(14)  # noqa: S311 (which bytes, not a secret)
    files = sorted(path for path in bundle.folder.rglob("*") if path.is_file())
    for _ in range(count):
        file = chosen.choice(files)
        content = file.read_bytes()
        yield _flipped(file, content, chosen.randrange(len(content)), chosen.randrange(1, 256))
        file.write_bytes(content)


def every_byte_of_the_envelope(bundle: Bundle) -> Iterator[tuple[str, int, int]]:
    """Yield while a byte of the envelope is another one, each byte in turn: not all of them are signed."""
    file = bundle.folder / ENVELOPE
    content = file.read_bytes()
    for place in range(len(content)):
        yield _flipped(file, content, place, 1)
    file.write_bytes(content)


def _flipped(file: Path, content: bytes, place: int, flip: int) -> tuple[str, int, int]:
    file.write_bytes(content[:place] + bytes([content[place] ^ flip]) + content[place + 1 :])
    return file.name, place, flip


def _dropped(bundle: Bundle) -> None:
    (bundle.folder / FILES[0]).unlink()


def _added(bundle: Bundle) -> None:
    (bundle.folder / "more.txt").touch()


def _added_below(bundle: Bundle) -> None:
    (bundle.folder / "more").mkdir()
    (bundle.folder / "more" / "more.txt").touch()


def _added_by_a_linked_folder(bundle: Bundle) -> None:
    (bundle.folder / "more").symlink_to(bundle.folder.parent, target_is_directory=True)


def _swapped(bundle: Bundle) -> None:
    one, other = bundle.folder / FILES[0], bundle.folder / FILES[1]
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def _linked(bundle: Bundle) -> None:
    copy = bundle.folder.parent / "copy"
    shutil.move(bundle.folder / FILES[0], copy)
    (bundle.folder / FILES[0]).symlink_to(copy)


def _a_pipe(bundle: Bundle) -> None:
    (bundle.folder / FILES[0]).unlink()
    os.mkfifo(bundle.folder / FILES[0])


def _envelope_linked(bundle: Bundle) -> None:
    copy = bundle.folder.parent / "copy"
    shutil.move(bundle.folder / ENVELOPE, copy)
    (bundle.folder / ENVELOPE).symlink_to(copy)


def _unsigned(bundle: Bundle) -> None:
    (bundle.folder / ENVELOPE).unlink()


def _dated_back(bundle: Bundle) -> None:
    """Put the record of another day in the place of its own."""
    shutil.copy(_of_another_day(bundle).folder / "record.json", bundle.folder / "record.json")


def _dated_back_and_signed_by_another(bundle: Bundle) -> None:
    other = _of_another_day(bundle)
    shutil.rmtree(bundle.folder)
    shutil.copytree(other.folder, bundle.folder)


def _of_another_day(bundle: Bundle) -> Bundle:
    run = small().run.model_copy(update={"moment": "2026-11-01T12:00:00Z", "as_of": "2026-11-01"})
    return bundle_in(bundle.folder.parent / "other", small().model_copy(update={"run": run}))


def _signed_twice(bundle: Bundle) -> None:
    file = bundle.folder / ENVELOPE
    file.write_bytes(file.read_bytes().replace(b' "signatures": [', b' "signatures": [\n  null,'))


CHANGES: Final[Mapping[str, Callable[[Bundle], None]]] = {
    change.__name__.strip("_").replace("_", " "): change
    for change in (
        _dropped,
        _added,
        _added_below,
        _added_by_a_linked_folder,
        _swapped,
        _linked,
        _a_pipe,
        _envelope_linked,
        _unsigned,
        _dated_back,
        _dated_back_and_signed_by_another,
        _signed_twice,
    )
}
