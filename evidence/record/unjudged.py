"""Everything that nobody judged, each once: rules that did not answer, and what no rule was asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence.record.model import Judged, Record


class Unjudged(NamedTuple):
    """One resource, rule, step or fact that nobody judged; ``rules`` did not answer, empty where none was asked."""

    what: str
    kind: str
    reason: str
    resource: Judged | None = None
    rules: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Return it as a sentence."""
        rules = f" by {', '.join(self.rules)}" if self.rules else ""
        return f"{self.what} was not checked{rules}: {self.reason}"


def unjudged(record: Record) -> Iterator[Unjudged]:
    """Yield them: resources in the record's order, a line for each reason, then the rest."""
    told = set()
    for resource in record.resources:
        reasons: dict[str, list[str]] = {}
        for one in resource.unchecked:
            reasons.setdefault(one.reason, []).append(one.rule)
        for reason, rules in reasons.items():
            told.add(resource.urn)
            yield Unjudged(resource.urn, "resource", reason, resource, tuple(rules))
    for rest in record.not_checked:
        if rest.kind != "resource" or rest.what not in told:
            yield Unjudged(rest.what, rest.kind, rest.reason)
