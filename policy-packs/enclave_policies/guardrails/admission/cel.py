"""The law's lists as CEL expressions; the macros of CEL that a Kubernetes API server knows.

Source: kubernetes.io, "Common Expression Language in Kubernetes" (lists, strings, regular expressions, IP, CIDR, URL).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.guardrails.admission.policy import text
from enclave_policies.identifiers.addresses import LOCAL
from enclave_policies.places.hosts import PRIVATE_ENDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enclave_policies.law import Law

NONE: Final = "false"
REGION: Final = "[a-z]{2,4}(-[a-z]+)+-[0-9]+"
WORD: Final = "^[a-z]([-a-z0-9]*[a-z0-9])?$"


def texts(values: Iterable[str]) -> str:
    """Return a list of texts, sorted."""
    return f"[{', '.join(text(value) for value in sorted(values))}]"


def any_of(tests: Iterable[str]) -> str:
    """Return a test that is true when one of the tests is."""
    return f"({' || '.join(tests) or NONE})"


def matches(value: str, patterns: Iterable[str]) -> str:
    """Return a test whether a text is one of the patterns, or begins with one that ends in ``*``."""
    patterns = sorted(patterns)
    whole = [pattern for pattern in patterns if not pattern.endswith("*")]
    beginnings = [pattern[:-1] for pattern in patterns if pattern.endswith("*")]
    return any_of(
        [
            *([f"{value} in {texts(whole)}"] if whole else []),
            *(f"{value}.startsWith({text(beginning)})" for beginning in beginnings),
        ]
    )


def lower(values: str) -> str:
    """Return a list of host names in lower case, without root dots and leading wildcards."""
    return (
        f"{values}.map(h, h.lowerAscii())"
        ".map(h, h.endsWith('.') ? h.substring(0, size(h) - 1) : h)"
        ".map(h, h.startsWith('*.') ? h.substring(2) : h)"
    )


def own_address(value: str, law: Law) -> str:
    """Return a test whether a text is an IP address of the enclave's networks, loopback or link-local."""
    inside = any_of(f"cidr({text(network)}).containsIP({value})" for network in _networks(law))
    return f"(isIP({value}) && {inside})"


def own_network(value: str, law: Law) -> str:
    """Return a test whether a text is a CIDR block inside the enclave's networks."""
    inside = any_of(f"cidr({text(network)}).containsCIDR({value})" for network in _networks(law))
    return f"(isCIDR({value}) && {inside})"


def own_host(value: str, law: Law) -> str:
    """Return a test whether a host, in lower case and without a root dot, is one that the pack lets be reached.

    Own zones and addresses, names of the cluster or of a private zone, hosts of AWS in an approved region.
    """
    zones = [
        any_of([f"{value} == {text(zone)}", f"{value}.endsWith({text(f'.{zone}')})"]) for zone in sorted(law.dns_zones)
    ]
    return any_of(
        [
            f"{value}.matches({text(WORD)})",
            f"{value} in {texts(law.cluster_hosts - {'127.0.0.1'})}",
            *zones,
            *_private_names(value),
            *_aws_hosts(value, law),
            own_address(value, law),
        ]
    )


def _networks(law: Law) -> list[str]:
    return [str(network) for network in (*law.networks, *LOCAL)]


def _private_names(value: str) -> list[str]:
    """Return tests for names that no public resolver answers; ec2.internal is Virginia's."""
    endings = any_of(f"{value}.endsWith({text(ending)})" for ending in PRIVATE_ENDINGS)
    return [f"({endings} && !{value}.endsWith('.internal'))"]


def _aws_hosts(value: str, law: Law) -> list[str]:
    """Return tests for hosts of AWS: the last region that their name says is approved."""
    tests = []
    for partition in sorted(law.partitions):
        regions = [r.code for r in law.regions.values() if r.partition == partition and law.approves(r.country)]
        suffixes = any_of(f"{value}.endsWith({text(f'.{suffix}')})" for suffix in law.dns_suffixes[partition])
        found = f"{value}.findAll({text(REGION)})"
        last = f"{found}[size({found}) - 1] in {texts(regions)}"
        tests.append(f"({suffixes} && size({found}) > 0 && {last})")
    return tests
