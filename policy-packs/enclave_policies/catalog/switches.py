"""Settings whose value decides whether a type stays in its region (law/catalog/switches)."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SwitchVerdict = Literal["fail", "undetermined", "precursor", "allowed"]


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
