"""What of a state belongs to a site, what of it is protected, and which sites went without being retired."""

from __future__ import annotations

from typing import Any

from console.site_state import protected, retained, sites_in, standing, unretired

START = "urn:pulumi:s::enclave::"
ROOT = f"{START}enclave:index:Enclave::enclave"
DUBLIN = f"{START}enclave:index:Enclave$enclave:aws:EnclaveRegion::dublin-1"
HAMAR = f"{START}enclave:index:Enclave$enclave:kubernetes:EnclaveRegion::hamar"
STORAGE = f"{START}enclave:aws:Storage::dublin-1-storage"
PROVIDER = f"{START}pulumi:providers:aws::dublin-1-aws"


def entry(urn: str, parent: str = "", **more: Any) -> dict[str, Any]:
    """Return a resource's entry of a state."""
    return {"urn": urn, "type": urn.split("::")[2].rpartition("$")[2], "parent": parent, **more}


STATE = {
    "resources": [
        entry(ROOT),
        entry(PROVIDER, ROOT, id="p", inputs={"region": "eu-west-1"}),
        entry(DUBLIN, ROOT),
        entry(STORAGE, DUBLIN),
        entry(
            f"{START}aws:s3/bucket:Bucket::dublin-1-store",
            STORAGE,
            protect=True,
            id="b",
            provider=f"{PROVIDER}::p",
            inputs={"tags": {"data-class": "restricted+allowable"}},
        ),
        entry(f"{START}aws:s3/bucketPolicy:BucketPolicy::dublin-1-store", STORAGE, protect=False),
        entry(f"{START}aws:s3/bucket:Bucket::dublin-1-inspection", STORAGE, retainOnDelete=True, id="copy"),
        entry(HAMAR, ROOT),
        entry(
            f"{START}kubernetes:core/v1:Namespace::hamar-store",
            HAMAR,
            protect=True,
            id="enclave-store",
            inputs={"metadata": {"labels": {"enclave/data-class": "restricted_allowable"}}},
        ),
        entry(f"{START}aws:s3/bucket:Bucket::of-no-site", protect=True),
    ]
}


def test_what_is_protected_belongs_to_its_site_and_says_its_data_classes() -> None:
    bucket, namespace = protected(STATE)
    assert (bucket.site, bucket.name, bucket.classes) == ("dublin-1", "dublin-1-store", ("restricted", "allowable"))
    assert bucket.provider == {"region": "eu-west-1"}
    assert (namespace.site, namespace.classes) == ("hamar", ("restricted", "allowable"))
    assert sites_in(STATE) == {"dublin-1", "hamar"}


def test_what_stays_when_a_site_goes_is_known_though_nothing_protects_it() -> None:
    (copy,) = retained(STATE)
    assert (copy.site, copy.id, copy.stays) == ("dublin-1", "copy", True)
    assert not any(each.stays for each in protected(STATE))


def test_a_site_that_went_without_being_retired_is_named() -> None:
    assert unretired(STATE, ["dublin-1", "hamar"]) == {}
    assert unretired(STATE, ["hamar"]) == {"dublin-1": 1}


def test_a_site_that_was_retired_may_go() -> None:
    free = {"resources": [{**each, "protect": False} for each in STATE["resources"]]}
    assert unretired(free, []) == {}
    assert unretired({}, []) == {}


def test_names_of_before_are_seen_in_the_state() -> None:
    names = [
        entry(f"{START}kubernetes:core/v1:Namespace::hamar-store", inputs={"metadata": {"name": "enclave-store"}}),
        entry(f"{START}aws:lb/loadBalancer:LoadBalancer::x", inputs={"name": "dublin-1-employees"}),
        entry(f"{START}aws:ec2/securityGroup:SecurityGroup::x", inputs={"name": "dublin-1-app"}),
    ]
    old = ["enclave-store", "enclave-keys", "dublin-1-employees", "dublin-1-app"]
    assert standing({"resources": names}, old) == ["dublin-1-employees", "enclave-store"]
    assert standing({}, old) == []


def test_a_resource_whose_parent_is_lost_is_missed() -> None:
    """The seeded bug of this family: whose a resource is, only the parents tell."""
    torn = {"resources": [each for each in STATE["resources"] if each["urn"] != STORAGE]}
    assert [each.site for each in protected(torn)] == ["hamar"]
