"""The law's lists as CEL expressions; the macros of CEL that a Kubernetes API server knows.

Source: kubernetes.io, "Common Expression Language in Kubernetes" (lists, strings, regular expressions, IP, CIDR, URL).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.guardrails.admission.policy import text
from enclave_policies.identifiers.addresses import LOCAL
from enclave_policies.places.hosts import (
    IDENTIFIERS,
    NAME_SERVER_OF_AWS,
    PRIVATE_ENDINGS,
    PROOFS_OF_AWS,
    short_codes,
)
from enclave_policies.places.names import LIKE_NAMESPACES, LONGEST_IN_CLUSTER, public_endings

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


def own_host(value: str, law: Law, *, public: bool = False) -> str:
    """Return a test whether a host, in lower case and without a root dot, is one that the pack lets be reached.

    Own zones and addresses, receivers that the law names, names of the cluster or of a private zone, hosts of AWS in
    an approved region: the same answer as `places.hosts.refused_host` gives. ``public``: the host must show a public
    certificate.
    """
    zones = [
        any_of([f"{value} == {text(zone)}", f"{value}.endsWith({text(f'.{zone}')})"]) for zone in sorted(law.dns_zones)
    ]
    return any_of(
        [
            f"{value}.matches({text(WORD)})",
            f"{value} in {texts((law.cluster_hosts | law.receivers | IDENTIFIERS) - {'127.0.0.1'})}",
            *zones,
            _private_name(value, law),
            _in_cluster(value, public=public),
            *_aws_hosts(value, law),
            any_of(f"{value}.endsWith({text(ending)})" for ending in PROOFS_OF_AWS),
            f"{value}.matches({text(f'^{NAME_SERVER_OF_AWS.pattern}$')})",
            own_address(value, law),
        ]
    )


def _networks(law: Law) -> list[str]:
    return [str(network) for network in (*law.networks, *LOCAL)]


def _private_name(value: str, law: Law) -> str:
    """Return a test for names that no public resolver answers; the names of AWS's instances say their region."""
    endings = any_of(f"{value}.endsWith({text(ending)})" for ending in PRIVATE_ENDINGS)
    compute = f"{value}.endsWith('.compute.internal')"
    labels = f"{value}.split('.')"
    place = f"{labels}[size({labels}) - 3]"
    named = f"size({labels}) > 2 && {place}.matches({text(f'^{REGION}$')})"
    virginia = f"({value} == 'ec2.internal' || {value}.endsWith('.ec2.internal'))"
    known = f"({compute} && {named} ? {place} in {texts(_approved(law))} : true)"
    return f"({endings} && !{virginia} && {known})"


def _in_cluster(value: str, *, public: bool) -> str:
    """Return a test for short names of services: no public resolver knows them, or the cluster is asked first."""
    labels = f"{value}.split('.')"
    last = f"{labels}[size({labels}) - 1]"
    unknown = f"(size({labels}) <= {LONGEST_IN_CLUSTER} && {last}.matches('^[a-z]') && !{last}.startsWith('xn--')"
    unknown += f" && {last} != 'internal'"  # a private name, which may say a region
    unknown += f" && !({last} in {texts(public_endings() | LIKE_NAMESPACES)}))"
    if public:
        return unknown
    return any_of([unknown, f"(size({labels}) == 2 && {last} in {texts(LIKE_NAMESPACES)})"])


def _aws_hosts(value: str, law: Law) -> list[str]:
    """Return tests for hosts of AWS: the last region that their name says is approved, by code or short code."""
    tests = []
    for partition in sorted(law.partitions):
        regions = _approved(law, partition)
        suffixes = any_of(f"{value}.endsWith({text(f'.{suffix}')})" for suffix in law.dns_suffixes[partition])
        found = f"{value}.findAll({text(REGION)})"
        last = f"{found}[size({found}) - 1] in {texts(regions)}"
        short = texts(code for code, region in short_codes(law).items() if region in regions)
        codes = texts(short_codes(law))
        labels = f"{value}.split('.').filter(l, l in {codes})"
        named = f"(size({found}) > 0 ? {last} : size({labels}) > 0 && {labels}[size({labels}) - 1] in {short})"
        tests.append(f"({suffixes} && {named})")
    return tests


def _approved(law: Law, partition: str | None = None) -> list[str]:
    return [
        region.code
        for region in law.regions.values()
        if law.approves(region.country) and partition in (None, region.partition)
    ]
