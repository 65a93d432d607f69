"""The site behind a resource's provider: what its nodes are called, and whether a cloud runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.law.facts import Nodes
from enclave_policies.places.clusters import binding_of
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from enclave_policies.law.facts import Cluster
    from enclave_policies.reading.reading import Reading

AWS_SERVERS = (".eks.amazonaws.com", ".eks.amazonaws.com.cn", ".eks.amazonaws.eu")


def cluster_of(reading: Reading) -> Cluster | None:
    """Return the registered cluster that would hold the object; None where nobody can tell (JUR-006 refuses that)."""
    provider = reading.resource.provider
    binding = binding_of(provider, reading.law) if provider is not None else UNKNOWN
    return None if binding is UNKNOWN else binding.cluster


def country_of(reading: Reading) -> str | None:
    """Return the country of the cluster that would hold the object, registered or not; None where nobody can tell."""
    provider = reading.resource.provider
    binding = binding_of(provider, reading.law) if provider is not None else UNKNOWN
    return None if binding is UNKNOWN else binding.country


def site_nodes(reading: Reading) -> Nodes:
    """Return what the site's nodes are called; nothing matches where the cluster is not known."""
    cluster = cluster_of(reading)
    return cluster.nodes if cluster else Nodes()


def runs_on_aws(reading: Reading) -> bool:
    """Return whether the cluster is one that AWS runs in an approved region, where AWS's own disks are at home."""
    cluster = cluster_of(reading)
    return cluster is not None and any(suffix in cluster.server for suffix in AWS_SERVERS)
