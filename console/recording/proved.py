"""What a record says was proved of the resources: what packets can do, and what the tables of decisions let through."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final, Literal

from enclave_policies.access.acceptance import Wanted, gates_of
from enclave_policies.access.bundles import bundles_of
from enclave_policies.access.inspected import inspected, reaches_real_places
from enclave_policies.access.proving import proved
from enclave_policies.network.intent import PERSON
from enclave_policies.network.network import network_in

from console.audit.document import approval_fields
from console.inspect.acceptances import near_live
from evidence.record.model import Approval, Gate, Network, Promise, Table, Way
from hosts.gateway.bundle import SETTINGS, digest_of, settings_of
from hosts.gateway.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enclave_policies.law import Law
    from enclave_policies.network.intent import Connection
    from enclave_policies.reading.stack import Stack

    from components.declaration import Declaration
    from evidence.record.model import Finding

DENIED: Final = "SEG-003"
PERMITTED: Final = "SEG-004"
CROSSED: Final = "SEG-005"
KNOWN: Final = "SEG-010"
"""The rule that refuses a network of which something is not known: then no answer is a proof."""


def network(stack: Stack, findings: Sequence[Finding]) -> Network:
    """Return what packets can do between the declared ends, and which promises hold; nothing where nobody says more."""
    found = network_in(stack)
    intent = found.intent
    if intent is None or found.faults:
        return Network()
    doubtful = any(finding.rule == KNOWN for finding in findings)
    ends = sorted({PERSON, *intent.networks})
    certain = not found.undetermined  # a plan of what is yet to be made tells ids too late
    ways = [
        Way(source=source, target=target, ports=str(ports))
        for source in ends
        for target in ends
        if certain
        and (hops := found.graph.direct(source, target))
        and (ports := reduce(lambda known, more: known.union(more), (hop.ports for hop in hops)))
    ]
    told = [finding for finding in findings if finding.rule in (DENIED, PERMITTED, CROSSED)]

    def holds(rule: str, words: str) -> bool | None:
        """Return whether the rule that proves a promise said nothing of it."""
        if any(one.rule == rule and words in one.problem for one in told):
            return False
        return None if doubtful else True

    return Network(
        known=certain,
        ways=tuple(ways),
        promises=(
            *(_promise("must_deny", way, holds(DENIED, str(way))) for way in intent.must_deny),
            *(_promise("must_permit", way, holds(PERMITTED, str(way))) for way in intent.must_permit),
            *(
                Promise(
                    kind="must_cross",
                    source=one.source,
                    target=one.target,
                    on=one.segment,
                    holds=holds(CROSSED, f"{one.source} -> {one.target} must cross {one.segment}"),
                )
                for one in intent.must_cross
            ),
        ),
    )


def _promise(kind: Literal["must_deny", "must_permit"], way: Connection, holds: bool | None) -> Promise:
    return Promise(kind=kind, source=way.source, target=way.target, on=str(way.ports), holds=holds)


def tables(stack: Stack, law: Law) -> Iterator[Table]:
    """Yield each gateway's table that the resources hold, with its proof over the whole domain."""
    for reading in stack.readings.values():
        for bundle in bundles_of(reading.resource):
            if bundle.files is None:
                continue
            try:
                settings = settings_of(bundle.files[SETTINGS])
            except (BundleError, KeyError):
                continue
            found = proved(bundle.files, law)
            yield Table(
                site=settings.site,
                gateway=settings.gateway,
                bundle=digest_of(bundle.files),
                asked=found.domain.asked if found.domain else 0,
                covered=found.domain.stands_for if found.domain else 0,
                proved=not (found.wrong or found.broken or found.untraced),
                wrong=found.wrong or "; ".join(dict.fromkeys(f"breaks {one.never}" for one in found.broken)),
            )


def gates(stack: Stack, name: str, declaration: Declaration, law: Law) -> Iterator[Gate]:
    """Yield each check of the sites that were accepted or must be before they take user data, open or not."""
    for site in near_live(declaration, law):
        wanted = Wanted(declaration.enclave, name, site, real=reaches_real_places(stack))
        for one in gates_of(law, wanted):
            found = one.accepted
            yield Gate(
                site=site,
                check=one.check,
                asks=one.asked.asks,
                by=one.asked.by,
                file=one.file if found else None,
                sha256=one.sha256 if found else None,
                key=one.key if found else None,
                who=found.by if found else None,
                day=found.day.isoformat() if found else None,
                last_day=one.ends.isoformat() if one.ends else None,
                why_not=one.why,
            )


def approvals(stack: Stack, law: Law) -> Iterator[Approval]:
    """Yield each gateway with the approval in force, or why it has none."""
    for one in inspected(stack):
        fields = approval_fields(one.standing, law)
        yield Approval(**fields, why_not="" if one.standing.approval else one.standing.told())
