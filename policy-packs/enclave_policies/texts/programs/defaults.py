"""What the absence of settings in one block of a program's configuration means."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.resources.claim import Claim
from enclave_policies.texts.programs.index import index
from enclave_policies.texts.programs.settings import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from enclave_policies.texts.programs.index import Entry

DEEPEST: Final = 20
"""Levels that dots in one key make; nobody writes more."""
NOTHING: Final[dict[str, Any]] = {}
"""The block of a name that stands there without settings."""


def defaults(head: str, path: tuple[str, ...], block: Mapping[str, Any], root: Any) -> Iterator[Claim]:
    """Yield what one block leaves open or to the environment, with the path from it where dots in its keys lead deeper.

    ``head``: the name of the file or text, or ``GROUP/KIND`` of the object; ``path``: from there to the block, with
    list indices; ``root``: what ``path`` begins at.
    """
    yield from _open(head, path, block, root, _candidates(head, path, block))
    if any("." in key for key in block):
        for below, inner in _nested(block):
            whole = (*path, *below)
            for claim in _open(head, whole, inner, root, _by_path(head, whole)):
                yield claim._replace(path=".".join(below))


def _open(
    head: str, path: tuple[str, ...], block: Mapping[str, Any], root: Any, found: Collection[Entry]
) -> Iterator[Claim]:
    if not found:
        return
    names = [part for name in (head, *path) for part in _parts(name)][::-1]
    for entry in found:
        if not entry.stands(head, names):
            continue
        around, key = _around(root, path), names[0] if names else ""
        if entry.is_open(block, around):
            words = f"{entry.program} {entry.block.without}"
            yield Claim("default", entry.block.host, key, given="defaulted", words=words)
        elif (variable := entry.left_to(block, around)) is not None:
            yield Claim("variable", variable, key, given="unknown", words=entry.program)


def _candidates(head: str, path: tuple[str, ...], block: Mapping[str, Any]) -> Collection[Entry]:
    found = _by_path(head, path)
    shown = [entry for key in block for entry in _by_setting(key)]
    if shown or not path:
        return dict.fromkeys((*found, *shown, *(() if path else index().whole)))
    return found


def _by_path(head: str, path: tuple[str, ...]) -> tuple[Entry, ...]:
    names = [name for name in path[-4:] if not name.isdigit()]
    return _by_names(names[-2] if len(names) > 1 else "", names[-1] if names else head)


@lru_cache(maxsize=1 << 15)
def _by_names(before: str, last: str) -> tuple[Entry, ...]:
    """Return the entries of blocks whose paths end like this."""
    told = index()
    parts = [part for name in (before, last) if name for part in _parts(name)]
    found = told.last.get(parts[-1], ()) if parts else ()
    return (*found, *(told.above.get(parts[-2], ()) if len(parts) > 1 else ()))


@lru_cache(maxsize=1 << 15)
def _by_setting(key: str) -> tuple[Entry, ...]:
    """Return the entries of blocks that a setting of this name may show."""
    return tuple(index().by_setting.get(fold(key.partition(".")[0]), ()))


@lru_cache(maxsize=1 << 14)
def _parts(name: str) -> tuple[str, ...]:
    """Return the names that a key of a path holds: dots lead deeper; what follows a slash is an instance's own name."""
    return () if name.isdigit() else tuple(fold(part) for part in name.partition("/")[0].split("."))


def _around(root: Any, path: tuple[str, ...]) -> list[Any]:
    """Return the mappings on the way from ``root`` to a block, without the block itself."""
    found = []
    here = root
    for name in path:
        if isinstance(here, dict):
            found.append(here)
            here = here.get(name)
        elif isinstance(here, list) and name.isdigit() and int(name) < len(here):
            here = here[int(name)]
    return found


def _nested(block: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Yield the blocks that dots in keys make of plain values, each with its path: ``a.b: x`` is {a: {b: x}}."""
    tree: dict[tuple[str, ...], dict[str, Any]] = {}
    for key, value in block.items():
        names = tuple(key.split(".", DEEPEST))
        if len(names) == 1 or isinstance(value, dict):
            continue
        for count in range(1, len(names)):
            tree.setdefault(names[:count], {})[".".join(names[count:])] = value
    yield from tree.items()
