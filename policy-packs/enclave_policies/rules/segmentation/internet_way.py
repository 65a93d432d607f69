"""SEG-006: nothing joins a segment to the internet, or to anybody outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.network.links import openings_of_links
from enclave_policies.network.network import network_in
from enclave_policies.reading.rule import StackRule
from enclave_policies.rules.segmentation.meaning import meant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Say of each gateway, public address, peering and endpoint service which segments it opens, but of links."""
    network = network_in(stack)
    for way in network.openings:
        mine = way.urn == reading.resource.urn
        if mine or (way.urn not in stack.readings and meant(reading, stack)):  # a gateway that only a route names
            resources = {urn: known.resource for urn, known in stack.readings.items()}
            if way.urn in openings_of_links(network.openings, network.intent, resources):
                continue
            segments = ", ".join(f"{site}/{segment or '(no segment)'}" for site, segment in way.segments)
            because = f" ({', '.join(way.because)})" if way.because else ""
            what = "is" if mine else f"belongs to a stack in which {way.name}, which is no resource of it, is"
            yield rule.finding(
                reading, f"{what} an opening ({way.kind}) and reaches {segments or 'no segment yet'}{because}"
            )


rule = StackRule(
    id="SEG-006",
    name="internet-way",
    title="Nothing joins a segment to the internet, or to anybody outside.",
    severity="critical",
    remedy="remove it; people arrive over site links, at the entries",
    check=check,
    placing=False,
)
