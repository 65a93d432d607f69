"""One region, zone or service address: approved, or refused in words that name it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from enclave_policies.law.folder import load_law
from enclave_policies.places.regions import (
    only_stand_ins,
    refused_endpoints,
    refused_region,
    refused_url,
    refused_zone,
    region_in_host,
)
from enclave_policies.resources.resource import UNKNOWN

HOME = "http://127.0.0.1:5000"
LAW = replace(load_law(), stand_in_endpoints=frozenset({HOME}))
IRELAND = "https://s3.eu-west-1.amazonaws.com"
VIRGINIA = "https://s3.us-east-1.amazonaws.com"


def test_approved_places_pass_and_others_are_refused_with_their_country() -> None:
    assert refused_region("eu-west-1", LAW) is None
    assert refused_zone("eu-west-1a", LAW) is None
    for refusal, code, country in (
        (refused_region("us-east-1", LAW), "us-east-1", "US"),
        (refused_zone("us-east-1a", LAW), "us-east-1a", "US"),
        (refused_region("mars-1", LAW), "mars-1", None),
        (refused_zone("mars-1a", LAW), "mars-1a", None),
    ):
        assert refusal is not None
        assert (refusal.where, refusal.country) == (code, country)
        assert code in refusal.words


@pytest.mark.parametrize(
    ("url", "where"),
    [
        (IRELAND, ...),
        (f"{HOME}/x", ...),
        (VIRGINIA, "us-east-1"),
        ("https://s3.amazonaws.com", "s3.amazonaws.com"),
        ("https://evil.net", "evil.net"),
        ("not an address", None),
    ],
)
def test_a_service_address_is_approved_by_its_region_or_as_a_stand_in(url: str, where: object) -> None:
    refusal = refused_url(url, LAW)
    assert (... if refusal is None else refusal.where) == where


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("s3.eu-west-1.amazonaws.com", "eu-west-1"),
        ("rds.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("rds.cn-north-1.amazonaws.com", None),
        ("us-east-1.eu-west-1.amazonaws.com", None),
        ("s3-eu-west-1.amazonaws.com", None),
        ("eu-west-1.evil.net", None),
    ],
)
def test_an_aws_host_names_one_region_of_its_own_partition(host: str, region: str | None) -> None:
    assert region_in_host(host, LAW) == region


@pytest.mark.parametrize("as_text", [False, True])
@pytest.mark.parametrize(
    ("endpoints", "refused"),
    [
        ([{"s3": IRELAND, "sts": ""}, {"ec2": None}], []),
        ([{"s3": VIRGINIA, "sts": VIRGINIA}], ["us-east-1"]),
        ([{"s3": [VIRGINIA, {"x": "https://evil.net"}]}], ["us-east-1", "evil.net"]),
        ([{"s3": 5}], [None]),
        ([], []),
    ],
)
def test_every_address_among_endpoints_is_judged_once(
    endpoints: Any, refused: list[str | None], *, as_text: bool
) -> None:
    given = json.dumps(endpoints) if as_text else endpoints
    assert [refusal.where for refusal in refused_endpoints(given, LAW)] == refused


def test_endpoints_that_cannot_be_read_are_refused_and_those_not_known_yet_are_another_rules() -> None:
    assert [refusal.words for refusal in refused_endpoints("{", LAW)] == [
        "service endpoints that cannot be read (not JSON)"
    ]
    assert refused_endpoints(None, LAW) == refused_endpoints(UNKNOWN, LAW) == ()
    (unknown,) = refused_endpoints([{"s3": UNKNOWN}], LAW)
    assert "no http(s) address" in unknown.words


@pytest.mark.parametrize(
    ("endpoints", "expected"),
    [
        ([{"s3": HOME, "sts": f"{HOME}/sts"}], True),
        (json.dumps([{"s3": HOME}]), True),
        ([{"s3": HOME, "sts": IRELAND}], False),
        ([{"s3": HOME, "sts": UNKNOWN}], False),
        ([{"s3": ""}], False),
        ([{}], False),
        ([], False),
        (None, False),
        (UNKNOWN, False),
        ("{", False),
    ],
)
def test_endpoints_lead_to_stand_ins_only_where_each_does(endpoints: Any, *, expected: bool) -> None:
    assert only_stand_ins(endpoints, LAW) is expected
