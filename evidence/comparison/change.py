"""One difference between two records, and how grave differences of its kind are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from evidence.record.model import Part

Grade = Literal["worse", "changed", "better"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of difference: how grave it is, and its heading."""

    grade: Grade
    heading: str


KINDS: Final[Mapping[str, Kind]] = {
    "red": Kind("worse", "newly refused"),
    "undetermined": Kind("worse", "newly undetermined"),
    "unchecked": Kind("worse", "not checked any more"),
    "waived": Kind("worse", "newly refused, and waived by an exception"),
    "warned": Kind("worse", "soon refused"),
    "promise": Kind("worse", "promises about the network that are not kept any more"),
    "proof": Kind("worse", "tables of decisions that are not proved any more"),
    "never": Kind("worse", "what was never let through, and is not ruled out any more"),
    "approval": Kind("worse", "approvals that are gone"),
    "inspector": Kind("worse", "nobody inspects any more"),
    "ended": Kind("worse", "exceptions that ran out"),
    "exception": Kind("worse", "exceptions that were added"),
    "abroad": Kind("worse", "by which basis sites are abroad"),
    "basis": Kind("worse", "flows of data without a legal basis"),
    "expiry": Kind("worse", "nearer to the end, and soon over"),
    "said": Kind("changed", "refused as before, in other words"),
    "flow": Kind("changed", "flows of data"),
    "law": Kind("changed", "what was judged by"),
    "tool": Kind("changed", "tools"),
    "site": Kind("changed", "sites"),
    "place": Kind("changed", "where resources are"),
    "added": Kind("changed", "resources that were added"),
    "removed": Kind("changed", "resources that are gone"),
    "step": Kind("changed", "what the engine does unjudged"),
    "way": Kind("changed", "permitted ways and promises"),
    "table": Kind("changed", "tables of decisions"),
    "signed": Kind("changed", "approvals"),
    "key": Kind("changed", "keys, and who has them"),
    "wave": Kind("changed", "waves of data into the enclave"),
    "replica": Kind("changed", "copies of what must survive the loss of a site"),
    "watcher": Kind("changed", "the inspector"),
    "mended": Kind("better", "better than before"),
}
"""Every kind, the gravest first."""
_ORDER: Final = {kind: number for number, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: of what (``aspect``: a rule, a field), and what stood there before and after ("": nothing).

    ``short`` says it without the name of what differs, so that what differs alike can be told once.
    """

    kind: str
    what: str
    aspect: str = ""
    before: str = ""
    after: str = ""
    told: str = ""

    @property
    def short(self) -> str:
        """Both, or what is new or gone."""
        if self.told:
            return self.told
        if self.before and self.after:
            return f"{self.before} => {self.after}"
        return f"gone: {self.before}" if self.before else f"new: {self.after}" if self.after else self.kind

    @property
    def grade(self) -> Grade:
        """Whether it got worse or better."""
        return KINDS[self.kind].grade


def by_field(
    kind: str, what: str, one: Part | None, other: Part | None, left_out: Collection[str] = ()
) -> Iterator[Change]:
    """Yield what differs between two parts of one name, field by field; a new or lost part is one difference."""
    before, after = (part.model_dump(mode="json", exclude=set(left_out)) if part else None for part in (one, other))
    if before is None or after is None:
        if before != after:
            yield Change(kind, what, "", _told(before or ""), _told(after or ""))
        return
    for name, value in after.items():
        if before[name] != value:
            yield Change(kind, what, name, _told(before[name]), _told(value))


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_told(each)}" for name, each in value.items() if each not in (None, [], ""))
    if isinstance(value, list):
        return ", ".join(map(_told, value))
    return "" if value is None else str(value)


def by_gravity(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return differences with the gravest first, otherwise in their order."""
    return tuple(sorted(changes, key=lambda change: _ORDER[change.kind]))
