"""Where a host is: the enclave's own, an AWS host of an approved region, or somewhere that nobody approved."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from enclave_policies.identifiers.addresses import host_address
from enclave_policies.identifiers.shown import shown
from enclave_policies.places.names import NAME, is_in_cluster, is_public, spelled
from enclave_policies.places.regions import Refusal, refused_region
from enclave_policies.places.twins import is_worldwide

if TYPE_CHECKING:
    from enclave_policies.law import Law

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
NOBODY: Final = ip_network("240.0.0.0/4")
"""Reserved addresses, netmasks and the broadcast among them: nothing is sent to one (RFC 1112, section 4; RFC 919)."""
ENCODED: Final = re.compile(r"%[0-9A-Fa-f]{2}")
IDENTIFIERS: Final = frozenset({"json-schema.org", "www.w3.org", "schemas.xmlsoap.org", "docs.oasis-open.org"})
"""Hosts of schema and namespace names, which nothing ever connects to."""


@lru_cache(maxsize=1 << 14)
def refused_host(text: str, law: Law, *, cluster: bool = True, public: bool = False) -> Refusal | None:
    """Return why a host (a name or an address without a port) may not be reached, None when it may.

    Acceptable: what the law owns or names as a receiver or a source, names that no public resolver answers, addresses
    that nothing listens at (0.0.0.0, multicast), and AWS hosts of an approved region. ``cluster``: a cluster looks the
    name up, so short names are its services first; ``public``: unless the name has a public certificate. A
    path is the folder of a socket. Whether an AWS account is an own one, other rules say. ``country`` is the region's
    where the host names an AWS region.
    """
    text = unquote(text) if ENCODED.search(text) and not text.startswith("[") else text
    if PLACEHOLDER.search(text):
        return Refusal(f"{shown(text)}, a host that is put together later", None, None)
    return None if text.startswith("/") else _refused(text, law, cluster=cluster, public=public)


def _refused(text: str, law: Law, *, cluster: bool, public: bool) -> Refusal | None:
    host = spelled(text).removeprefix("*.")
    address = host_address(host)
    if address is not None:
        start = address.network_address
        if law.owns_address(str(address)) or start.is_unspecified or start.is_multicast or start in NOBODY:
            return None
        written = f"{shown(host)} ({start})" if str(start) != host and str(address) != host else shown(host)
        return Refusal(f"the address {written}, outside the enclave's networks", host, None)
    if not NAME.fullmatch(host):
        return Refusal(f"{shown(host)}, which cannot be read as a host", host, None)
    if host in IDENTIFIERS or host in law.receivers or host in law.sources or law.owns_host(host) or "." not in host:
        return None
    region = "us-east-1" if f".{host}".endswith(VIRGINIA) else region_of_host(host, law)
    if region is not None:
        refusal = refused_region(region, law)
        return refusal and Refusal(f"{shown(host)} in {refusal.words}", refusal.where, refusal.country, host)
    if host.endswith((*PRIVATE_ENDINGS, *PROOFS_OF_AWS)) or NAME_SERVER_OF_AWS.fullmatch(host):
        return None
    if is_in_cluster(host, public=public) if cluster else not is_public(host):
        return None
    if is_worldwide(host):
        return Refusal(f"{shown(host)}, a host of AWS that names no region", host, None)
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
