"""The tables of programs (tables/*.yaml) as records: which blocks of settings choose a place, and what closes each."""
# Annotations are evaluated here (no __future__ import): they are the schema.

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

import located_yaml
from located_yaml import ProblemsError
from located_yaml.records import AtLeast, read_record

FOLDER: Final = Path(__file__).with_name("tables")
NAME: Final = "{}"
"""What stands for the name of ``each`` in the other fields."""

Values = Mapping[str, tuple[str, ...]]
"""A setting, and the values that count (``*`` stands for any letters); none: any value."""


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of block, and what it means when it is left open.

    A block is known by where it stands: ``at``, the last names of its path with dots between, ``*`` for any one (the
    file's name is the first of them; blanks part several paths); ``of``, the file's name or the object's GROUP/KIND,
    which it is the whole of where ``at`` is missing. Without both, or with ``at: "*"``, it is known by the first
    setting of ``when``, wherever that stands.

    ``says`` names the settings that say where data goes, in a block that need not have one: its absence means nothing.
    Any other is open where all of ``when`` hold, none of ``unless`` does, and one of ``must`` does not hold or none of
    ``needs`` is there; with neither ``needs`` nor ``must``, always. A setting that begins with ``..`` may stand in any
    block around it. Names are the same in snake_case, camelCase and kebab-case.

    Where only variables of the environment stand in ``says`` or ``needs``, the environment chooses (JUR-048).

    ``without`` goes on where a sentence begins with the program's name; ``host`` is who is then reached, where the
    program's makers say so. ``each`` writes the entry once for several names, each with its host or none.
    """

    without: str = ""
    at: str = ""
    of: str = ""
    each: Mapping[str, str | None] = field(default_factory=dict)
    when: Values = field(default_factory=dict)
    unless: Values = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    must: Values = field(default_factory=dict)
    says: tuple[str, ...] = ()
    host: str | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """One program and the documentation that was read."""

    source: str
    blocks: Annotated[tuple[Block, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True)
class ProgramsFile:
    """One of tables/*.yaml."""

    as_of: date
    programs: Annotated[Mapping[str, Program], AtLeast(1)]


@lru_cache(maxsize=1)
def programs() -> Mapping[str, Program]:
    """Return the tables as one. Raises ProblemsError."""
    found: dict[str, Program] = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        document = located_yaml.load(file)
        for name, program in read_record(document, ProgramsFile).programs.items():
            if name in found:
                raise ProblemsError(
                    [document.problem(("programs", name), f"{name}: is in another table, too; join them")]
                )
            found[name] = program
    return found


def blocks() -> list[tuple[str, Block]]:
    """Return each program's blocks, those of ``each``, and of several paths, one by one."""
    return [
        (name, one if one.at == at else replace(one, at=at))
        for name, program in programs().items()
        for block in program.blocks
        for one in (_single(block, each, host) for each, host in (block.each or {"": None}).items())
        for at in one.at.split() or ("",)
    ]


def _single(block: Block, name: str, host: str | None) -> Block:
    if not block.each:
        return block
    return Block(
        without=block.without.replace(NAME, name),
        at=block.at.replace(NAME, name),
        of=block.of.replace(NAME, name),
        when=_named(block.when, name),
        unless=_named(block.unless, name),
        needs=tuple(setting.replace(NAME, name) for setting in block.needs),
        must=_named(block.must, name),
        says=block.says,
        host=host or block.host,
    )


def _named(values: Values, name: str) -> Values:
    return {
        setting.replace(NAME, name): tuple(value.replace(NAME, name) for value in told)
        for setting, told in values.items()
    }
