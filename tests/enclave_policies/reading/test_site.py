"""The site behind a provider: its nodes, and whether AWS itself runs the cluster."""

from __future__ import annotations

from dataclasses import replace

import pytest
from enclave_policies.law.facts import Cluster, Nodes
from enclave_policies.law.folder import load_law
from enclave_policies.reading.reading import Reading, read
from enclave_policies.reading.site import cluster_of, runs_on_aws, site_nodes
from enclave_policies.resources.resource import UNKNOWN, Provider, Resource

HAMAR = load_law().clusters[0]
EKS = Cluster("dublin", "https://abc.gr7.eu-west-1.eks.amazonaws.com:443", None, "Dublin", "IE")
LAW = replace(load_law(), clusters=(HAMAR, EKS))


def reading(server: object) -> Reading:
    kubeconfig = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "k"}}],
        "clusters": [{"name": "k", "cluster": {"server": server}}],
    }
    inputs = {"kubeconfig": UNKNOWN if server is UNKNOWN else kubeconfig}
    return of(Provider("urn", "pulumi:providers:kubernetes", "p", inputs))


def of(provider: Provider | None) -> Reading:
    return read(Resource("urn", "kubernetes:core/v1:Pod", "pod", {}, provider), LAW)


def test_a_registered_cluster_tells_its_nodes_and_whether_aws_runs_it() -> None:
    assert cluster_of(reading(HAMAR.server)) == HAMAR
    assert site_nodes(reading(HAMAR.server)) == HAMAR.nodes
    assert not runs_on_aws(reading(HAMAR.server))
    assert cluster_of(reading(EKS.server)) == EKS
    assert runs_on_aws(reading(EKS.server))


@pytest.mark.parametrize("server", ["https://def.gr7.eu-west-1.eks.amazonaws.com", "https://evil.net", UNKNOWN])
def test_a_cluster_that_nobody_registered_or_knows_has_no_nodes_and_no_disks_of_aws(server: object) -> None:
    assert cluster_of(reading(server)) is None
    assert site_nodes(reading(server)) == Nodes()
    assert not runs_on_aws(reading(server))


def test_an_object_without_a_provider_is_on_no_cluster() -> None:
    assert cluster_of(of(None)) is None
    assert site_nodes(of(None)) == Nodes()
    assert not runs_on_aws(of(None))
