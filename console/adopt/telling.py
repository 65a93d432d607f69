"""What came out of `enclave adopt`, for people and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from console.adopt.judging import OWN, UNREAD
from console.document import document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from console.adopt.judging import Answer, Judged
    from console.adopt.objects import Gap

Verdict = Literal["clean", "refused", "undetermined"]
WORDS: Final = {
    "adoptable": "may be adopted",
    "refused": "refused",
    "undetermined": "undetermined, which counts as refused",
    "managed": "in this stack already",
}


SUMS: Final[Mapping[Answer, str]] = {
    "adoptable": "may be adopted",
    "refused": "refused",
    "undetermined": "undetermined",
    "managed": "in this stack already",
}


@dataclass(frozen=True)
class Outcome:
    """What came out: of which stack, judged for which day, each object, what could not be listed, the files."""

    stack: str
    day: date
    judged: Sequence[Judged]
    gaps: Sequence[Gap]
    written: Sequence[str]

    @property
    def unread(self) -> bool:
        """Whether somebody may have something that nobody saw."""
        return bool(self.gaps) or any(
            reason.name == UNREAD and reason.rule == OWN for one in self.judged for reason in one.reasons
        )

    @property
    def verdict(self) -> Verdict:
        """Undetermined where anything was not listed or read, else refused where anything is."""
        if self.unread:
            return "undetermined"
        return "refused" if {one.answer for one in self.judged} & {"refused", "undetermined"} else "clean"

    @property
    def counts(self) -> Mapping[Answer, int]:
        """How many objects came out how."""
        found = Counter(one.answer for one in self.judged)
        return {answer: found[answer] for answer in SUMS}


def lines(outcome: Outcome) -> Iterator[str]:
    """Yield what came out, the verdict last."""
    wide = max((len(one.object.name) for one in outcome.judged), default=0)
    for one in outcome.judged:
        found = one.object
        parts = len(one.entries) - 1
        more = f", with {parts} parts" if one.answer == "adoptable" and parts else ""
        yield f"{found.site}  {found.kind:9}  {found.name:{wide}}  {WORDS[one.answer]}{more}"
        yield from (f"    {each}" for each in dict.fromkeys(reason.sentence for reason in one.reasons))
    for gap in outcome.gaps:
        yield f"{gap.site}  {gap.kind:9}  not listed, so nobody knows what there is: {gap.why}"
    yield from (f"written: {file}" for file in outcome.written)
    told = ", ".join(f"{outcome.counts[answer]} {words}" for answer, words in SUMS.items())
    yield f"{outcome.stack}: {outcome.verdict} as of {outcome.day}: {told}; {len(outcome.gaps)} not listed"


def as_json(outcome: Outcome) -> str:
    """Return it as one JSON document."""
    return document(
        "adopt",
        {
            "verdict": outcome.verdict,
            "stack": outcome.stack,
            "as_of": outcome.day.isoformat(),
            "summary": {**outcome.counts},
            "objects": [_object(one) for one in outcome.judged],
            "not_listed": [gap._asdict() for gap in outcome.gaps],
            "written": list(outcome.written),
        },
    )


def _object(one: Judged) -> Mapping[str, Any]:
    found = one.object
    return {
        "site": found.site,
        "kind": found.kind,
        "type": found.itself.type,
        "id": found.itself.id,
        "verdict": one.answer,
        "resources": [{"type": entry["type"], "id": entry["id"]} for entry in one.entries],
        "reasons": [reason._asdict() for reason in one.reasons],
    }
