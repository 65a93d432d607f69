"""What balancers of every kind pass on: who asks it where it listens, where it stands, and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.network.aws.passing_on import passed_on
from enclave_policies.network.networks import NOWHERE, AddressSet
from enclave_policies.network.ports import PortSet

from tests.enclave_policies.network.aws.cases import resources
from tests.enclave_policies.network.aws.standing import standing

if TYPE_CHECKING:
    from enclave_policies.network.aws.passing_on import PassedOn

FORWARD = [{"type": "forward", "targetGroupArn": "$backs.arn"}]
BASE = {
    "Vpc here": {"cidrBlock": "10.0.0.0/16"},
    "Subnet a": {"vpcId": "$here", "cidrBlock": "10.0.1.0/24", "tags": {"segment": "a"}},
    "Subnet b": {"vpcId": "$here", "cidrBlock": "10.0.2.0/24", "tags": {"segment": "b"}},
    "SecurityGroup own": {"vpcId": "$here"},
    "lb/LoadBalancer front": {"loadBalancerType": "application", "subnets": ["$a"], "securityGroups": ["$own"]},
    "lb/TargetGroup backs": {"protocol": "HTTPS", "port": 8443},
    "lb/Listener asked": {"loadBalancerArn": "$front.arn", "port": 443, "defaultActions": FORWARD},
    "Instance first": {"subnetId": "$a", "vpcSecurityGroupIds": ["$own"]},
    "Instance second": {"subnetId": "$b", "vpcSecurityGroupIds": ["$own"]},
}
WEB = PortSet.from_mapping({"tcp": [(443, 443)], "udp": [(443, 443)]})
STRAY = "10.99.0.5"
FORMS = pytest.mark.parametrize("planned", [False, True], ids=["state", "plan"])


def target(id_: str) -> dict[str, Any]:
    return {"targetGroupArn": "$backs.arn", "targetId": id_}


def passed(change: dict[str, Any], *, planned: bool = False) -> list[PassedOn]:
    return list(passed_on(*standing(resources({**BASE, **change}, {}, planned=planned))))


def told(one: PassedOn) -> tuple[set[str | None], set[str | None], AddressSet, bool]:
    """The segments where it stands, those of its targets, the addresses that it names, and whether all is known."""
    here, there = ({place.zone.segment for place in places} for places in (one.standing, one.targets))
    return here, there, one.addresses, one.known


@FORMS
@pytest.mark.parametrize(
    "change",
    [
        {},
        {
            "lb/Listener asked": {"loadBalancerArn": "$front.arn", "port": 443, "defaultActions": []},
            "lb/ListenerRule one": {"listenerArn": "$asked.arn", "actions": FORWARD},
        },
        {"lb/ListenerRule same": {"listenerArn": "$asked.arn", "actions": FORWARD}},
    ],
    ids=["by a listener", "by a rule", "by both, once"],
)
def test_a_balancer_passes_on_by_its_listeners_and_by_their_rules(change: dict[str, Any], planned: bool) -> None:
    (only,) = passed({"lb/TargetGroupAttachment there": target("$second"), **change}, planned=planned)
    assert (only.balancer, only.group, only.listened) == ("front", "backs", WEB)
    assert told(only) == ({"a"}, {"b"}, NOWHERE, True)
    assert str(only) == "load balancer front (target group backs)"


def test_two_ports_are_passed_on_each_by_itself() -> None:
    more = {"lb/Listener more": {"loadBalancerArn": "$front.arn", "port": 80, "defaultActions": FORWARD}}
    assert {one.listened for one in passed(more)} == {
        WEB,
        PortSet.from_mapping({"tcp": [(80, 80)], "udp": [(80, 80)]}),
    }


@FORMS
@pytest.mark.parametrize(
    ("ids", "there", "addresses", "known"),
    [
        ([], {"a", "b"}, (), False),
        (["<unknown>"], {"a", "b"}, (), False),
        (["$second", "<unknown>"], {"a", "b"}, (), False),
        ([STRAY], set(), (STRAY,), True),
        (["$second", STRAY], {"b"}, (STRAY,), True),
        (["10.0.2.9"], {"b"}, ("10.0.2.9",), True),
        ([STRAY, "<unknown>"], {"a", "b"}, (STRAY,), False),
    ],
)
def test_targets_that_nobody_knows_may_be_any_host_and_addresses_of_nobody_are_told(
    ids: list[str], there: set[str], addresses: tuple[str, ...], known: bool, planned: bool
) -> None:
    there_ = {f"lb/TargetGroupAttachment there-{number}": target(id_) for number, id_ in enumerate(ids)}
    (only,) = passed(there_, planned=planned)
    assert told(only) == ({"a"}, there, AddressSet.of(*addresses), known)
    assert ("whose targets nobody names" in str(only)) is not known


def test_a_balancer_that_stands_in_no_network_of_the_stack_passes_nothing_on_here() -> None:
    assert passed({"lb/LoadBalancer front": {"loadBalancerType": "application", "subnets": ["subnet-0a"]}}) == []
