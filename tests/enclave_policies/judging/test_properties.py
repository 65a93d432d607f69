"""Whatever the inputs are: only the approved region passes, and no rule breaks."""

from __future__ import annotations

from typing import Any

from enclave_policies.judging.judge import judge
from enclave_policies.law.folder import load_law
from enclave_policies.resources.resource import UNKNOWN, Provider, Resource
from enclave_policies.rules.jurisdiction import JURISDICTION
from hypothesis import given, settings
from hypothesis import strategies as some

LAW = load_law()
DUBLIN = Provider("urn", "pulumi:providers:aws", "dublin-1", {"region": "eu-west-1"})
NEAR = some.sampled_from([*LAW.regions, *LAW.zones, *(code[:-1] for code in LAW.regions), "eu-west-1 ", "EU-WEST-1"])
SCALAR = some.none() | some.booleans() | some.integers() | some.text() | some.just(UNKNOWN) | NEAR
KEYS = some.sampled_from(
    [
        "region",
        "availabilityZone",
        "availabilityZones",
        "arn",
        "tags",
        "Statement",
        "kubeconfig",
        "context",
        "endpoints",
    ]
)
ANYTHING = some.recursive(SCALAR, lambda inner: some.lists(inner) | some.dictionaries(KEYS, inner), max_leaves=6)
INPUTS = some.dictionaries(KEYS, ANYTHING, max_size=4)
TYPES = some.sampled_from(
    ["aws:ec2/subnet:Subnet", "kubernetes:core/v1:Pod", "pulumi:providers:aws", "pulumi:providers:kubernetes", "a:b:C"]
)


@settings(deadline=None)
@given(NEAR | some.text(min_size=1))
def test_of_all_regions_only_the_approved_one_passes(region: str) -> None:
    refused = {
        finding.rule
        for finding in judge(
            Resource("urn", "aws:s3/bucket:Bucket", "b", {"region": region}, DUBLIN), LAW, JURISDICTION
        )
    }
    assert refused == (set() if region == "eu-west-1" else {"JUR-001"})


@settings(deadline=None)
@given(NEAR | some.text(min_size=1))
def test_of_all_zones_only_those_of_the_approved_region_pass(zone: str) -> None:
    subnet = Resource("urn", "aws:ec2/subnet:Subnet", "s", {"availabilityZone": zone}, DUBLIN)
    words = [word.strip() for word in zone.split(",") if word.strip()]
    approved = all(word in LAW.zones and LAW.zones[word].country == "IE" for word in words)
    assert (not judge(subnet, LAW, JURISDICTION)) == approved


@settings(max_examples=60, deadline=None)
@given(TYPES, INPUTS, INPUTS)
def test_no_rule_breaks_on_any_inputs(type_: str, props: dict[str, Any], provided: dict[str, Any]) -> None:
    for provider_type in ("pulumi:providers:aws", "pulumi:providers:kubernetes"):
        resource = Resource("urn", type_, "r", props, Provider("urn", provider_type, "p", provided))
        assert not [
            finding.message for finding in judge(resource, LAW, JURISDICTION) if "the rule broke" in finding.message
        ]
