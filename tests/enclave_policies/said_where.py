"""Whether a finding says as data what decides it: an input of its resource, or the path that several resources open."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from enclave_policies.catalog.tables.offer import read_offer
from enclave_policies.reading.deciding import values_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enclave_policies.catalog.tables.offer import Offer
    from enclave_policies.reading.finding import Finding
    from enclave_policies.resources.resource import Resource


CATALOG: Final = Path(__file__).parents[2] / "policy-packs" / "jurisdiction" / "law" / "catalog"
OF_OBJECTS: Final = frozenset({"metadata", "spec", "parameters"})
"""Inputs of Kubernetes objects that something decides by leaving out; the catalog keeps no inputs of theirs."""


class Exempt(NamedTuple):
    """Findings of a rule, by how their problem begins, that can say neither, and why."""

    rule: str
    begins: str
    why: str


EXEMPT: Final = (
    Exempt("KEY-001", "is of a type that the table", "the type decides, whatever its inputs say"),
    Exempt("KEY-001", "keeps data that no customer key can encrypt", "the type decides, whatever its inputs say"),
    Exempt("KEY-010", "has no setting in this stack", "another resource is absent"),
    Exempt("SEG-006", "is an opening", "it is there, and nothing uses it yet: no path begins at it"),
    Exempt("SEG-010", "cannot be held against everything", "other resources are not known, which the words name"),
    Exempt("SEG-013", "lets machines outside AWS take sessions", "the type is the door, and stands in no segment"),
    Exempt("SEG-013", "tunnels from anywhere to hosts of its VPC", "the type is the door; its segment is not known"),
)


def silent(findings: Iterable[Finding], resources: Iterable[Resource]) -> Iterator[str]:
    """Yield the findings that say nothing as data of what decides them, or name an input that is not there."""
    known = {resource.urn: resource for resource in resources}
    for finding in findings:
        if finding.claim is not None:
            if wrong := _strange(finding, known):
                yield f"{wrong}: {finding.message}"
        elif not finding.steps and not any(_is_of(finding, one) for one in EXEMPT):
            yield f"says nothing as data of what decides it: {finding.message}"


def used(findings: Iterable[Finding]) -> frozenset[Exempt]:
    """Return the exemptions that any finding needs."""
    told = [finding for finding in findings if finding.claim is None and not finding.steps]
    return frozenset(one for one in EXEMPT if any(_is_of(finding, one) for finding in told))


def _is_of(finding: Finding, one: Exempt) -> bool:
    return finding.rule == one.rule and finding.problem.startswith(one.begins)


def _strange(finding: Finding, known: Mapping[str, Resource]) -> str:
    claim, resource = finding.claim, known[finding.urn]
    assert claim is not None
    if claim.given == "defaulted" and resource.type.startswith("kubernetes:"):
        return "" if claim.path.partition(".")[0] in OF_OBJECTS else f"no object has {claim.path!r}"
    if claim.given == "defaulted":
        return _offer().refusal_of_input(resource.type, claim.path) or ""
    path = claim.path if claim.kind == "setting" else claim.path.partition(" ")[0]  # the rest is inside a text
    there = any(value is not None for value in values_on(resource.props, path))
    return "" if there else f"no input of it stands at {claim.path!r}"


@cache
def _offer() -> Offer:
    return read_offer(CATALOG)
