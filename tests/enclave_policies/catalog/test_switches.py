"""Settings that widen where a type is, and models that other regions answer for: what the tables say of a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.catalog.stored import read_catalog
from enclave_policies.catalog.switches import Beside, Switch
from enclave_policies.catalog.values import values_at
from enclave_policies.law.folder import load_law
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.sdk.generate import FOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping

ABROAD = "ap-east-1"
CATALOG = read_catalog(FOLDER)


def verdicts(type_: str, props: Mapping[str, Any]) -> set[str]:
    return {switch.verdict for switch in CATALOG.switches[type_] if switch.speaks(props)}


@pytest.mark.parametrize(
    ("type_", "props", "expected"),
    [
        ("aws:apigateway/restApi:RestApi", {}, {"undetermined"}),
        ("aws:apigateway/restApi:RestApi", {"endpointConfiguration": {}}, {"undetermined"}),
        ("aws:apigateway/restApi:RestApi", {"endpointConfiguration": {"types": "EDGE"}}, {"fail"}),
        ("aws:apigateway/restApi:RestApi", {"endpointConfiguration": {"types": "REGIONAL"}}, set()),
        ("aws:apigateway/restApi:RestApi", {"endpointConfiguration": {"types": UNKNOWN}}, set()),
        ("aws:chime/voiceConnector:VoiceConnector", {}, {"fail"}),
        ("aws:chime/voiceConnector:VoiceConnector", {"awsRegion": "eu-west-1"}, set()),
        ("aws:cloudtrail/eventDataStore:EventDataStore", {}, {"undetermined"}),
        ("aws:cloudtrail/eventDataStore:EventDataStore", {"multiRegionEnabled": True}, {"fail"}),
        ("aws:cloudtrail/eventDataStore:EventDataStore", {"multiRegionEnabled": False}, set()),
        ("aws:cloudtrail/trail:Trail", {"isMultiRegionTrail": True, "includeGlobalServiceEvents": True}, set()),
        (
            "aws:cfg/configurationAggregator:ConfigurationAggregator",
            {"accountAggregationSource": {"allRegions": True}},
            set(),
        ),
        ("aws:kms/key:Key", {"multiRegion": True}, {"precursor"}),
        ("aws:kms/key:Key", {"multiRegion": "true"}, {"precursor"}),
        ("aws:kms/key:Key", {}, set()),
        ("aws:wafv2/webAcl:WebAcl", {"scope": "cloudfront"}, {"fail"}),
        ("aws:wafv2/webAcl:WebAcl", {"scope": "REGIONAL"}, set()),
        ("aws:s3/bucket:Bucket", {"accelerationStatus": "Suspended"}, set()),
        ("aws:s3/bucket:Bucket", {"accelerationStatus": "Enabled", "acl": "private"}, {"fail"}),
        ("aws:s3/bucket:Bucket", {"grants": [{"uri": "http://acs.amazonaws.com/groups/global/AllUsers"}]}, {"fail"}),
        ("aws:s3/bucket:Bucket", {"grants": [{"uri": "http://acs.amazonaws.com/groups/s3/LogDelivery"}]}, set()),
        (
            "aws:backup/globalSettings:GlobalSettings",
            {"globalSettings": {"isCrossAccountBackupEnabled": "true"}},
            {"fail"},
        ),
        (
            "aws:backup/globalSettings:GlobalSettings",
            {"globalSettings": {"isCrossAccountBackupEnabled": "false"}},
            set(),
        ),
        ("aws:ram/resourceShare:ResourceShare", {"allowExternalPrincipals": True}, {"fail"}),
        ("aws:account/region:Region", {"regionName": ABROAD, "enabled": True}, {"precursor"}),
        ("aws:account/region:Region", {"regionName": ABROAD, "enabled": False}, set()),
        ("aws:ecs/taskDefinition:TaskDefinition", {"requiresCompatibilities": ["EC2", "EXTERNAL"]}, {"undetermined"}),
        ("aws:ssm/association:Association", {"name": "AWS-RunPatchBaseline"}, set()),
        ("aws:ssm/association:Association", {"name": "AWS-RunShellScript"}, {"undetermined"}),
        (
            "aws:cognito/identityPool:IdentityPool",
            {"supportedLoginProviders": {"accounts.google.com": "x"}},
            {"undetermined"},
        ),
        ("aws:cognito/identityPool:IdentityPool", {"supportedLoginProviders": {}}, set()),
    ],
)
def test_a_setting_speaks_exactly_where_it_widens(type_: str, props: dict[str, Any], expected: set[str]) -> None:
    assert verdicts(type_, props) == expected


def test_seeded_bug_a_switch_that_takes_absence_for_safety_would_miss_the_edge_api() -> None:
    sloppy = Switch("endpointConfiguration.types", ("edge",), "fail", "would be at edges")
    careful = [s for s in CATALOG.switches["aws:apigateway/restApi:RestApi"] if s.speaks({})]
    assert not sloppy.speaks({})
    assert careful


def test_opening_a_region_names_the_input_that_says_which() -> None:
    (switch,) = CATALOG.switches["aws:account/region:Region"]
    assert switch.place == "regionName"


def test_only_lists_what_is_allowed_and_refuses_all_else() -> None:
    switch = Switch("kind", ("regional", "private*"), "fail", "is wide", only=True)
    assert [switch.speaks({"kind": kind}) for kind in ("REGIONAL", "private-2", "edge", "", None)] == [
        False,
        False,
        True,
        False,
        False,
    ]


OPEN = Switch("ports.from", ("any",), "fail", "is open", absent=True, within="ports")
ASKED = Switch("cidrs", (), "fail", "is open", absent=True, unless=(Beside("public", ("false",)),))
WHERE = Switch(
    "group", ("default",), "fail", "is open", absent=True, when=(Beside("public", absent=True), Beside("kind", ("*",)))
)


@pytest.mark.parametrize(
    ("switch", "props", "speaks", "is_open"),
    [
        (ASKED, {}, True, False),
        (ASKED, {"public": True}, True, False),
        (ASKED, {"public": False}, False, False),
        (ASKED, {"public": "false"}, False, False),
        (ASKED, {"cidrs": ["10.0.0.0/8"]}, False, False),
        (ASKED, {"public": UNKNOWN}, False, True),
        (ASKED, {"public": UNKNOWN, "cidrs": ["10.0.0.0/8"]}, False, False),
        (ASKED, {"public": False, "cidrs": UNKNOWN}, False, False),
        (WHERE, {"kind": "a"}, True, False),
        (WHERE, {}, False, False),
        (WHERE, {"kind": "a", "public": False}, False, False),
        (WHERE, {"kind": "a", "group": "Default"}, True, False),
        (WHERE, {"kind": "a", "group": "own"}, False, False),
        (WHERE, {"kind": UNKNOWN}, False, True),
        (OPEN, {}, False, False),
        (OPEN, {"ports": [{"from": "10.0.0.0/8"}]}, False, False),
        (OPEN, {"ports": [{"from": "10.0.0.0/8"}, {}]}, True, False),
        (OPEN, {"ports": [{"from": "ANY"}]}, True, False),
        (OPEN, {"ports": UNKNOWN}, False, True),
    ],
)
def test_a_setting_is_asked_of_what_it_is_about_and_unknown_where_nobody_can_tell(
    switch: Switch, props: dict[str, Any], speaks: bool, is_open: bool
) -> None:
    assert (switch.speaks(props), switch.is_open(props)) == (speaks, is_open)


def test_an_unknown_value_is_open_and_not_silent() -> None:
    (switch,) = CATALOG.switches["aws:kms/key:Key"]
    assert switch.is_open({"multiRegion": UNKNOWN})
    assert not switch.speaks({"multiRegion": UNKNOWN})
    assert not switch.is_open({"multiRegion": True})


def test_a_setting_that_is_allowed_never_speaks_and_is_never_open() -> None:
    allowed = Switch("kind", ("wide",), "allowed", "looks wide", absent=True)
    assert not allowed.speaks({"kind": "wide"})
    assert not allowed.speaks({})
    assert not allowed.is_open({"kind": UNKNOWN})


@pytest.mark.parametrize(
    ("props", "path", "expected"),
    [
        ({"a": {"b": 1}}, "a.b", [1]),
        ({"a": [{"b": 1}, {"b": [2, 3]}, {}]}, "a.b", [1, 2, 3, None]),
        ({"a": []}, "a.b", [None]),
        ({"a": "text"}, "a.b", [None]),
        ({"a": UNKNOWN}, "a.b", [UNKNOWN]),
        ({}, "a", [None]),
        ({"a": []}, "a", [None]),
        ({"a": False}, "a", [False]),
        ({"a": '[{"b": true}, {"c": 1}]'}, "a.b", [True, None]),
        ({"a": '{"b": '}, "a.b", [UNKNOWN]),
        ({"a": "[" * 100_000}, "a.b", [UNKNOWN]),
        ({"a": '{"b": 1}'}, "a", ['{"b": 1}']),
        ({"a": [{"n": "x", "v": 1}, {"n": "y", "v": 2}]}, "a[n=y].v", [2]),
        ({"a": [{"n": "x", "v": 1}]}, "a[n=y].v", [None]),
        ({"a": [{"n": UNKNOWN, "v": 1}]}, "a[n=y].v", [UNKNOWN]),
        ({"a": [{"n": "y", "v": 2}, UNKNOWN]}, "a[n=y].v", [UNKNOWN, 2]),
        ({"a": UNKNOWN}, "a[n=y].v", [UNKNOWN]),
        ({}, "a[n=y].v", [None]),
    ],
)
def test_the_values_at_a_path(props: dict[str, Any], path: str, expected: list[Any]) -> None:
    assert list(values_at(props, path)) == expected


@pytest.mark.parametrize(
    ("value", "first"),
    [
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "us-east-1"),
        ("US.anthropic.claude-sonnet-4-20250514-v1:0", "us-east-1"),
        ("global.anthropic.claude-sonnet-4-20250514-v1:0", "*"),
        ("eu.amazon.nova-lite-v1:0", "eu-central-1"),
        ("apac.amazon.nova-lite-v1:0", "ap-northeast-1"),
        ("arn:aws:bedrock:eu-west-1:111122223333:inference-profile/us.anthropic.claude-v2", "us-east-1"),
        ("arn:aws:bedrock:eu-west-1:111122223333:guardrail-profile/us.guardrail.v1:0", "us-east-1"),
        ("us-gov.anthropic.claude-v2", "us-gov-east-1"),
        ("anthropic.claude-v2", None),
        ("amazon.titan-embed-text-v2:0", None),
        ("arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan-embed-text-v2:0", None),
        ("arn:aws:bedrock:eu-west-1:111122223333:provisioned-model/abc", None),
        ("", None),
        (None, None),
        (UNKNOWN, None),
    ],
)
def test_the_regions_that_answer_for_a_model(value: Any, first: str | None) -> None:
    assert CATALOG.models.regions_of(value)[:1] == ((first,) if first else ())


def test_every_region_of_a_profile_is_one_that_the_law_knows() -> None:
    told = {region for regions in CATALOG.models.regions.values() for region in regions} - {"*"}
    assert {"us-east-1", "eu-west-1"} <= told <= set(load_law().regions)
