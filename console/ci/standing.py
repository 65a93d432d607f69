"""The scheduled run: asks the clouds what stands now, judges that, and says what changed and what will end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from enclave_policies.law.folder import load_law
from enclave_policies.resources.export import export_of

from console import terminal
from console.ci.commands import Run, audited, lacking_for, real_stacks
from console.ci.drift import drifted
from console.ci.ends import soon, stage
from console.ci.needs import Need
from console.ci.page import plain
from console.ci.refreshed import refreshed
from console.ci.report import lacking
from console.ci.since import since
from console.exit_codes import BAD_INPUT, GOOD, REFUSED
from console.gate.new_stack import refuse_missing
from console.gate.stack import declared, engine_for
from console.gate.state_home import refused_homes
from console.listed import listed
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from console.ci.bundles import Bundles
    from console.ci.drift import Drift
    from console.ci.results import Results
    from console.recording.of_gate import Records
    from evidence.record.model import Record
    from evidence.renderers.ending import Ending

BUNDLE: Final = "standing"
CHANGES: Final = "changes.md"
MOST: Final = 100
"""Resources that are named; the rest is counted."""


@dataclass(frozen=True)
class Seen:
    """What was seen of a stack: what the rules say (``code``), and what stands otherwise than its state says."""

    stack: str
    code: int
    drift: tuple[Drift, ...] = ()
    ends: tuple[Ending, ...] = ()


def judge_standing(environment: Mapping[str, str], bundles: Bundles, last: Path | None, note: str) -> Results:
    """Judge what stands of each stack outside the sandbox, and compare with the last run's folder (None: do not)."""
    run = Run(bundles, github=environment.get("GITHUB_ACTIONS") == "true")
    seen: list[Seen] = []
    undone: dict[str, tuple[Need, ...]] = {}
    for stack in real_stacks():
        try:
            needs = lacking_for(stack, clouds=True)
        except ProblemsError:  # the attempt tells
            needs = ()
        if needs:
            undone[stack] = needs
        else:
            seen.append(_looked(run, stack, last))
    sentence = ""
    if undone:
        needed = [need for need in Need if any(need in each for each in undone.values())]
        sentence = lacking(f"nobody looked at what stands of {listed(sorted(undone))}", needed)
    if note:
        terminal.out([note])
    found = run.results(sentence, BAD_INPUT if undone else GOOD)
    return replace(found, notes=(note,) if note else (), title=title(seen, sorted(undone)))


def title(seen: Sequence[Seen], undone: Sequence[str]) -> str:
    """Return the headline of what people have to do; empty where there is nothing."""
    told = [f"{one.stack}: {listed(words)}" for one in seen if (words := [*_words(one)])]
    return "Enclave: " + "; ".join([*told, *(f"{stack}: not looked at" for stack in undone)]) if told or undone else ""


def _words(seen: Seen) -> Iterator[str]:
    if seen.code == REFUSED:
        yield "refused"
    elif seen.code != GOOD:
        yield "not judged"
    if seen.drift:
        yield f"otherwise than its state says: {len(seen.drift)}"
    if seen.ends:
        yield f"ending soon: {len(seen.ends)} (the first in {seen.ends[0].days} days)"


def _looked(run: Run, stack: str, last: Path | None) -> Seen:
    drift: list[Drift] = []
    record: list[Record] = []
    said: list[int] = []

    def look(kept: Records) -> int:
        engine = engine_for(stack, declared(stack), [])
        if abroad := refused_homes(engine.project, stack, engine.environment, load_law()):
            raise ProblemsError(abroad)
        refuse_missing(engine)
        found = refreshed(engine)
        drift.extend(drifted(found.before, found.now))
        state = export_of(found.after, f"what stands of {stack}")
        said.append(audited(stack, state, "what stands", kept.remember))
        if kept.last is not None:
            record.append(kept.last)
        terminal.out(_drift_line(one) for one in drift)
        return REFUSED if drift else said[0]

    code = run.recorded(f"what stands of {stack}", look, f"{stack}/{BUNDLE}")
    ending = soon(record[0]) if record else ()
    folder = run.bundles.folder
    if folder is not None and (record or drift):
        old = last / stack / BUNDLE if last is not None else None
        key = run.bundles.key[0] if run.bundles.key else None
        compared = [*since(old, record[0], key)] if old is not None and record else []
        text = "\n".join(changes(stack, drift, ending, compared)) + "\n"
        (folder / stack).mkdir(parents=True, exist_ok=True)
        (folder / stack / CHANGES).write_text(text, encoding="utf-8")
        run.pieces[-1] = replace(run.pieces[-1], texts=(f"{stack}/{CHANGES}", *run.pieces[-1].texts))
    return Seen(stack, said[0] if said else code, tuple(drift), ending)


def changes(stack: str, drift: Sequence[Drift], ending: Sequence[Ending], compared: Sequence[str]) -> Iterator[str]:
    """Yield what changed and what will end, as Markdown. Values are not told: names of properties alone."""
    yield f"### {plain(stack)}: what changed, and what will end"
    if drift:
        yield from ("", f"**{len(drift)} resources stand otherwise than the state says:**", "")
        for one in drift[:MOST]:
            differs = "is gone" if one.properties is None else f"differs in {plain(listed(one.properties))}"
            yield f"- {plain(one.name)} ({plain(one.type)}) {differs}"
        if len(drift) > MOST:
            yield f"- and {len(drift) - MOST} more"
    else:
        yield from ("", "All that stands is as the state says.")
    if ending:
        yield from ("", "| Ends | What | Day |", "|---|---|---|")
        for end in ending:
            where = f" ({plain(str(end.line))})" if end.line else ""
            yield f"| {stage(end.days)} | {plain(end.what)}{where} | {end.last} |"
    if compared:
        yield from ("", *compared)


def _drift_line(one: Drift) -> str:
    differs = "is gone" if one.properties is None else f"differs in {listed(one.properties)}"
    return f"  stands otherwise: {one.name} ({one.type}) {differs}"
