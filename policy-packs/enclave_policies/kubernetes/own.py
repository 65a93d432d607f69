"""Texts that name the site itself: they tell where what stands beside them is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from enclave_policies.identifiers.addresses import network_of
from enclave_policies.places.names import IN_CLUSTER, NAME, is_in_cluster
from enclave_policies.texts.patterns import HOST_KEY

if TYPE_CHECKING:
    from enclave_policies.kubernetes.survey import Survey
    from enclave_policies.law import Law


def names_own_place(text: str, law: Law) -> bool:
    """Return whether a text is a host or address of the enclave, or what a registered cluster calls itself."""
    host = _host(text)
    if any(host in (cluster.name, *cluster.nodes.regions, *cluster.nodes.zones) for cluster in law.clusters):
        return True
    return ("." in host or ":" in host) and (law.owns_host(host) or host.endswith(IN_CLUSTER))


BUCKET: Final = re.compile(r"(?i)s3[an]?://")
"""What stands before a bucket's name, which may look like an own host."""


def has_own_endpoint(survey: Survey, law: Law) -> bool:
    """Return whether an object names an endpoint of the enclave or the cluster, which then serves what is beside it."""
    for text in survey.texts:
        if isinstance(text.value, str) and HOST_KEY.fullmatch(text.name) and not BUCKET.search(text.value):
            host = _host(text.value).lower()
            if NAME.fullmatch(host) and "." in host and (law.owns_host(host) or is_in_cluster(host)):
                return True
    return False


def _host(text: str) -> str:
    """Return what would be the host in a text: without scheme, user, path and port."""
    rest = (text.partition("://")[2] or text).strip("/").partition("/")[0].rpartition("@")[2]
    return rest if network_of(rest) else rest.partition(":")[0]
