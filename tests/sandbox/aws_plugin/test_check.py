"""Check completes what a program wrote, as the official plugin does."""

import re
from importlib.metadata import version
from typing import Any

import pytest
from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2

from sandbox.aws_plugin.registry import EVERY_TYPE
from sandbox.aws_plugin.wire import UNKNOWN, decode, encode
from tests.sandbox.aws_plugin.direct import Plugin

GROUP = "aws:ec2/securityGroup:SecurityGroup"
KEY = "aws:kms/key:Key"
ROLE = "aws:iam/role:Role"
NOWHERE = "http://127.0.0.1:9"  # nothing listens there: a check needs no AWS
NAMED = {
    GROUP: r"it-[0-9a-f]{7}",
    "aws:kms/alias:Alias": r"alias/it-[0-9a-f]{7}",
    "aws:cloudwatch/logGroup:LogGroup": r"it-[0-9a-f]{7}",
    "aws:autoscaling/group:Group": r"it-[0-9a-f]{7}",
    "aws:iam/instanceProfile:InstanceProfile": r"it-[0-9a-f]{7}",
}


@pytest.fixture(autouse=True)
def _configured(plugin: Plugin) -> None:
    plugin.configure(NOWHERE, defaultTags='{"tags": {"enclave": "europe", "owner": "default"}}')


@pytest.mark.parametrize("token", sorted(EVERY_TYPE))
def test_the_providers_region_is_filled_in_unless_the_type_is_global(plugin: Plugin, token: str) -> None:
    inputs, _ = plugin.check(token, {})
    assert inputs.get("region") == (None if token.startswith(("aws:iam/", "aws:organizations/")) else "eu-west-1")


def test_a_resources_own_region_stays(plugin: Plugin) -> None:
    inputs, failures = plugin.check(KEY, {"region": "eu-central-1"})
    assert (inputs["region"], failures) == ("eu-central-1", {})


def test_defaults_are_those_of_the_official_plugin(plugin: Plugin) -> None:
    inputs, _ = plugin.check(KEY, {})
    assert {k: v for k, v in inputs.items() if not k.startswith("__")} == {
        "bypassPolicyLockoutSafetyCheck": False,
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "enableKeyRotation": False,
        "isEnabled": True,
        "keyUsage": "ENCRYPT_DECRYPT",
        "region": "eu-west-1",
        "tagsAll": {"enclave": "europe", "owner": "default"},
    }


def test_default_tags_are_merged_under_the_resources_own(plugin: Plugin) -> None:
    inputs, _ = plugin.check(KEY, {"tags": {"owner": "me"}})
    assert inputs["tags"] == {"owner": "me"}
    assert inputs["tagsAll"] == {"enclave": "europe", "owner": "me"}


def test_an_unknown_tag_makes_all_tags_unknown(plugin: Plugin) -> None:
    inputs, _ = plugin.check(KEY, {"tags": {"owner": UNKNOWN}})
    assert inputs["tagsAll"] is UNKNOWN


@pytest.mark.parametrize("token", sorted(NAMED))
def test_a_name_is_made_up_when_there_is_none(plugin: Plugin, token: str) -> None:
    inputs, _ = plugin.check(token, {})
    assert re.fullmatch(NAMED[token], inputs["name"])


def test_a_made_up_name_follows_the_engines_seed_and_stays_once_it_is_there(plugin: Plugin) -> None:
    first, _ = plugin.check(GROUP, {}, seed=b"one")
    again, _ = plugin.check(GROUP, {}, seed=b"one")
    other, _ = plugin.check(GROUP, {}, seed=b"two")
    kept, _ = plugin.check(GROUP, {}, before=first, seed=b"two")
    assert first["name"] == again["name"] == kept["name"] != other["name"]


def test_an_explicit_name_that_is_taken_away_is_not_kept(plugin: Plugin) -> None:
    named, _ = plugin.check(GROUP, {"name": "mine"})
    unnamed, _ = plugin.check(GROUP, {}, before=named)
    assert unnamed["name"] != "mine"


def _check_with(plugin: Plugin, mode: Any, proposed: str) -> tuple[dict[str, Any], list[str]]:
    options = provider_pb2.CheckRequest.AutonamingOptions(proposed_name=proposed, mode=mode)
    request = provider_pb2.CheckRequest(urn=plugin.urn(GROUP), news=encode({}), randomSeed=b"s", autonaming=options)
    answer = plugin.stub.Check(request)
    return decode(answer.inputs)[0], [failure.property for failure in answer.failures]


