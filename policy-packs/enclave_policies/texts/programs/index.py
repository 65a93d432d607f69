"""The tables of programs as they are looked up: by the last name of a block's path, or by a setting that shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from enclave_policies.texts.programs.record import blocks
from enclave_policies.texts.programs.settings import Setting, fold, given, is_set, setting, variable_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from enclave_policies.texts.programs.record import Block, Values

ANYWHERE: Final = "*"


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One block of the tables, made ready; ``names`` are its path's, the last one first; ``of`` empty: of anything."""

    program: str
    block: Block
    names: tuple[str, ...]
    of: str
    when: tuple[Setting, ...]
    unless: tuple[Setting, ...]
    needs: tuple[Setting, ...]
    must: tuple[Setting, ...]
    says: tuple[Setting, ...]

    def stands(self, head: str, names: Sequence[str]) -> bool:
        """Return whether a block stands where this kind does; ``names`` are its path's, the last one first."""
        if self.of and not _pattern(self.of).fullmatch(head.lower()):
            return False
        return len(names) >= len(self.names) and all(
            want in (ANYWHERE, names[place]) for place, want in enumerate(self.names)
        )

    def is_open(self, block: Mapping[str, Any], around: Sequence[Any]) -> bool:
        """Return whether a block leaves open what it must say; ``around`` are the blocks that hold it."""
        if self.says or not self._applies(block, around):
            return False
        if self.must and not all(is_set(each, block, around) for each in self.must):
            return True
        if self.needs:
            return not any(is_set(each, block, around) for each in self.needs)
        return not self.must

    def left_to(self, block: Mapping[str, Any], around: Sequence[Any]) -> str | None:
        """Return the variable of the environment that alone says what a block must, None where the block says it."""
        saying = self.says or self.needs
        if not saying or not self._applies(block, around):
            return None
        named = [variable_of(value) for each in saying for value in given(each, block, around)]
        return named[0] if named and None not in named else None

    def _applies(self, block: Mapping[str, Any], around: Sequence[Any]) -> bool:
        return all(is_set(each, block, around) for each in self.when) and not any(
            is_set(each, block, around) for each in self.unless
        )


@dataclass(frozen=True, slots=True)
class Index:
    """The entries by the last name of ``at``, by the name before a last ``*``, by a setting or the file."""

    last: Mapping[str, list[Entry]]
    above: Mapping[str, list[Entry]]
    by_setting: Mapping[str, list[Entry]]
    whole: list[Entry]


@lru_cache(maxsize=1)
def index() -> Index:
    """Return the index of all tables. Raises ProblemsError."""
    last: dict[str, list[Entry]] = {}
    above: dict[str, list[Entry]] = {}
    by_setting: dict[str, list[Entry]] = {}
    whole: list[Entry] = []
    for program, block in blocks():
        entry = _entry(program, block)
        if entry.names == (ANYWHERE,) or not (entry.names or entry.of):
            by_setting.setdefault(fold(entry.when[0].names[0]), []).append(entry)
        elif not entry.names:
            whole.append(entry)
        elif entry.names[0] == ANYWHERE:
            above.setdefault(entry.names[1], []).append(entry)
        else:
            last.setdefault(entry.names[0], []).append(entry)
    return Index(last, above, by_setting, whole)


def _entry(program: str, block: Block) -> Entry:
    return Entry(
        program,
        block,
        tuple(fold(name) for name in reversed(block.at.split("."))) if block.at else (),
        block.of,
        _settings(block.when),
        _settings(block.unless),
        tuple(setting(name) for name in block.needs),
        _settings(block.must),
        tuple(setting(name) for name in block.says),
    )


@lru_cache(maxsize=1 << 10)
def _pattern(of: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(each.lower()).replace(r"\*", ".*") for each in of.split()))


def _settings(values: Values) -> tuple[Setting, ...]:
    return tuple(setting(name, told) for name, told in values.items())
