"""An audit's outcome for people: what is refused and why, what is waived, and the counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.reading.finding import LETTING

from console.audit.folding import folded
from console.document import TOOL
from console.listed import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.audit.folding import Entry
    from console.audit.outcome import Outcome


def text_lines(file: str, outcome: Outcome) -> Iterator[str]:
    """Yield the lines, the verdict last; what is equal is told once."""
    entries = folded(sorted(outcome.resources, key=lambda each: each.verdict in LETTING))
    for entry in entries:
        yield from _entry(entry)
    approved = next((f.approved for each in entries for f in each.resources[0].findings if f.approved), None)
    if approved:
        yield f"approved: {approved}"
    yield from _notes(outcome)
    yield f"asked: {', '.join(map(str, outcome.judges.packs))}, by {TOOL}, under the law {outcome.law.digest}"
    yield f"state: {_state(outcome)}"
    counts = outcome.counts
    yield (
        f"{file}: {_partial(outcome)}{_verdict(outcome)}: {counts['judged']:,} resources judged as of {outcome.day}: "
        f"{counts['passed']:,} passed, {counts['failed']:,} failed, {counts['undetermined']:,} undetermined, "
        f"{counts['waived']:,} waived, {counts['warned']:,} warned; {counts['unfinished']:,} unfinished"
    )


def _entry(entry: Entry) -> Iterator[str]:
    words = {"fail": "refused", "undetermined": "undetermined, which counts as refused", "waived": "waived"}
    words["warned"] = "warning"
    first = entry.resources[0]
    head = f"{first.urn}: {words[first.verdict]}"
    if len(entry.said) == 1:
        yield f"{head}: {entry.said[0]}"
    else:
        yield head
        yield from (f"  {sentence}" for sentence in entry.said)
    if entry.more:
        yield f"  {entry.more}"


def _state(outcome: Outcome) -> str:
    origin = outcome.origin
    stack = f"stack {origin.stack} of {origin.project}" if origin.stack else "of no stack, as it holds no resource"
    engine = f"engine {origin.engine}" if origin.engine else "an engine that does not say its version"
    written = f" on {origin.written:%Y-%m-%d %H:%M} UTC" if origin.written else ", it does not say when"
    return f"{stack}, written by {engine}{written}, sha256 {outcome.sha256}"


def _notes(outcome: Outcome) -> Iterator[str]:
    for one in outcome.unfinished:
        said = "refused, as it is unfinished" if outcome.strict else "unfinished, and judged all the same"
        yield f"{said}: {one.urn} {one.what}"
    if outcome.encrypted:
        chosen = "a place among them is undetermined" if outcome.counts["undetermined"] else "no place depends on them"
        yield f"note: {outcome.encrypted:,} secrets are sealed; {chosen}"
    if outcome.is_older_than_law:
        yield (
            f"warning: the state was written on {outcome.origin.written:%Y-%m-%d}, before the newest fact of the law "
            f"({outcome.law.newest}); export it again to judge what is there today"
        )
    for grant in outcome.removable:
        why = f"ran out on {grant.expires}" if grant.expires < outcome.day else "matches nothing in this export"
        yield f"removable: exception {grant.id} ({grant.position}) {why}"
    for gateway in outcome.gateways:
        if gateway.approval:
            where, by = f"{gateway.wanted.site}/{gateway.wanted.gateway}", f"{gateway.approval.file}"
            mark, how = ("warning", ", which is soon") if gateway.ends_soon(outcome.law) else ("note", "")
            yield f"{mark}: {where} is approved until {gateway.ends}{how} ({by}, key {gateway.approval.key})"
    for fact in outcome.stale:
        yield f"{'refused' if outcome.strict else 'warning'}: {fact}"


def _partial(outcome: Outcome) -> str:
    """Return that some packs were not asked, as the beginning of a verdict; nothing where all were."""
    if not outcome.left_out:
        return ""
    return f"partial audit, without {listed(outcome.left_out)}: "


def _verdict(outcome: Outcome) -> str:
    if outcome.verdict == "undetermined":
        return "undetermined, as it holds no resources to judge"
    return outcome.verdict
