"""What a network load balancer passes on: on which ports, to whom, and with whose address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.network.aws.balancers import forwards, listened
from enclave_policies.network.ports import PortSet

from tests.enclave_policies.network.aws.cases import resources
from tests.enclave_policies.network.aws.standing import standing

if TYPE_CHECKING:
    from enclave_policies.network.aws.balancers import Forward

BASE = {
    "Vpc here": {"cidrBlock": "10.0.0.0/16"},
    "Subnet a": {"vpcId": "$here", "cidrBlock": "10.0.1.0/24", "tags": {"segment": "a"}},
    "Subnet b": {"vpcId": "$here", "cidrBlock": "10.0.2.0/24", "tags": {"segment": "b"}},
    "SecurityGroup own": {"vpcId": "$here"},
    "lb/LoadBalancer front": {"loadBalancerType": "network", "subnets": ["$a"], "securityGroups": ["$own"]},
    "lb/TargetGroup backs": {"protocol": "TCP", "port": 8443},
    "lb/Listener asked": {
        "loadBalancerArn": "$front.arn",
        "port": 443,
        "defaultActions": [{"type": "forward", "targetGroupArn": "$backs.arn"}],
    },
    "Instance first": {"subnetId": "$a", "vpcSecurityGroupIds": ["$own"]},
    "Instance second": {"subnetId": "$b", "vpcSecurityGroupIds": ["$own"]},
}
SECOND = {"lb/TargetGroupAttachment second-there": {"targetGroupArn": "$backs.arn", "targetId": "$second"}}
BY_WEIGHT = [{"type": "forward", "forward": {"targetGroups": [{"arn": "$backs.arn", "weight": 1}]}}]
FORMS = pytest.mark.parametrize("planned", [False, True], ids=["state", "plan"])


def passed(change: dict[str, Any], *, planned: bool) -> Forward:
    (only,) = every(change, planned=planned)
    return only


def every(change: dict[str, Any], *, planned: bool) -> list[Forward]:
    return forwards(*standing(resources({**BASE, **change}, {}, planned=planned)))


def names(found: Forward) -> set[str]:
    """The segments of the targets."""
    return {place.zone.segment or "-" for place in found.places}


@FORMS
def test_a_listener_leads_to_the_port_of_its_group_and_to_who_is_registered(planned: bool) -> None:
    found = passed(SECOND, planned=planned)
    assert (found.listened, found.asked) == (PortSet.of("tcp", (443, 443)), PortSet.of("tcp", (8443, 8443)))
    assert names(found) == {"b"}


@FORMS
def test_a_target_that_is_registered_at_a_port_of_its_own_is_asked_there_too(planned: bool) -> None:
    there = {"targetGroupArn": "$backs.arn", "targetId": "$second", "port": 9443}
    found = passed({"lb/TargetGroupAttachment second-there": there}, planned=planned)
    assert found.asked == PortSet.of("tcp", (8443, 8443)).union(PortSet.of("tcp", (9443, 9443)))


@FORMS
@pytest.mark.parametrize("change", [{}, {"lb/TargetGroupAttachment there": {"targetGroupArn": "$backs.arn"}}])
def test_targets_that_nobody_tells_may_be_any_host_of_the_vpc(change: dict[str, Any], planned: bool) -> None:
    assert names(passed(change, planned=planned)) == {"a", "b"}


@FORMS
def test_one_target_that_nobody_knows_beside_a_known_one_may_be_any_host(planned: bool) -> None:
    unknown = {"lb/TargetGroupAttachment there": {"targetGroupArn": "$backs.arn", "targetId": "<unknown>"}}
    assert names(passed(SECOND | unknown, planned=planned)) == {"a", "b"}


@FORMS
def test_each_group_that_scales_is_a_target(planned: bool) -> None:
    scaled = {
        f"autoscaling/Group in-{subnet}": {"vpcZoneIdentifiers": [f"${subnet}"], "targetGroupArns": ["$backs.arn"]}
        for subnet in ("a", "b")
    }
    assert names(passed(scaled, planned=planned)) == {"a", "b"}


@FORMS
@pytest.mark.parametrize(
    "source",
    [
        {"autoscaling/Group in-b": {"vpcZoneIdentifiers": ["$b"], "trafficSources": [{"identifier": "$backs.arn"}]}},
        {
            "autoscaling/Group in-b": {"vpcZoneIdentifiers": ["$b"]},
            "autoscaling/TrafficSourceAttachment there": {
                "autoscalingGroupName": "$in-b",
                "trafficSource": {"identifier": "$backs.arn", "type": "elbv2"},
            },
        },
    ],
)
def test_a_group_that_scales_and_names_its_source_of_traffic_is_a_target(source: dict[str, Any], planned: bool) -> None:
    assert names(passed(source, planned=planned)) == {"b"}


@FORMS
def test_groups_among_which_a_listener_chooses_by_weight_are_asked(planned: bool) -> None:
    asked = {"loadBalancerArn": "$front.arn", "port": 443, "defaultActions": BY_WEIGHT}
    assert passed({"lb/Listener asked": asked}, planned=planned).group == "backs"


@pytest.mark.parametrize(
    ("protocol", "spoken"),
    [("TCP", {"tcp"}), ("TLS", {"tcp"}), ("udp", {"udp"}), ("TCP_UDP", {"tcp", "udp"}), ("<unknown>", {"tcp", "udp"})],
)
def test_ports_are_of_the_protocol_that_the_group_speaks(protocol: str, spoken: set[str]) -> None:
    found = passed({"lb/TargetGroup backs": {"protocol": protocol, "port": 53}}, planned=False)
    assert found.asked == PortSet.from_mapping(dict.fromkeys(spoken, ((53, 53),)))


@pytest.mark.parametrize("protocol", ["HTTP", "GENEVE", None])
def test_a_group_of_another_kind_of_balancer_passes_nothing_on_here(protocol: str | None) -> None:
    assert every({"lb/TargetGroup backs": {"protocol": protocol, "port": 80}}, planned=False) == []


@pytest.mark.parametrize(
    ("switch", "words"),
    [("true", "keeps its clients' addresses"), ("false", "shows its own address"), (None, "keeps its clients'")],
)
def test_whose_address_the_targets_see_is_told(switch: str | None, words: str) -> None:
    group = {"protocol": "TCP", "port": 8443, "preserveClientIp": switch}
    assert str(passed({"lb/TargetGroup backs": group}, planned=False)).startswith(f"load balancer front {words}")


def test_a_balancer_without_a_listener_may_get_one_on_any_port() -> None:
    references = standing(resources(BASE, {}, planned=False)).references
    (front,) = (urn for urn in references.by_urn if urn.endswith("::front"))
    assert listened(references, [front]) == PortSet.of("tcp", (443, 443))
    assert listened(references, []) == PortSet.of("tcp")
