"""Worldwide hosts of AWS and hosts of other regions have a twin where the service has one in each region."""

from __future__ import annotations

import pytest
from enclave_policies.places.aws_accounts import aws_accounts
from enclave_policies.places.twins import is_worldwide, twin


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("sts.amazonaws.com", "sts.eu-west-1.amazonaws.com"),
        ("STS.amazonaws.com.", "sts.eu-west-1.amazonaws.com"),
        ("s3.amazonaws.com", "s3.eu-west-1.amazonaws.com"),
        ("acme.archive.s3.amazonaws.com", "acme.archive.s3.eu-west-1.amazonaws.com"),
        ("queue.amazonaws.com", "sqs.eu-west-1.amazonaws.com"),
        ("sqs.us-east-1.amazonaws.com", "sqs.eu-west-1.amazonaws.com"),
        ("api.ecr.ap-southeast-2.amazonaws.com", "api.ecr.eu-west-1.amazonaws.com"),
        ("s3.dualstack.us-gov-west-1.amazonaws.com", "s3.dualstack.eu-west-1.amazonaws.com"),
        ("iam.amazonaws.com", None),  # has one endpoint
        ("acme.s3.us-east-1.amazonaws.com", None),  # a bucket stays where it is
        ("search-acme.us-east-1.es.amazonaws.com", None),
        ("db.abc.us-east-1.rds.amazonaws.com", None),
        ("sts.amazonaws.com.evil.net", None),
        ("evil.net", None),
        ("us-east-1", None),
        ("", None),
    ],
)
def test_a_service_s_own_host_has_a_twin_and_a_resource_s_has_none(host: str, expected: str | None) -> None:
    assert twin(host, "eu-west-1") == expected


@pytest.mark.parametrize(("host", "expected"), [("sts.amazonaws.com", True), ("sts.eu-west-1.amazonaws.com", False)])
def test_a_host_that_names_no_region_is_worldwide(host: str, *, expected: bool) -> None:
    assert is_worldwide(host) is expected
    assert not is_worldwide("sts.amazonaws.com.evil.net")


def test_each_account_of_aws_is_listed_once_and_with_what_to_use_instead() -> None:
    groups = {id(group): group for group in aws_accounts().values()}.values()
    assert len(aws_accounts()) == sum(len(group.accounts) for group in groups) > 30
    assert all(group.instead and group.source for group in groups)
