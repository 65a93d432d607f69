"""JUR-052: a transitional site is left by its day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.identifiers.shown import shown
from enclave_policies.reading.enclave import TRANSITIONAL, TYPE, day_in
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading


def check(reading: Reading) -> Iterator[Finding]:
    """Judge each transitional site that has resources by the day by which it must be left."""
    sites = reading.setting("sites")
    for name, site in sorted(sites.items()) if isinstance(sites, dict) else ():
        if not isinstance(site, dict) or site.get("role") != TRANSITIONAL:
            continue
        if site.get("stage") not in reading.law.lifecycle.with_("built"):
            continue
        path, day = f"sites.{name}.exitBy", day_in(site.get("exitBy"))
        if day is None:
            problem = f"has the transitional site {shown(str(name))} without a day by which it is left ({path})"
            yield rule.finding(reading, problem, verdict="undetermined", at=path)
        elif reading.law.day > day:
            problem = f"still has the transitional site {shown(str(name))}, which had to be left by {day} ({path})"
            yield rule.finding(reading, problem, at=path)


rule = Rule(
    id="JUR-052",
    name="exit-day",
    title="A transitional site is left by its day.",
    severity="critical",
    remedy="move its data out (`enclave wave`), drain and retire the site; a later day is a decision of its own",
    check=check,
    types=frozenset({TYPE}),
    placing=False,
)
