"""Where a host is: the enclave's own, an AWS host of an approved region, or somewhere that nobody approved."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from enclave_policies.identifiers.shown import shown
from enclave_policies.identifiers.urls import origin
from enclave_policies.places.regions import Refusal, refused_region

if TYPE_CHECKING:
    from enclave_policies.law import Law

JDBC: Final = re.compile(r"(?i)^jdbc:(?:[a-z0-9]+:)*?(?=[a-z0-9]+://)|^jdbc:oracle:\w+:[^@]*@(?://)?")
"""What stands before the address in a JDBC URL."""
RESOLVER: Final = re.compile(r"(?is)(?:(?:dns|xds|passthrough)://[^/]*|(?:unix|file)://)/(.*)")
"""Addresses that name a resolver or a file before the host (gRPC's ``dns://resolver/host:port``)."""
RESOLVED: Final = re.compile(r"(?is)(?:dns|xds|passthrough|ipv[46]):(?!/|\d{1,5}(?:/|$))(.*)")
"""gRPC's short form of these, which lists hosts after the name of a scheme; ``dns:53`` is a host and its port."""
PRIVATE_ENDINGS: Final = (".svc", ".cluster.local", ".local", ".internal", ".localhost", ".home.arpa", ".in-addr.arpa")
"""Names that no public resolver answers: of a cluster, a VPC or a private zone."""
VIRGINIA: Final = ".ec2.internal"
"""The private names of instances in us-east-1; every other region's hold the region's name."""
SIDES: Final = re.compile(r"north|south|east|west|central|gov")
COMPUTE: Final = re.compile(r"(?:.*\.)?([a-z]{2,4}(?:-[a-z]+)+-\d)\.compute\.internal")
SERVICE_PRINCIPAL: Final = re.compile(r"[a-z0-9-]+\.amazonaws\.com(\.cn)?")
REGION_IN_LABEL: Final = re.compile(r"(?<![a-z0-9])[a-z]{2,4}(?:-[a-z]+)+-\d(?![a-z0-9])")
PLACEHOLDER: Final = re.compile(r"[${}<>%]")
PROOFS_OF_AWS: Final = (".acm-validations.aws", ".dkim.amazonses.com")
"""Names that prove a domain to AWS; nothing but the proof is there."""
NAME_SERVER_OF_AWS: Final = re.compile(r"ns-\d+\.awsdns-\d+\.(?:com|net|org|co\.uk)")
"""Route 53's own, which hold the zone whoever asks them."""
EVERY_INTERFACE: Final = "0.0.0.0"  # noqa: S104 (where a program listens, never where it calls)
IDENTIFIERS: Final = frozenset({"json-schema.org", "www.w3.org", "schemas.xmlsoap.org", "docs.oasis-open.org"})
"""Hosts of schema and namespace names, which nothing ever connects to."""


def host_in(address: str) -> str:
    """Return the host of a URL or of ``host:port/path`` in lower case, empty where there is none."""
    text = JDBC.sub("", address.strip()).partition(";")[0]
    if "://" not in text:
        text = f"//{text.removeprefix('//')}"
    try:
        return (urlsplit(text).hostname or "").rstrip(".")
    except ValueError:
        return ""


def resolved(address: str) -> list[str] | None:
    """Return the hosts that an address has behind a scheme of gRPC's, None where it is of another form."""
    found = RESOLVER.fullmatch(address)
    if found:
        return [found[1]] if found[1] else []
    found = RESOLVED.fullmatch(address)
    return found[1].split(",") if found else None


@lru_cache(maxsize=1 << 14)
def refused_host(address: str, law: Law) -> Refusal | None:
    """Return why a host (in a URL or bare) may not be reached, None when it may.

    ``country`` is the region's where the host names an AWS region.
    """
    if origin(address) in law.stand_in_endpoints:
        return None
    host = host_in(address)
    behind = resolved(address.strip())
    if behind is not None:
        refusal = next(filter(None, (refused_host(each, law) for each in behind)), None)
        if refusal or not host:
            return refusal
    if not host:
        return Refusal(f"{shown(address)}, which names no host that can be read", None, None)
    if PLACEHOLDER.search(host):
        return Refusal(f"{shown(host)}, a host that is put together later", None, None)
    host = host.removeprefix("*.")
    own = law.owns_address(host)
    if own is not None:
        return (
            None
            if own or host == EVERY_INTERFACE
            else Refusal(f"the address {host}, outside the enclave's networks", host, None)
        )
    if host in IDENTIFIERS or law.owns_host(host) or "." not in host:
        return None
    region = "us-east-1" if f".{host}".endswith(VIRGINIA) else region_of_host(host, law)
    if region is not None:
        refusal = refused_region(region, law)
        return refusal and Refusal(f"{shown(host)} in {refusal.words}", refusal.where, refusal.country)
    if host.endswith((*PRIVATE_ENDINGS, *PROOFS_OF_AWS)) or NAME_SERVER_OF_AWS.fullmatch(host):
        return None
    return Refusal(f"{shown(host)}, which is not the enclave's", host, None)


def region_of_host(host: str, law: Law) -> str | None:
    """Return the region that an AWS host names in one of its labels, also inside one (``s3-us-east-1``)."""
    compute = COMPUTE.fullmatch(host)
    if compute:
        return compute[1]
    for suffixes in law.dns_suffixes.values():
        for suffix in suffixes:
            if host.endswith(f".{suffix}"):
                found = REGION_IN_LABEL.findall(host) or [
                    r for label in host.split(".") if (r := short_codes(law).get(label))
                ]
                return found[-1] if found else None
    return None


@lru_cache(maxsize=8)
def short_codes(law: Law) -> dict[str, str]:
    """Return the regions by the short codes in some hosts of AWS: ``euw1`` is eu-west-1, ``usgw1`` us-gov-west-1."""
    return {SIDES.sub(lambda side: side[0][0], code).replace("-", ""): code for code in law.regions}


def is_service_principal(host: str) -> bool:
    """Return whether a text is what AWS calls one of its services in policies, no host that is connected to."""
    return SERVICE_PRINCIPAL.fullmatch(host) is not None
