"""JUR-023: every namespace says which segment of the enclave it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.objects import mapping
from enclave_policies.network.kubernetes.namespaces import is_system, namespaces_in, namespaces_of
from enclave_policies.reading.rule import StackRule
from enclave_policies.reading.site import cluster_of, country_of
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

SEGMENT = "enclave/segment"
"""What guardrails in the cluster and network policies go by."""
NO_SEGMENT = frozenset({"", "none"})
COUNTRY = re.compile(r"(?:.*/)?(?:country|jurisdiction|(?:data-?)?residency)")
"""Labels that name the country: the cluster's own may stand for the segment, any other is refused."""


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge the labels of a namespace; a patch may leave them to the namespace that this stack makes itself."""
    for found in namespaces_of(reading):
        if is_system(found.metadata("name")):
            continue
        labels = mapping(found.metadata("labels"))
        if labels is UNKNOWN:
            yield rule.finding(reading, "has labels that are not known yet", verdict="undetermined")
            continue
        countries = [label for label in labels if COUNTRY.fullmatch(label)]
        known = country_of(reading) is not None  # else nobody can tell, and other rules refuse it for that
        abroad = [label for label in countries if known and not _is_here(reading, labels[label])]
        for label in abroad:
            problem = f"says that it is in {shown(str(labels[label]))} (label {label}), where its cluster is not"
            yield rule.finding(reading, problem, where=str(labels[label]))
        told_otherwise = SEGMENT not in labels and (
            countries or (found.patch and found.metadata("name") in namespaces_in(stack).made)
        )
        if not told_otherwise:
            yield from _segment(reading, labels.get(SEGMENT))


def _segment(reading: Reading, value: Any) -> Iterator[Finding]:
    if value is None:
        yield rule.finding(reading, f"is a namespace without the label {SEGMENT}", verdict="undetermined")
    elif not isinstance(value, str):
        yield rule.finding(reading, f"has a label {SEGMENT} that is not known yet", verdict="undetermined")
    elif value in NO_SEGMENT:
        yield rule.finding(reading, f"is a namespace of no segment: its label {SEGMENT} says {shown(value)}")


def _is_here(reading: Reading, value: Any) -> bool:
    """Whether a label names the cluster's country: its code, its name, a set of countries it is in, or the site."""
    here = reading.location.country
    if here is None or not isinstance(value, str):
        return False
    sets = {key for key, countries in reading.law.country_sets.items() if here in countries}
    cluster = cluster_of(reading)
    site = (cluster.name, cluster.site) if cluster else ()
    return value.lower() in {name.lower() for name in (here, reading.law.countries[here], *sets, *site)}


rule = StackRule(
    id="JUR-023",
    name="namespace-segment",
    title="Every namespace says which segment of the enclave it is.",
    severity="medium",
    remedy=f"label the namespace with its segment ({SEGMENT}), and with no country but that of its cluster",
    check=check,
    package="kubernetes",
)
