"""SEG-006: nothing joins a segment to the internet, or to anybody outside."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from enclave_policies.network.links import objections, openings_of_links
from enclave_policies.network.network import network_in
from enclave_policies.reading.finding import Step
from enclave_policies.reading.gathered import once
from enclave_policies.reading.rule import StackRule
from enclave_policies.rules.segmentation.meaning import meant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enclave_policies.network.aws.openings import Opening
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Say of each gateway, public address, peering and endpoint service which segments it opens, but of links."""
    own = _openings(stack).get(reading.resource.urn, ())
    strange = _openings(stack).get(None, ()) if meant(reading, stack) else ()  # gateways that only a route names
    for way in (*own, *strange):
        reached = [f"{site}/{segment or '(no segment)'}" for site, segment in way.segments]
        what = f"belongs to a stack in which {way.name}, which is no resource of it, is" if way in strange else "is"
        because = f" ({', '.join(way.because)})" if way.because else ""
        nowhere = "" if reached else f" and reaches no segment yet{because}"
        path = [Step(way.name, end, rules=way.because) for end in reached]
        yield rule.finding(reading, f"{what} an opening ({way.kind}){nowhere}", steps=path)


@once
def _openings(stack: Stack) -> Mapping[str | None, Sequence[Opening]]:
    """Return the openings that are no declared links by their resource; None for what is no resource of the stack."""
    network = network_in(stack)
    resources = {urn: known.resource for urn, known in stack.readings.items()}
    links = openings_of_links(network.openings, network.intent, resources)
    found: dict[str | None, list[Opening]] = defaultdict(list)
    for way in network.openings:
        if way.urn not in links:
            known = resources.get(way.urn)
            against = objections(way, network.intent, known) if known and network.intent else ()
            told = replace(way, because=tuple(dict.fromkeys((*way.because, *against))))
            found[way.urn if known else None].append(told)
    return found


rule = StackRule(
    id="SEG-006",
    name="internet-way",
    title="Nothing joins a segment to the internet, or to anybody outside.",
    severity="critical",
    remedy="remove it, or make it what is declared; people arrive over site links and Client VPNs, at the entries",
    check=check,
    placing=False,
)
