"""How far a wave is, as its journal tells it, and which step may come next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from hosts.wave.journal import JournalError, lines
from hosts.wave.parts import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

Step = Literal["plan", "run", "verify", "cut-over", "purge"]
Stage = Literal["new", "planned", "running", "copied", "verified", "cut-over", "purging", "purged"]


@dataclass(frozen=True)
class State:
    """A wave's state.

    ``plans``: how often it was planned. ``job``: by which S3 brings in what this plan counted, where it does.
    ``passes``: how often everything was looked through. ``copied``, ``compared``
    and ``removed`` hold the numbers of the parts that are done in the step at hand. ``copied_objects`` and
    ``copied_bytes`` are of all passes.
    ``statement`` and ``empty`` are the SHA-256 of what was signed: over the manifest, and over the listing of an empty
    source. ``left`` is what the last listing showed.
    """

    stage: Stage = "new"
    parts: tuple[Part, ...] = ()
    plans: int = 0
    job: str | None = None
    passes: int = 0
    copied: frozenset[int] = frozenset()
    compared: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    removed: frozenset[int] = frozenset()
    copied_objects: int = 0
    copied_bytes: int = 0
    seconds: float = 0.0
    statement: str | None = None
    cut_over: float | None = None
    empty: str | None = None
    left: int | None = None

    def not_yet(self, step: Step) -> str | None:
        """Return why a step may not be taken now, None where it may."""
        done = ORDER.index(self.stage)
        if step == "plan":
            return (
                "data was removed at the source already; finish that" if self.stage in ("purging", "purged") else None
            )
        if step == "run":
            if done < ORDER.index("planned"):
                return "nothing is planned; run `enclave wave plan` first"
            return "readers were cut over; what is at the target is in use" if done >= ORDER.index("cut-over") else None
        if step == "verify":
            if done >= ORDER.index("purging"):
                return "data was removed at the source already; finish that"
            return None if done >= ORDER.index("copied") else "not everything is copied; run `enclave wave run` first"
        if step == "cut-over":
            return None if done >= ORDER.index("verified") else "nothing is proved; run `enclave wave verify` first"
        return None if done >= ORDER.index("cut-over") else "readers still read from the source; cut over first"


ORDER: Final[tuple[Stage, ...]] = ("new", "planned", "running", "copied", "verified", "cut-over", "purging", "purged")


def state_in(file: Path) -> State:
    """Return the state that a journal tells, new where there is none. Raises JournalError."""
    return state_of(lines(file), file)


def state_of(told: Iterable[Mapping[str, Any]], file: Path) -> State:
    """Return the state that the lines of a journal tell; a later plan or pass makes void what was proved before it.

    Raises JournalError.
    """
    state: dict[str, Any] = {}
    for number, line in enumerate(told, 1):
        if wrong := _wrong(line):
            raise JournalError(file, number, wrong)
        try:
            state = _CHANGES[line["step"]](state, line)
        except KeyError:
            raise JournalError(file, number, f"tells of '{line['step']}' before what leads to it") from None
    return State(**state)


def _wrong(line: Mapping[str, Any]) -> str | None:
    step = line.get("step")
    if not isinstance(step, str) or step not in _FIELDS:
        return f"tells of no step that a wave has ({ascii(step)[:40]})"
    if name := _unfit(line, _FIELDS[step]):
        return f"does not tell '{name}' of the step '{step}' as it should"
    for each in line["parts"] if step == "planned" else ():
        if not isinstance(each, dict) or each.keys() != _PART.keys() or _unfit(each, _PART):
            return "tells of a part that is none"
    return None


def _unfit(line: Mapping[str, Any], fields: Mapping[str, type | tuple[type, ...]]) -> str | None:
    return next((name for name, kind in fields.items() if not isinstance(line.get(name), kind)), None)


def _copied(told: Mapping[str, Any], line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **told,
        "copied": told["copied"] | {line["part"]},
        "copied_objects": told.get("copied_objects", 0) + line["objects"],
        "copied_bytes": told.get("copied_bytes", 0) + line["bytes"],
        "seconds": told.get("seconds", 0.0) + line["seconds"],
    }


_VOID: Final[Mapping[str, Any]] = {"compared": {}, "statement": None, "cut_over": None}
"""What holds no longer once something is copied or compared again."""
_CHANGES: Final[Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]]] = {
    "planned": lambda told, line: {
        "stage": "planned",
        "parts": tuple(Part(**each) for each in line["parts"]),
        "plans": told.get("plans", 0) + 1,
    },
    "replicating": lambda told, line: {**told, "job": line["job"]},
    "pass": lambda told, line: {
        **told,
        **_VOID,
        "stage": "running",
        "passes": line["number"],
        "copied": frozenset[int](),
    },
    "copied": _copied,
    "ran": lambda told, _: {**told, "stage": "copied"},
    "comparing": lambda told, _: {**told, **_VOID, "stage": "copied"},
    "compared": lambda told, line: {**told, "compared": {**told["compared"], line["part"]: line}},
    "verified": lambda told, line: {**told, "stage": "verified", "statement": line["statement"]},
    "cut-over": lambda told, line: {**told, "stage": "cut-over", "cut_over": line["at"]},
    "removed": lambda told, line: {
        **told,
        "stage": "purging",
        "removed": told.get("removed", frozenset()) | {line["part"]},
    },
    "listed": lambda told, line: {**told, "left": line["left"]},
    "purged": lambda told, line: {**told, "stage": "purged", "empty": line["statement"]},
}
_NUMBER: Final = (int, float)
_FIELDS: Final[Mapping[str, Mapping[str, type | tuple[type, ...]]]] = {
    "planned": {"parts": list},
    "replicating": {"job": str},
    "pass": {"number": int},
    "copied": {"part": int, "objects": int, "bytes": int, "seconds": _NUMBER},
    "ran": {},
    "comparing": {},
    "compared": {"part": int, "digests": dict, "lines": int, "bytes": int, "differences": list},
    "verified": {"statement": str},
    "cut-over": {"at": _NUMBER},
    "removed": {"part": int},
    "listed": {"left": int},
    "purged": {"statement": str},
}
"""Which fields a line of each step has, that are read again."""
_PART: Final[Mapping[str, type]] = {
    "number": int, "after": str, "last": str, "prefix": str, "keys": int, "versions": int, "bytes": int,
}  # fmt: skip
