"""ACC-018: a site that holds user data was accepted, check by check, by those whom the law lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.access.inspected import reaches_real_places
from enclave_policies.identifiers.shown import shown
from enclave_policies.reading.enclave import TYPE, leaving_in, stages_at
from enclave_policies.reading.rule import StackRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law.lifecycle import Lifecycle
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge each declared site at a stage that holds user data by what was accepted of it."""
    law, lifecycle = reading.law, reading.law.lifecycle
    abroad = {name for name, site in leaving_in(reading, stack.name).items() if not law.approves(site.country)}
    for name, stage in stages_at(reading).items():
        if not lifecycle.wants_acceptance(stage, left=name in abroad):
            continue
        # here, as cryptography takes its time, and many stacks have no such site
        from enclave_policies.access.acceptance import Wanted, command, lacking  # noqa: PLC0415

        wanted = Wanted(reading.resource.name, stack.name, name, real=reaches_real_places(stack))
        if gates := lacking(law, wanted):
            told = "; ".join(f"{gate.check} ({gate.asked.asks}): {gate.why}" for gate in gates)
            problem = f"has the site {shown(name)}, which is {stage} and was not accepted: {told}"
            remedy = f"{command(wanted, law)}; until then the site stays {_before(law.lifecycle)}"
            yield rule.finding(reading, problem, at=f"sites.{name}.stage", remedy=remedy)


def _before(lifecycle: Lifecycle) -> str:
    """Return the stages that hold no user data, and from which a site goes on to one that takes it."""
    after = {each for taking in lifecycle.with_("takes") for each in lifecycle.before(taking)}
    return " or ".join(sorted(after - set(lifecycle.with_("holds"))))


rule = StackRule(
    id="ACC-018",
    name="accepted-site",
    title="A site that holds user data was accepted, check by check, by those whom the law lists.",
    severity="critical",
    remedy="let those whom the law lists sign each check: `enclave site accept SITE STACK --check CHECK`",
    check=check,
    types=frozenset({TYPE}),
    placing=False,
)
