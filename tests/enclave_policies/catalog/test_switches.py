"""Settings that widen where a type is, and models that other regions answer for: what the tables say of a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.catalog.switches import Switch, values_at
from enclave_policies.catalog.type_catalog import read_models, read_switches
from enclave_policies.catalog.type_tables import files_of
from enclave_policies.law.folder import load_law
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.sdk.generate import FOLDER

from located_yaml import ProblemsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ABROAD = "ap-east-1"


def verdicts(type_: str, props: Mapping[str, Any]) -> set[str]:
    return {switch.verdict for switch in read_switches(FOLDER)[type_] if switch.speaks(props)}


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
    careful = [s for s in read_switches(FOLDER)["aws:apigateway/restApi:RestApi"] if s.speaks({})]
    assert not sloppy.speaks({})
    assert careful


def test_opening_a_region_names_the_input_that_says_which() -> None:
    (switch,) = read_switches(FOLDER)["aws:account/region:Region"]
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


def test_an_unknown_value_is_open_and_not_silent() -> None:
    (switch,) = read_switches(FOLDER)["aws:kms/key:Key"]
    assert switch.is_open({"multiRegion": UNKNOWN})
    assert not switch.speaks({"multiRegion": UNKNOWN})
    assert not switch.is_open({"multiRegion": True})


def test_a_setting_that_is_allowed_never_speaks_and_is_never_open() -> None:
    allowed = Switch("kind", ("wide",), "allowed", "looks wide", absent=True)
    assert not allowed.speaks({"kind": "wide"})
    assert not allowed.speaks({})
    assert not allowed.is_open({"kind": UNKNOWN})


def test_what_a_person_judged_is_read_after_what_was_generated(tmp_path: Path) -> None:
    for name in ("judged.txt", "a.txt", "zz.txt"):
        write(tmp_path, name, "")
    assert [file.name for file in files_of(tmp_path)] == ["a.txt", "zz.txt", "judged.txt"]


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
    assert read_models(FOLDER).regions_of(value)[:1] == ((first,) if first else ())


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_a_table_is_read_line_by_line_with_comments_and_several_types(tmp_path: Path) -> None:
    write(
        tmp_path,
        "switches/a.txt",
        "# a comment\n\naws:a/b:C aws:a/d:E # two types\n  one.two | Wide *open absent | fail | wide # why\n"
        "   \n\taws | - | allowed | looks so\naws:a/d:E\n  d | only NARROW | undetermined | wide | unless approved r\n",
    )
    wide = Switch("one.two", ("wide", "*open"), "fail", "wide", absent=True)
    seeming = Switch("aws", (), "allowed", "looks so")
    narrow = Switch("d", ("narrow",), "undetermined", "wide", only=True, place="r")
    assert read_switches(tmp_path) == {"aws:a/b:C": (wide, seeming), "aws:a/d:E": (wide, seeming, narrow)}


@pytest.mark.parametrize(
    "line",
    [
        "path | true | perhaps | words",
        "path | only | fail | words",
        "path | only absent | fail | words",
        "path | true | fail",
        "path | true | fail | words | unless asked",
        "path | true | fail | words | unless approved r | more",
        "path |  | fail | words",
        " | true | fail | words",
    ],
)
def test_a_switch_that_is_not_understood_is_told_with_file_and_line(tmp_path: Path, line: str) -> None:
    write(tmp_path, "switches/a.txt", f"aws:a/b:C\n  fine | true | fail | words\n  {line}\n  {line}\n")
    with pytest.raises(ProblemsError) as caught:
        read_switches(tmp_path)
    first, second = caught.value.problems
    assert (first.position.line, second.position.line) == (3, 4)
    assert str(first) == (
        f"{tmp_path / 'switches' / 'a.txt'}:3:1: '{line.strip()}' is not "
        "'  <path> | <values> | <verdict> | <words> [| unless approved <path>]' below a type; "
        "verdicts: fail, undetermined, precursor, allowed"
    )


def test_a_switch_above_all_types_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, "switches/a.txt", "  path | true | fail | words\n")
    with pytest.raises(ProblemsError, match="below a type"):
        read_switches(tmp_path)


def test_profiles_and_inputs_of_models_are_read(tmp_path: Path) -> None:
    write(tmp_path, "models/profiles.txt", "# prefixes\nus us-east-1 us-west-2 # two\nglobal *\n")
    write(tmp_path, "models/inputs.txt", "aws:a/b:C aws:a/d:E\n  one.modelId # why\n  two\n")
    found = read_models(tmp_path)
    assert found.regions == {"us": ("us-east-1", "us-west-2"), "global": ("*",)}
    assert found.inputs == {"aws:a/b:C": ("one.modelId", "two"), "aws:a/d:E": ("one.modelId", "two")}


def test_what_is_wrong_with_models_is_told_all_at_once(tmp_path: Path) -> None:
    write(tmp_path, "models/profiles.txt", "us us-east-1\neu\n")
    write(tmp_path, "models/inputs.txt", "  above\naws:a/b:C\n  modelId and more\n")
    with pytest.raises(ProblemsError) as caught:
        read_models(tmp_path)
    profiles, inputs = tmp_path / "models" / "profiles.txt", tmp_path / "models" / "inputs.txt"
    assert [str(problem) for problem in caught.value.problems] == [
        f"{inputs}:1:1: 'above' is not '  <path>' below a type",
        f"{inputs}:3:1: 'modelId and more' is not '  <path>' below a type",
        f"{profiles}:2:1: 'eu' names no regions; add them or *",
    ]


def test_every_region_of_a_profile_is_one_that_the_law_knows() -> None:
    told = {region for regions in read_models(FOLDER).regions.values() for region in regions} - {"*"}
    assert told <= set(load_law().regions)
