"""Settings whose value decides whether a type stays in its region, and who is let in (law/catalog/switches)."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

from enclave_policies.catalog.values import values_at
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SwitchVerdict = Literal["fail", "undetermined", "precursor", "allowed"]


@dataclass(frozen=True, slots=True)
class Beside:
    """What another setting must be: one of ``values`` (lower case, ``*`` a wildcard), or with ``absent`` not there."""

    path: str
    values: tuple[str, ...] = ()
    absent: bool = False

    def holds(self, props: Mapping[str, Any]) -> bool | None:
        """Return whether it is so; None where nobody can tell yet."""
        found = list(values_at(props, self.path))
        if any(is_one_of(value, self.values, absent=self.absent) for value in found):
            return True
        return None if any(value is UNKNOWN for value in found) else False


@dataclass(frozen=True, slots=True)
class Switch:
    """One setting.

    ``values``: lower case, ``*`` a wildcard; refused, or with ``only`` all that is not refused. ``absent``: whether a
    setting that is not there is refused. ``words`` continue the sentence that begins with the resource's name.
    ``place``: path of a region or zone; where that one is approved, the switch is silent. ``allowed`` ones never speak.
    ``within``: asked of each object there is at that path, of which ``path`` begins with it. ``when``: asked only where
    all of these hold; ``unless``: not where one of these does.
    """

    path: str
    values: tuple[str, ...]
    verdict: SwitchVerdict
    words: str
    only: bool = False
    absent: bool = False
    place: str | None = None
    within: str | None = None
    when: tuple[Beside, ...] = ()
    unless: tuple[Beside, ...] = ()

    def speaks(self, props: Mapping[str, Any]) -> bool:
        """Return whether the inputs hold a value that this switch refuses; an unknown value is none."""
        if self.verdict == "allowed" or self._is_asked(props) is not True:
            return False
        return any(self._refuses(value) for value in self._values(props))

    def is_open(self, props: Mapping[str, Any]) -> bool:
        """Return whether nobody can tell yet whether this switch will speak: its value, or when it is asked."""
        asked = self.verdict != "allowed" and self._is_asked(props)
        if asked is False:
            return False
        found = list(self._values(props))
        unknown = any(value is UNKNOWN for value in found)
        return unknown or (asked is None and any(self._refuses(value) for value in found))

    def _is_asked(self, props: Mapping[str, Any]) -> bool | None:
        told = [*(condition.holds(props) for condition in self.when)]
        told += [_opposite(condition.holds(props)) for condition in self.unless]
        if False in told:
            return False
        return None if None in told else True

    def _values(self, props: Mapping[str, Any]) -> Iterator[Any]:
        if self.within is None:
            yield from values_at(props, self.path)
            return
        for holder in values_at(props, self.within):
            if holder is not None:
                yield from values_at(holder, self.path.removeprefix(f"{self.within}."))

    def _refuses(self, value: Any) -> bool:
        if value is UNKNOWN:
            return False
        if is_absent(value):
            return self.absent
        if not self.values:
            return False
        return is_one_of(value, self.values) is not self.only


def is_absent(value: Any) -> bool:
    """Return whether a setting is as good as not there."""
    return value in (None, "", {}, [])


def is_one_of(value: Any, values: tuple[str, ...], *, absent: bool = False) -> bool:
    """Return whether a known value is one of these (lower case, ``*`` a wildcard), or with ``absent`` not there."""
    if value is UNKNOWN:
        return False
    if is_absent(value):
        return absent
    return any(fnmatchcase(str(value).lower(), each) for each in values)


def _opposite(held: bool | None) -> bool | None:
    return None if held is None else not held