def test_the_engines_naming_settings_are_followed(plugin: Plugin) -> None:
    modes = provider_pb2.CheckRequest.AutonamingOptions
    assert _check_with(plugin, modes.PROPOSE, "proposed")[0]["name"] == "proposed"
    assert _check_with(plugin, modes.ENFORCE, "enforced")[0]["name"] == "enforced"
    assert _check_with(plugin, modes.DISABLE, "")[1] == ["name"]


def test_a_long_name_is_cut_to_what_aws_takes(plugin: Plugin) -> None:
    request = provider_pb2.CheckRequest(
        urn=plugin.urn("aws:lb/loadBalancer:LoadBalancer", "a" * 60), news=encode({}), randomSeed=b"s"
    )
    assert len(decode(plugin.stub.Check(request).inputs)[0]["name"]) == 32


def test_texts_become_the_numbers_and_booleans_that_are_declared(plugin: Plugin) -> None:
    inputs, failures = plugin.check(KEY, {"deletionWindowInDays": "30", "enableKeyRotation": "true", "description": 5})
    assert failures == {}
    assert (inputs["deletionWindowInDays"], inputs["enableKeyRotation"], inputs["description"]) == (30, True, "5")


def test_a_policy_may_be_an_object(plugin: Plugin) -> None:
    inputs, failures = plugin.check(ROLE, {"assumeRolePolicy": {"Version": "2012-10-17", "Statement": []}})
    assert failures == {}
    assert inputs["assumeRolePolicy"] == '{"Statement": [], "Version": "2012-10-17"}'


def test_unknown_values_pass_and_stay_unknown(plugin: Plugin) -> None:
    inputs, failures = plugin.check("aws:ec2/subnet:Subnet", {"vpcId": UNKNOWN, "cidrBlock": UNKNOWN})
    assert failures == {}
    assert inputs["vpcId"] is UNKNOWN


def test_a_preview_of_a_creation_knows_what_is_wanted_and_nothing_that_aws_decides(plugin: Plugin) -> None:
    inputs, _ = plugin.check("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b"}})
    answer = plugin.create("aws:ec2/vpc:Vpc", encode(inputs), preview=True)
    properties, _ = decode(answer.properties)
    assert answer.id == ""
    assert properties["cidrBlock"] == "10.0.0.0/16"
    assert properties["tagsAll"] == {"a": "b", "enclave": "europe", "owner": "default"}
    assert properties["arn"] is UNKNOWN
    assert properties["defaultSecurityGroupId"] is UNKNOWN


def test_a_preview_of_an_update_knows_what_will_move(plugin: Plugin) -> None:
    def latest(**changes: Any) -> Any:
        inputs = {"imageId": "ami-1", "name": "n"}
        request = provider_pb2.UpdateRequest(
            urn=plugin.urn("aws:ec2/launchTemplate:LaunchTemplate"),
            olds=encode({**inputs, "latestVersion": 3, "arn": "known"}),
            old_inputs=encode(inputs),
            news=encode({**inputs, **changes}),
            preview=True,
        )
        properties, _ = decode(plugin.stub.Update(request).properties)
        assert properties["arn"] == "known"
        return properties["latestVersion"]

    assert latest(imageId="ami-2") is UNKNOWN
    assert latest(tags={"a": "b"}) == 3


def test_a_secret_input_is_returned_as_a_secret(plugin: Plugin) -> None:
    struct = encode({"description": "open"})
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "hidden-text"}
    struct.fields["tags"].CopyFrom(encode({"tags": {"plain": "open", "owner": secret}}).fields["tags"])
    request = provider_pb2.CheckRequest(urn=plugin.urn(KEY), news=struct)
    inputs = plugin.stub.Check(request).inputs
    _, secrets = decode(inputs)
    assert secrets.texts == {"hidden-text"}
    assert inputs.fields["tags"].struct_value.fields["plain"].string_value == "open"
    for key in ("tags", "tagsAll"):
        assert inputs.fields[key].struct_value.fields["owner"].HasField("struct_value")


def test_the_plugin_says_the_version_of_the_sdk(plugin: Plugin) -> None:
    assert plugin.stub.GetPluginInfo(Empty()).version == version("pulumi-aws")
