"""What an absent setting means to common programs: the environment, or the program's maker, chooses where data goes.

The table is programs.yaml beside this module; each entry names its source.
"""
# Annotations are evaluated here (no __future__ import): they are the schema.

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final

import located_yaml
from enclave_policies.resources.claim import Claim
from located_yaml.records import AtLeast, read_record

FILE: Final = Path(__file__).with_name("programs.yaml")
ANYWHERE: Final = "*"


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of block.

    ``at``: the last names of its path, with dots between, ``*`` for any one; a name may be followed by ``/`` and an
    instance's own name. ``of``: the end of the file's or object's name; a block without ``at`` needs it.
    ``when``: settings that the block must have, with one of the values (none: any). ``needs``: one of these settings
    must be there, ``must``: each of these must have one of the values. ``without`` goes on where a sentence begins with
    the program's name; ``host`` is who is then reached, where the program's makers say so.
    """

    without: str
    at: str = ""
    of: str = ""
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    must: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    host: str | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """One program and the documentation that was read."""

    source: str
    blocks: Annotated[tuple[Block, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True)
class ProgramsFile:
    """programs.yaml."""

    as_of: date
    programs: Mapping[str, Program]


@lru_cache(maxsize=1)
def programs() -> Mapping[str, Program]:
    """Return the table. Raises ProblemsError."""
    return read_record(located_yaml.load(FILE), ProgramsFile).programs


@lru_cache(maxsize=1)
def _by_last_name() -> Mapping[str, list[tuple[str, Block]]]:
    found: dict[str, list[tuple[str, Block]]] = {}
    for program, told in programs().items():
        for block in told.blocks:
            found.setdefault(block.at.rpartition(".")[2], []).append((program, block))
    return found


def defaults(key: str, path: tuple[str, ...], block: Mapping[str, Any]) -> Iterator[Claim]:
    """Yield what the absence of settings in one block means; ``key`` is the name of the file or the text around it."""
    names = [name for name in path if not name.isdigit()]
    last = names[-1].partition("/")[0] if names else ""
    table = _by_last_name()
    for program, kind in (*table.get(last, ()), *table.get(ANYWHERE, ())):
        if _stands(kind, key, names) and _is_open(kind, block):
            yield Claim("default", kind.host, last, given="defaulted", words=f"{program} {kind.without}")


def _stands(kind: Block, key: str, names: list[str]) -> bool:
    if kind.of and not key.lower().endswith(kind.of):
        return False
    if not kind.at:
        return not names
    wanted = kind.at.split(".")
    if len(names) < len(wanted):
        return False
    return all(
        want in (ANYWHERE, name.partition("/")[0])
        for want, name in zip(reversed(wanted), reversed(names), strict=False)
    )


def _is_open(kind: Block, block: Mapping[str, Any]) -> bool:
    if not all(_has(block, name, values) for name, values in kind.when.items()):
        return False
    if any(_has(block, name, values) for name, values in kind.unless.items()):
        return False
    if kind.must and not all(_has(block, name, values) for name, values in kind.must.items()):
        return True
    return bool(kind.needs) and not any(_has(block, name, ()) for name in kind.needs)


def _has(block: Mapping[str, Any], path: str, values: tuple[str, ...]) -> bool:
    """Return whether a setting is there and not empty, with one of the values where some are given."""
    value = _at(block, path)
    if value in (None, "", {}, []):
        return False
    return not values or str(value).strip().lower() in values


def _at(block: Any, path: str) -> Any:
    """Return the setting at a dotted path, by whatever case of letters; None where it is not there."""
    if not isinstance(block, Mapping):
        return None
    folded = {str(name).lower(): value for name, value in block.items()}
    if path.lower() in folded:
        return folded[path.lower()]
    name, dot, rest = path.partition(".")
    return _at(folded.get(name.lower()), rest) if dot else None
