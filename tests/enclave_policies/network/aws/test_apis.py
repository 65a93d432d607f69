"""A link of API Gateway is open, unless every API that uses it is private and is asked over endpoints of the stack."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.network.aws.apis import Relay, links
from enclave_policies.network.ports import PortSet

from tests.enclave_policies.network.aws.cases import resources
from tests.enclave_policies.network.aws.standing import standing

if TYPE_CHECKING:
    from enclave_policies.network.aws.apis import Open

ANYBODY = "lets in whoever has an endpoint"
ELSEWHERE = "endpoints that are not of this stack"


def policy(**condition: Any) -> str:
    """One that lets anybody in by a condition."""
    return json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Condition": condition}]})


def denying_elsewhere(place: str) -> str:
    """One that lets anybody in, and denies who does not come from a place."""
    condition = {"StringNotEquals": {"aws:SourceVpce": place}}
    statements: list[dict[str, Any]] = [{"Effect": "Allow"}, {"Effect": "Deny", "Condition": condition}]
    return json.dumps({"Statement": [{"Principal": "*", "Action": "*", **one} for one in statements]})


def ours(kind: str, name: str) -> str:
    """The id of a resource of the base."""
    return f"id-of-urn:pulumi:test::test::aws:ec2/{kind[0].lower()}{kind[1:]}:{kind}::{name}"


ENDPOINT, VPC = ours("VpcEndpoint", "door"), ours("Vpc", "here")
BOUND = policy(StringEquals={"aws:SourceVpce": ENDPOINT})
PRIVATE = {"endpointConfiguration": {"types": "PRIVATE"}}
BASE = {
    "Vpc here": {"cidrBlock": "10.0.0.0/16"},
    "Vpc there": {"cidrBlock": "10.1.0.0/16"},
    "Subnet a": {"vpcId": "$here", "cidrBlock": "10.0.1.0/24"},
    "Subnet b": {"vpcId": "$there", "cidrBlock": "10.1.1.0/24"},
    "VpcEndpoint door": {"vpcId": "$here", "serviceName": "com.amazonaws.eu-west-1.execute-api", "subnetIds": ["$a"]},
    "VpcEndpoint keys": {"vpcId": "$here", "serviceName": "com.amazonaws.eu-west-1.kms", "subnetIds": ["$a"]},
    "VpcEndpoint far": {"vpcId": "$there", "serviceName": "com.amazonaws.eu-west-1.execute-api", "subnetIds": ["$b"]},
    "lb/LoadBalancer front": {"loadBalancerType": "network", "internal": True, "subnets": ["$a"]},
    "lb/LoadBalancer other": {"loadBalancerType": "application", "internal": True, "subnets": ["$a"]},
    "lb/Listener asked": {"loadBalancerArn": "$front.arn", "port": 443},
    "apigateway/VpcLink link": {"targetArn": "$front.arn"},
    "apigateway/RestApi api": {**PRIVATE, "policy": BOUND},
    "apigateway/Integration any": {"restApi": "$api", "connectionId": "$link"},
}
APART = "apigateway/RestApiPolicy apart"


def found(change: dict[str, Any], *, planned: bool = False) -> list[Relay | Open]:
    references, hosts, _ = standing(resources({**BASE, **change}, {}, planned=planned))
    return list(links(references, hosts))


def relay(change: dict[str, Any], *, planned: bool = False) -> Relay:
    (only,) = found(change, planned=planned)
    assert isinstance(only, Relay), only
    return only


def why_open(change: dict[str, Any], *, planned: bool = False) -> str:
    (only,) = found(change, planned=planned)
    assert not isinstance(only, Relay), only
    return only.why


def test_a_private_api_passes_on_from_its_endpoint_to_the_balancer_on_the_listened_port() -> None:
    told = relay({})
    assert [host.name for host in told.callers] == ["door"]
    assert [host.name for host in told.targets] == ["front"]
    assert told.ports == PortSet.of("tcp", (443, 443))


@pytest.mark.parametrize(
    "change",
    [
        {"apigateway/RestApi api": {**PRIVATE, "policy": policy(StringEquals={"aws:SourceVpc": VPC})}},
        {"apigateway/RestApi api": {**PRIVATE, "policy": denying_elsewhere(ENDPOINT)}},
        {"apigateway/RestApi api": {"endpointConfiguration": {"types": "PRIVATE", "vpcEndpointIds": ["$door"]}}},
        {"apigateway/RestApi api": PRIVATE, APART: {"restApiId": "$api", "policy": BOUND}},
    ],
    ids=["by its network", "denied elsewhere", "by its configuration", "by a policy apart"],
)
def test_whoever_asks_comes_by_the_endpoints_for_apis_that_are_named(change: dict[str, Any]) -> None:
    assert [host.name for host in relay(change).callers] == ["door"]


@pytest.mark.parametrize("name", ["$door", "$here"])
def test_a_policy_that_is_made_of_an_endpoint_or_a_network_names_it(name: str) -> None:
    change = {"apigateway/RestApi api": {**PRIVATE, "policy": name}}
    assert [host.name for host in relay(change, planned=True).callers] == ["door"]


def test_an_api_that_two_integrations_name_is_told_once() -> None:
    again = {
        "apigateway/RestApi second": {**PRIVATE, "policy": BOUND},
        "apigateway/Integration more": {"restApi": "$second", "connectionId": "$link"},
        "apigateway/Integration again": {"restApi": "$api", "connectionId": "$link"},
    }
    assert [one.name for one in found(again) if isinstance(one, Relay)] == ["api", "second"]


def test_the_balancer_that_an_integration_itself_names_is_passed_on_to() -> None:
    direct = {"restApi": "$api", "connectionId": "$link", "integrationTarget": "$other.arn"}
    change = {"apigateway/VpcLink link": {"subnetIds": ["$a"]}, "apigateway/Integration any": direct}
    assert [host.name for host in relay(change).targets] == ["other", "link"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"apigateway/Integration any": "gone"}, "it names no API"),
        ({"apigateway/RestApi api": {"endpointConfiguration": {"types": "REGIONAL"}}}, "API api is public"),
        ({"apigateway/RestApi api": {**PRIVATE, "policy": "<unknown>"}}, ANYBODY),
        ({"apigateway/RestApi api": {**PRIVATE, "policy": policy()}}, ANYBODY),
        ({APART: {"restApiId": "$api", "policy": policy()}}, ANYBODY),
        (
            {
                "apigateway/RestApi api": {**PRIVATE, "policy": denying_elsewhere(ENDPOINT)},
                APART: {"restApiId": "$api", "policy": policy()},
            },
            ANYBODY,
        ),
        ({"apigateway/RestApi api": PRIVATE}, ELSEWHERE),
        (
            {"apigateway/RestApi api": {"endpointConfiguration": {"types": "PRIVATE", "vpcEndpointIds": ["vpce-0"]}}},
            ELSEWHERE,
        ),
        (
            {
                "apigateway/RestApi api": {
                    "endpointConfiguration": {"types": "PRIVATE", "vpcEndpointIds": ["$door", "vpce-0123"]}
                }
            },
            ELSEWHERE,
        ),
    ],
)
def test_a_link_is_open_where_one_api_is_or_nobody_knows(change: dict[str, Any], why: str) -> None:
    assert why in why_open(change)


def test_a_policy_apart_that_lets_anybody_in_counts_beside_one_that_is_not_known_yet() -> None:
    known = {"apigateway/RestApi api": {**PRIVATE, "policy": "$door"}}
    assert ANYBODY in why_open({**known, APART: {"restApiId": "$api", "policy": policy()}}, planned=True)
