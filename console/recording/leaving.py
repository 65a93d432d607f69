"""What a record says of data that leaves as files: by which flow, from which site, and what hides people in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.access.leaving import enough
from enclave_policies.law.basis import adequate
from enclave_policies.law.instruments import REGIMES

from components.declaration.leaving import schema
from console.recording.marked import line_at
from evidence.record.model import Ground, Transfer
from hosts.deidentify.schema import flows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law import Law
    from enclave_policies.law.instruments import Regime

    from components.declaration import Declaration
    from hosts.deidentify.flow import Flow
    from located_yaml import Document


def leavings(declaration: Declaration, document: Document, law: Law) -> Iterator[Transfer]:
    """Yield each leaving flow from each site of another country, with the measure that each regime finds enough."""
    flows, _ = flows_of(schema(declaration).encode())
    for name, flow in flows.items():
        for site, place in declaration.sites.items():
            if place.provisioned and place.country != flow.country:
                yield Transfer(
                    who=flow.recipient,
                    what=f"leaving flow {name}: {flow.measure}",
                    movement="copy",
                    source=site,
                    source_country=place.country,
                    target=flow.recipient,
                    target_country=flow.country,
                    classes=(flow.data_class,),
                    purposes=(flow.purpose,),
                    grounds=tuple(_ground(flow, regime, law) for regime in REGIMES),
                    declared=line_at(document.position(("leaving", name))),
                )


def _ground(flow: Flow, regime: Regime, law: Law) -> Ground:
    """Return what a regime says of a flow; one whose people it holds no data of has nothing against it."""
    if regime not in flow.regimes:
        return Ground(regime=regime, rule="regimes", basis="not concerned", words="it holds no data of its people")
    row = enough(flow, regime, law)
    return Ground(
        regime=regime,
        rule=row.id if row else None,
        basis=flow.measure if row else None,
        words=row.source if row else "no row of measures.yaml finds the measure enough",
        adequate=adequate(law, regime, flow.country),
        measure=_measure(flow),
    )


def _measure(flow: Flow) -> str:
    if flow.has_tokens:
        return "tokens of one purpose, recipient and epoch; a grant turns them back inside; what is unlisted is dropped"
    if flow.groups is None:
        return "keyed pseudonyms for this purpose, recipient and epoch; a field that is not listed is dropped"
    groups = f"counts of groups of {flow.groups.minimum} people or more"
    noise = flow.groups.noise
    return groups if noise is None else f"{groups}, with noise (epsilon {noise.epsilon} of {noise.budget})"
