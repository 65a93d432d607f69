"""Differences: real ones are found with their path, equivalent values are none."""

import json
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.aws_plugin.wire import UNKNOWN
from tests.sandbox.aws_plugin.direct import Plugin

ACL = "aws:ec2/networkAcl:NetworkAcl"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
KEY = "aws:kms/key:Key"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
SUBNET = "aws:ec2/subnet:Subnet"
RULE = {"ruleNo": 1, "action": "allow", "protocol": "tcp", "fromPort": 1, "toPort": 2, "cidrBlock": "10.0.0.0/8"}


def paths(plugin: Plugin, token: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
    """The changed paths with what happens to each."""
    answer = plugin.diff(token, old, new)
    kinds = provider_pb2.PropertyDiff.Kind
    assert bool(answer.detailedDiff) == (answer.changes == provider_pb2.DiffResponse.DIFF_SOME)
    return {path: kinds.Name(change.kind) for path, change in answer.detailedDiff.items()}


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


SAME: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (KEY, {"policy": policy(Action="kms:*")}, {"policy": json.dumps(json.loads(policy(Action=["kms:*"])), indent=2)}),
    (
        KEY,
        {"policy": policy(Action=["a", "b"], Principal={"AWS": ["1", "2"]})},
        {"policy": policy(Principal={"AWS": ["2", "1"]}, Action=["b", "a"])},
    ),
    (
        KEY,
        {"policy": json.dumps({"Statement": {"Effect": "Allow"}})},
        {"policy": json.dumps({"Statement": [{"Effect": "Allow"}]})},
    ),
    (ENDPOINT, {"subnetIds": ["a", "b"]}, {"subnetIds": ["b", "a"]}),
    (ENDPOINT, {"securityGroupIds": ["a"]}, {}),
    (ACL, {"ingress": [{**RULE, "protocol": "6", "icmpType": 0, "ipv6CidrBlock": ""}]}, {"ingress": [RULE]}),
    (ACL, {"ingress": [RULE, {**RULE, "ruleNo": 2}]}, {"ingress": [{**RULE, "ruleNo": 2}, RULE]}),
    (SUBNET, {"tags": {}}, {}),
    (SUBNET, {"mapPublicIpOnLaunch": False}, {}),
    (KEY, {"description": "AWS's own", "keyUsage": "ENCRYPT_DECRYPT"}, {"keyUsage": "ENCRYPT_DECRYPT"}),
]
CHANGED: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, str]]] = [
    (KEY, {"policy": policy(Action="kms:*")}, {"policy": policy(Action="kms:Get*")}, {"policy": "UPDATE"}),
    (KEY, {"policy": policy(Action="kms:*")}, {"policy": policy(NotAction="kms:*")}, {"policy": "UPDATE"}),
    (KEY, {"keyUsage": "A"}, {"keyUsage": "B"}, {"keyUsage": "UPDATE_REPLACE"}),
    (KEY, {"tags": {"a": "1"}}, {"tags": {"a": "2", "b": "3"}}, {"tags.a": "UPDATE", "tags.b": "ADD"}),
    (KEY, {"tags": {"a.b": "1", "c": "2"}}, {"tags": {"c": "2"}}, {'tags["a.b"]': "DELETE"}),
    (SUBNET, {"cidrBlock": "10.0.0.0/24"}, {"cidrBlock": UNKNOWN}, {"cidrBlock": "UPDATE_REPLACE"}),
    (SUBNET, {"mapPublicIpOnLaunch": False}, {"mapPublicIpOnLaunch": True}, {"mapPublicIpOnLaunch": "UPDATE"}),
    (SUBNET, {"region": "eu-west-1"}, {"region": "eu-west-2"}, {"region": "UPDATE_REPLACE"}),
    (ENDPOINT, {"subnetIds": ["a", "b"]}, {"subnetIds": ["b", "c"]}, {"subnetIds[0]": "DELETE", "subnetIds[1]": "ADD"}),
    (ACL, {"ingress": [RULE]}, {"ingress": [{**RULE, "toPort": 9}]}, {"ingress[0].toPort": "UPDATE"}),
    (ACL, {"ingress": [RULE]}, {"ingress": []}, {"ingress[0]": "DELETE"}),
    (ACL, {}, {"ingress": [RULE]}, {"ingress": "ADD"}),
    (
        GROUP,
        {"ingress": [{"protocol": "tcp", "fromPort": 1, "toPort": 1, "cidrBlocks": ["10.0.0.0/8"], "self": False}]},
        {"ingress": [{"protocol": "tcp", "fromPort": 1, "toPort": 1, "cidrBlocks": ["0.0.0.0/0"]}]},
        {"ingress[0].cidrBlocks[0]": "UPDATE"},
    ),
    (
        TEMPLATE,
        {"metadataOptions": {"httpTokens": "required", "httpEndpoint": "enabled"}},
        {"metadataOptions": {"httpTokens": "optional"}},
        {"metadataOptions.httpTokens": "UPDATE"},
    ),
]


@pytest.fixture(autouse=True)
def _configured(plugin: Plugin) -> None:
    plugin.configure("http://127.0.0.1:9")  # nothing listens there: a difference needs no AWS


@pytest.mark.parametrize(("token", "old", "new"), SAME)
def test_what_means_the_same_is_no_change(plugin: Plugin, token: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    assert paths(plugin, token, old, new) == {}


@pytest.mark.parametrize(("token", "old", "new", "expected"), CHANGED)
def test_a_change_is_found_with_its_path(
    plugin: Plugin, token: str, old: dict[str, Any], new: dict[str, Any], expected: dict[str, str]
) -> None:
    assert paths(plugin, token, old, new) == expected


def test_a_field_that_aws_filled_in_is_no_change(plugin: Plugin) -> None:
    wrote = {"metadataOptions": {"httpTokens": "required"}}
    state = {"metadataOptions": {"httpTokens": "required", "httpEndpoint": "enabled"}}
    assert list(plugin.diff(TEMPLATE, state, wrote, before=wrote).diffs) == []


def test_a_field_that_the_program_takes_away_is_a_change(plugin: Plugin) -> None:
    state = {"metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1}}
    wants = {"metadataOptions": {"httpTokens": "required"}}
    assert list(plugin.diff(TEMPLATE, state, wants, before=state).diffs) == ["metadataOptions"]


def test_ignored_changes_are_none(plugin: Plugin) -> None:
    assert list(plugin.diff(KEY, {"description": "a"}, {"description": "b"}, ignore=["description"]).diffs) == []


def test_the_same_question_has_the_same_answer(plugin: Plugin) -> None:
    token, old, new, _ = CHANGED[3]
    answers = {plugin.diff(token, old, new).SerializeToString(deterministic=True) for _ in range(3)}
    assert len(answers) == 1
