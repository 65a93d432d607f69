"""Which promised rules a run did not ask, of how many resources: as data, and folded into one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from enclave_policies.identifiers.urns import urn_of

from console.gate.record import judged_steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enclave_policies.judging.promise import Promise

    from console.gate.record import RunRecord


@dataclass(frozen=True)
class Silence:
    """A rule that did not run on ``missed`` of ``asked`` resources, ``first`` among them; on the stack where None."""

    pack: str
    rule: str
    missed: int = 1
    asked: int = 1
    first: str | None = None

    @property
    def words(self) -> str:
        """What did not run, as a sentence."""
        rule = f"rule '{self.rule}' of pack '{self.pack}' did not run on"
        if self.first is None:
            return f"{rule} the stack as a whole"
        return f"{rule} {self.missed} of {self.asked} resources: {urn_of(self.first).name} …"


def silences(record: RunRecord, promised: Mapping[str, Promise]) -> Iterator[Silence]:
    """Yield each promised rule that did not run on some resource, or on the stack."""
    urns = [urn for urn, step in record.steps.items() if step in judged_steps]
    for pack, rules in promised.items():
        missing: dict[str, list[str]] = {}
        for urn in urns:
            for rule in rules.each - record.answers.get((pack, urn), frozenset()):
                missing.setdefault(rule, []).append(urn)
        for rule, where in sorted(missing.items()):
            yield Silence(pack, rule, len(where), len(urns), where[0])
        for rule in sorted(rules.whole - record.stack_answers.get(pack, frozenset())):
            yield Silence(pack, rule)


def folded(found: Sequence[Silence]) -> Iterator[str]:
    """Yield one line for all of them; none for none."""
    if len(found) <= 1:
        yield from (silence.words for silence in found)
        return
    packs = len({silence.pack for silence in found})
    each = [silence for silence in found if silence.first is not None]
    whole = len(found) - len(each)
    on = [
        *([f"{len(each)} on up to {max(s.missed for s in each)} of {each[0].asked} resources"] if each else ()),
        *([f"{whole} on the stack as a whole"] if whole else ()),
    ]
    of_packs = f"{packs} pack{'s' if packs > 1 else ''}"
    yield f"{len(found)} rules of {of_packs} did not run everywhere: {', '.join(on)} (see --json)"
