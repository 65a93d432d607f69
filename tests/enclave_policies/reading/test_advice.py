"""What a finding says is to be done fits: it names the region, the twin, the service, and makes no stranger own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.judging.packs import EVERY
from enclave_policies.reading.advice import SOME_REGION, in_words, regions_for
from enclave_policies.reading.finding import Claimed
from enclave_policies.reading.reading import read
from enclave_policies.resources.resource import Provider, Resource

if TYPE_CHECKING:
    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding

DUBLIN = Provider("urn:p", "pulumi:providers:aws", "dublin-1", {"region": "eu-west-1"})
LAW = EVERY.load(None, None)
BUCKET = "aws:s3/bucket:Bucket"


def found(type_: str, props: dict[str, Any], law: Law = LAW) -> dict[str, Finding]:
    """Return the findings on one resource by rule."""
    resource = Resource("urn", type_, "x", props, DUBLIN)
    return {finding.rule: finding for finding in judge_stack([resource], law, EVERY.rules)["urn"]}


def of_function(value: str) -> Finding:
    return found("aws:lambda/function:Function", {"environment": {"variables": {"URL": value}}})["JUR-015"]


def let_in(account: str) -> Finding:
    statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "s3:PutObject"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement | {"Resource": "arn:aws:s3:::logs/*"}]})
    return found("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "logs", "policy": policy})["JUR-012"]


def test_the_region_is_named() -> None:
    assert "the region eu-west-1" in found(BUCKET, {"region": "us-east-1"})["JUR-001"].remedy
    assert SOME_REGION not in found(BUCKET, {"region": "us-east-1"})["JUR-001"].message


def test_of_several_regions_the_resource_s_own_is_named() -> None:
    several = replace(LAW, hosts=LAW.hosts | {"DE", "FR"})
    reading = read(Resource("urn", BUCKET, "x", {}, DUBLIN), several)
    assert regions_for(reading) == ("eu-west-1",)
    subnet = Resource("urn", "aws:ec2/subnet:Subnet", "x", {"availabilityZone": "eu-central-1a"}, DUBLIN)
    assert regions_for(read(subnet, several)) == ("eu-central-1",)
    abroad = read(Resource("urn", BUCKET, "x", {"region": "us-east-1"}, DUBLIN), several)
    assert set(regions_for(abroad)) >= {"eu-west-1", "eu-central-1", "eu-west-3"}
    assert in_words(regions_for(abroad)).startswith("one of the regions ")


def test_where_no_region_is_approved_none_is_named() -> None:
    assert (
        SOME_REGION in found(BUCKET, {"region": "us-east-1"}, replace(LAW, hosts=frozenset({"NO"})))["JUR-001"].remedy
    )


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("https://sts.amazonaws.com", "use sts.eu-west-1.amazonaws.com instead of sts.amazonaws.com"),
        (
            "https://sqs.us-east-1.amazonaws.com/1/q",
            "use sqs.eu-west-1.amazonaws.com instead of sqs.us-east-1.amazonaws.com",
        ),
    ],
)
def test_a_host_of_aws_is_named_with_its_twin(value: str, remedy: str) -> None:
    assert of_function(value).remedy == remedy
    assert "names no region" in of_function("https://sts.amazonaws.com").problem


def test_balancers_write_their_logs_as_a_service_and_not_as_an_account() -> None:
    assert "logdelivery.elasticloadbalancing.amazonaws.com" in let_in("156460612806").remedy
    assert "conditions" in let_in("444455556666").remedy


@pytest.mark.parametrize(
    ("type_", "props", "rule"),
    [
        (
            "aws:lambda/function:Function",
            {"imageUri": "602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/coredns:v1", "packageType": "Image"},
            "JUR-011",
        ),
        ("aws:lambda/function:Function", {"environment": {"variables": {"URL": "https://evil.net"}}}, "JUR-015"),
        ("aws:s3/bucketReplicationConfig:BucketReplicationConfig", {"bucket": "us-east-1", "role": "r"}, "JUR-017"),
    ],
)
def test_no_advice_asks_to_list_a_stranger(type_: str, props: dict[str, Any], rule: str) -> None:
    findings = found(type_, props)
    if rule in findings:
        assert not any(
            words in findings[rule].remedy for words in ("list its", "list this", "add this", "register this")
        )


def test_no_rule_asks_to_list_what_it_refuses() -> None:
    asking = ("list its", "list this", "list it ", "add this", "register this")
    assert [rule.id for rule in EVERY.rules if any(words in rule.remedy for words in asking)] == []


def test_what_takes_no_tags_is_told_by_its_provider_s_default_ones() -> None:
    tagged = "aws:sqs/queue:Queue"
    assert tagged not in LAW.untagged
    for type_ in sorted(LAW.untagged):
        finding = found(type_, {}).get("KEY-001")
        if finding is not None and finding.verdict == "fail":
            assert "defaultTags of its provider" in finding.remedy, type_
            break
    else:
        pytest.fail("no type without tags needs a key")
    assert "defaultTags" not in found(tagged, {})["KEY-001"].remedy


@pytest.mark.parametrize(
    ("value", "claim"),
    [
        ("https://evil.net", Claimed("host", "environment.variables.URL", "linked")),
        ("us-east-1", Claimed("place", "environment.variables.URL", "linked")),
    ],
)
def test_a_finding_says_of_which_claim_it_is_without_the_value(value: str, claim: Claimed) -> None:
    assert of_function(value).claim == claim
