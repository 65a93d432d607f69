"""JUR-023: every namespace says which segment of the enclave it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.kubernetes.namespaces import is_system, namespaces_of
from enclave_policies.kubernetes.objects import mapping
from enclave_policies.regions import shown
from enclave_policies.rule import StackRule
from enclave_policies.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.finding import Finding
    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.reading import Reading
    from enclave_policies.stack import Stack

SEGMENT = "enclave/segment"
"""What guardrails in the cluster and network policies go by."""
NO_SEGMENT = frozenset({"", "none"})
COUNTRY = frozenset({"enclave/country", "enclave/jurisdiction", "jurisdiction", "country"})
"""Labels that name the country; one that names another country than the cluster's is refused."""


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge the labels of a namespace; a patch may leave them to the namespace that this stack makes itself."""
    for found in namespaces_of(reading):
        if is_system(found.metadata("name")):
            continue
        labels = mapping(found.metadata("labels"))
        if labels is UNKNOWN:
            yield rule.finding(reading, "has labels that are not known yet", verdict="undetermined")
            continue
        if not (found.patch and SEGMENT not in labels and _made_here(found, stack)):
            yield from _segment(reading, labels.get(SEGMENT))
        for label in COUNTRY & labels.keys():
            yield from _country(reading, label, labels[label])


def _segment(reading: Reading, value: Any) -> Iterator[Finding]:
    if value is None:
        yield rule.finding(reading, f"is a namespace without the label {SEGMENT}", verdict="undetermined")
    elif not isinstance(value, str):
        yield rule.finding(reading, f"has a label {SEGMENT} that is not known yet", verdict="undetermined")
    elif value in NO_SEGMENT:
        yield rule.finding(reading, f"is a namespace of no segment: its label {SEGMENT} says {shown(value)}")


def _country(reading: Reading, label: str, value: Any) -> Iterator[Finding]:
    here = reading.location.country
    if here is None or not isinstance(value, str) or value.upper() == here:
        return
    name = reading.law.countries.get(here, "")
    sets = {key.lower() for key, countries in reading.law.country_sets.items() if here in countries}
    if value.lower() not in {name.lower(), *sets}:
        yield rule.finding(
            reading, f"says that it is in {shown(value)} (label {label}), its cluster is not", where=value
        )


def _made_here(patch: KubernetesObject, stack: Stack) -> bool:
    return any(
        not found.patch and found.metadata("name") == patch.metadata("name")
        for other in stack.readings.values()
        for found in namespaces_of(other)
    )


rule = StackRule(
    id="JUR-023",
    name="namespace-segment",
    title="Every namespace says which segment of the enclave it is.",
    severity="medium",
    remedy=f"label the namespace with its segment ({SEGMENT})",
    check=check,
)
