"""Where a resource would be: zone, else region, else the provider's region; the cluster for Kubernetes."""

from __future__ import annotations

import pytest
from enclave_policies.law.folder import load_law
from enclave_policies.places.placement import locate, provider_region
from enclave_policies.resources.resource import UNKNOWN, Provider, Resource

from tests.enclave_policies.sampling import samples

DUBLIN = Provider("urn", "pulumi:providers:aws", "dublin-1", {"region": "eu-west-1"})
NOWHERE = Provider("urn", "pulumi:providers:aws", "nowhere", {})
SUBNET = "aws:ec2/subnet:Subnet"
AGGREGATE = "aws:cfg/aggregateAuthorization:AggregateAuthorization"  # its region is a destination


@pytest.mark.parametrize(
    ("resource", "selector", "code", "country"),
    [
        (
            Resource("urn", SUBNET, "r", {"availabilityZone": "eu-west-2a", "region": "eu-west-1"}, DUBLIN),
            "zone",
            "eu-west-2a",
            "GB",
        ),
        (Resource("urn", SUBNET, "r", {"region": "eu-west-2"}, DUBLIN), "region", "eu-west-2", "GB"),
        (Resource("urn", SUBNET, "r", {}, DUBLIN), "provider", "eu-west-1", "IE"),
        (Resource("urn", SUBNET, "r", {}, NOWHERE), "provider", None, None),
        (Resource("urn", SUBNET, "r", {}, None), "provider", None, None),
        (Resource("urn", SUBNET, "r", {"region": UNKNOWN}, DUBLIN), "region", UNKNOWN, None),
        (Resource("urn", SUBNET, "r", {"region": "mars-1"}, DUBLIN), "region", "mars-1", None),
        (Resource("urn", AGGREGATE, "r", {"region": "us-east-1"}, DUBLIN), "provider", "eu-west-1", "IE"),
        (Resource("urn", "enclave:site:Site", "r", {}, None), "none", None, None),
    ],
)
def test_the_nearest_selector_places_a_resource(
    resource: Resource, selector: str, code: object, country: str | None
) -> None:
    location = locate(resource, load_law())
    assert (location.selector, location.code, location.country) == (selector, code, country)
    assert location.words


def test_a_kubernetes_object_is_where_its_cluster_is() -> None:
    location = locate(samples("cluster-binding")[0].resource(), load_law())
    assert (location.selector, location.code, location.country) == ("cluster", "hamar", "NO")
    assert location.words == "cluster hamar (Hamar, Norway, NO)"
    abroad = locate(samples("cluster-binding")[2].resource(), load_law())
    assert (abroad.selector, abroad.code) == ("cluster", None)
    assert "us-east-1" in abroad.words


def test_a_cluster_that_is_not_known_yet_is_no_place() -> None:
    cluster = Provider("urn", "pulumi:providers:kubernetes", "hamar", {"kubeconfig": UNKNOWN})
    location = locate(Resource("urn", "kubernetes:core/v1:Pod", "r", {}, cluster), load_law())
    assert (location.selector, location.code, location.country) == ("cluster", UNKNOWN, None)
    assert location.words == "a cluster that is not known yet"


@pytest.mark.parametrize(
    ("region", "code", "words"),
    [
        ("eu-west-1", "eu-west-1", "eu-west-1 (Dublin, Ireland, IE)"),
        ("mars-1", "mars-1", "'mars-1', which the catalog does not know"),
        (UNKNOWN, UNKNOWN, "a provider that is not known yet"),
        (["eu-west-1"], None, "a region that only the environment would tell"),
    ],
)
def test_a_provider_is_where_its_region_is_whoever_wrote_a_zone_into_it(
    region: object, code: object, words: str
) -> None:
    provider = Resource("urn", "pulumi:providers:aws", "p", {"region": region, "availabilityZone": "us-east-1a"})
    location = locate(provider, load_law())
    assert (location.selector, location.code, location.words) == ("provider", code, words)


def test_the_region_of_another_packages_provider_places_nothing() -> None:
    google = Provider("urn", "pulumi:providers:gcp", "google", {"region": "eu-west-1"})
    assert provider_region(google) is None
    assert provider_region(DUBLIN) == "eu-west-1"
    assert locate(Resource("urn", "gcp:storage/bucket:Bucket", "r", {}, google), load_law()).selector == "none"
