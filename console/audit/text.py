"""An audit's outcome for people: what is refused and why, what is waived, and the counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.audit.outcome import Judged, Outcome


def text_lines(file: str, outcome: Outcome) -> Iterator[str]:
    """Yield the lines, the verdict last."""
    concerned = [resource for resource in outcome.resources if resource.findings]
    for resource in sorted(concerned, key=lambda each: each.verdict == "waived"):
        yield from _resource(resource)
    approved = next((f.approved for resource in concerned for f in resource.findings if f.approved), None)
    if approved:
        yield f"approved: {approved}"
    yield from _notes(outcome)
    yield f"asked: {', '.join(map(str, outcome.judges.packs))}, under the law {outcome.law.digest}"
    counts = outcome.counts
    yield (
        f"{file}: {_partial(outcome)}{_verdict(outcome)}: {counts['judged']:,} resources judged as of {outcome.day}: "
        f"{counts['passed']:,} passed, {counts['failed']:,} failed, {counts['undetermined']:,} undetermined, "
        f"{counts['waived']:,} waived; {counts['unfinished']:,} unfinished"
    )


def _resource(resource: Judged) -> Iterator[str]:
    words = {"fail": "refused", "undetermined": "undetermined, which counts as refused", "waived": "waived"}
    yield f"{resource.urn}: {words[resource.verdict]}"
    for finding in resource.findings:
        yield f"  {finding.clause}"


def _notes(outcome: Outcome) -> Iterator[str]:
    for one in outcome.unfinished:
        said = "refused, as it is unfinished" if outcome.strict else "unfinished, and judged all the same"
        yield f"{said}: {one.urn} {one.what}"
    if outcome.encrypted:
        yield (
            f"note: encrypted secrets: {outcome.encrypted:,}; a place among them is undetermined "
            "(`pulumi stack export --show-secrets` lets them be judged)"
        )
    for grant in outcome.removable:
        why = f"ran out on {grant.expires}" if grant.expires < outcome.day else "matches nothing in this export"
        yield f"removable: exception {grant.id} ({grant.position}) {why}"
    for fact in outcome.stale:
        yield f"{'refused' if outcome.strict else 'warning'}: {fact}"


def _partial(outcome: Outcome) -> str:
    """Return that some packs were not asked, as the beginning of a verdict; nothing where all were."""
    if not outcome.left_out:
        return ""
    return f"partial audit, without {' and '.join(outcome.left_out)}: "


def _verdict(outcome: Outcome) -> str:
    if outcome.verdict == "undetermined":
        return "undetermined, as it holds no resources to judge"
    return outcome.verdict
