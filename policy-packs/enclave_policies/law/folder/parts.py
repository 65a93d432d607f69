"""One table of the law put together from the parts that several files hold; nothing is given twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enclave_policies.law.folder.document import Where
    from located_yaml import Document, Problem

Value = TypeVar("Value")


@dataclass(frozen=True)
class Row(Generic[Value]):
    """One entry, and where it stands."""

    value: Value
    document: Document
    path: Where

    def problem(self, message: str, *inside: str | int) -> Problem:
        """Return a problem of this entry, or of what lies ``inside`` it."""
        return self.document.problem((*self.path, *inside), message)


@dataclass(frozen=True)
class Part(Generic[Value]):
    """What one file gives to a table: a mapping, records with ids, or plain texts."""

    document: Document
    path: Where
    values: Mapping[str, Value] | tuple[Value, ...]

    def entries(self) -> Iterator[tuple[str, Row[Value]]]:
        """Yield each entry with its key: its name, its id, or the text itself."""
        if isinstance(self.values, Mapping):
            for name, value in self.values.items():
                yield name, Row(value, self.document, (*self.path, name))
        else:
            for index, item in enumerate(self.values):
                yield _id(item), Row(item, self.document, (*self.path, index))


def merge(what: str, parts: Iterable[Part[Value]], problems: list[Problem]) -> dict[str, Row[Value]]:
    """Return all entries by key; one that is given twice is noted with both places, and the first one counts."""
    result: dict[str, Row[Value]] = {}
    for part in parts:
        for name, entry in part.entries():
            if name in result:
                first = result[name].document.position(result[name].path)
                problems.append(entry.problem(f"{what} '{name}' is given twice (first at {first}); remove one"))
            else:
                result[name] = entry
    return result


def _id(item: Any) -> str:
    return item if isinstance(item, str) else str(item.id)
