"""Settings whose value decides whether a type stays in its region (law/types/switches)."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, Literal

from enclave_policies.catalog.type_tables import rows
from enclave_policies.resources.unknown import UNKNOWN
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from enclave_policies.catalog.type_tables import Row

SwitchVerdict = Literal["fail", "undetermined", "precursor", "allowed"]
VERDICTS: Final[dict[str, SwitchVerdict]] = {
    "fail": "fail",
    "undetermined": "undetermined",
    "precursor": "precursor",
    "allowed": "allowed",
}
ABSENT: Final = "absent"
ONLY: Final = "only"
UNLESS: Final = "unless approved "
FORM: Final = "'  <path> | <values> | <verdict> | <words> [| unless approved <path>]'"


@dataclass(frozen=True, slots=True)
class Switch:
    """One setting.

    ``values``: lower case, ``*`` a wildcard; refused, or with ``only`` all that is not refused. ``absent``: whether a
    setting that is not there is refused. ``words`` continue the sentence that begins with the resource's name.
    ``place``: path of a region or zone; where that one is approved, the switch is silent. ``allowed`` ones never speak.
    """

    path: str
    values: tuple[str, ...]
    verdict: SwitchVerdict
    words: str
    only: bool = False
    absent: bool = False
    place: str | None = None

    def speaks(self, props: Mapping[str, Any]) -> bool:
        """Return whether the inputs hold a value that this switch refuses; an unknown value is none."""
        if self.verdict == "allowed":
            return False
        return any(self._refuses(value) for value in values_at(props, self.path))

    def is_open(self, props: Mapping[str, Any]) -> bool:
        """Return whether the value is unknown, so that nobody can tell yet whether this switch will speak."""
        return self.verdict != "allowed" and any(value is UNKNOWN for value in values_at(props, self.path))

    def _refuses(self, value: Any) -> bool:
        if value is UNKNOWN:
            return False
        if value in (None, "", {}):
            return self.absent
        if not self.values:
            return False
        listed = any(fnmatchcase(str(value).lower(), each) for each in self.values)
        return listed is not self.only


def read_switches(folder: Path) -> dict[str, tuple[Switch, ...]]:
    """Return type → its switches from ``folder``/switches/*.txt. Raises ProblemsError with file and line."""
    found: dict[str, tuple[Switch, ...]] = {}
    problems = []
    for row in rows(folder / "switches"):
        switch = _switch(row)
        if switch is None:
            problems.append(row.problem(f"'{row.text}' is not {FORM} below a type; verdicts: {', '.join(VERDICTS)}"))
            continue
        for token in row.types:
            found[token] = (*found.get(token, ()), switch)
    if problems:
        raise ProblemsError(problems)
    return found


def values_at(value: Any, path: str) -> Iterator[Any]:
    """Yield every value at a dotted path, through lists and their items; None for each place where it is not there."""
    key, _, rest = path.partition(".")
    if value is UNKNOWN:
        yield UNKNOWN
    elif isinstance(value, list) and value:
        for item in value:
            yield from values_at(item, path)
    elif not isinstance(value, dict) or value.get(key) is None:
        yield None
    elif rest:
        yield from values_at(value[key], rest)
    elif isinstance(value[key], list):
        yield from value[key] or [None]
    else:
        yield value[key]


def _switch(row: Row) -> Switch | None:
    cells = [cell.strip() for cell in row.text.split("|")]
    if not row.types or len(cells) not in (4, 5) or not all(cells) or cells[2] not in VERDICTS:
        return None
    if len(cells) == 5 and not cells[4].startswith(UNLESS):  # noqa: PLR2004 (the optional cell)
        return None
    words = cells[1].lower().split()
    values = tuple(word for word in words if word not in (ABSENT, ONLY, "-"))
    if (ONLY in words and not values) or (not values and ABSENT not in words and "-" not in words):
        return None
    return Switch(
        path=cells[0],
        values=values,
        verdict=VERDICTS[cells[2]],
        words=cells[3],
        only=ONLY in words,
        absent=ABSENT in words,
        place=cells[4].removeprefix(UNLESS) if len(cells) == 5 else None,  # noqa: PLR2004 (the optional cell)
    )
