"""Rules of groups are held against rules, and never every zone against every other; what is found is the same."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.network.aws import AwsModel, neighbours
from enclave_policies.network.aws.routing import Routing
from enclave_policies.network.bits import numbers_in
from enclave_policies.network.graph import end_of, graph_of
from enclave_policies.network.networks import NOWHERE
from enclave_policies.resources.resource import Resource

from tests.enclave_policies.network.aws.generated import RANGES, network, resources_of
from tests.enclave_policies.network.aws.growing import GROWING, WAYS
from tests.enclave_policies.network.kubernetes.peer import together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from enclave_policies.network.path import Hop

SEEDS = range(60)
TRANSLATING = "translating"
ALL = (TRANSLATING, *SEEDS)
PEERS = ("0.0.0.0/0", "10.0.0.0/28", "10.1.0.0/28", "10.0.0.0/31", "10.0.0.1/32", "10.1.0.4/31")
Ways = dict[tuple[str, str], str]
"""The ports that are open from one end to another, in words."""


def stack(seed: int) -> list[Resource]:
    """Two VPCs, and hosts with groups of their own, some of which say the same."""
    chance = Random(seed)  # noqa: S311 (no secret)
    found = resources_of(network(chance), planned=False, apart=False)
    ids = {kind: [one.outputs["id"] for one in found if one.type.endswith(f":{kind}")] for kind in ("Vpc", "Subnet")}
    told = [_rules(chance) for _ in range(3)]
    own = [f"own-{number}" for number in range(6)]
    for name in own:
        found.append(
            _made("ec2/securityGroup:SecurityGroup", name, {"vpcId": chance.choice(ids["Vpc"]), **chance.choice(told)})
        )
    for number in range(8):
        props = {
            "subnetId": chance.choice(ids["Subnet"]),
            "vpcSecurityGroupIds": chance.sample(own, chance.randint(1, 2)),
        }
        found.append(_made("ec2/instance:Instance", f"host-{number}", props))
    return found


def translating() -> list[Resource]:
    """Two VPCs: hosts of the first reach the second by a gateway that shows its own address, which alone is let in."""
    vpcs = [_made("ec2/vpc:Vpc", f"vpc-{one}", {"cidrBlock": f"10.{one}.0.0/28"}) for one in (0, 1)]
    peering = {"vpcId": "vpc-0", "peerVpcId": "vpc-1", "autoAccept": True}
    found = [*vpcs, _made("ec2/vpcPeeringConnection:VpcPeeringConnection", "peering", peering)]
    for vpc, name, block in ((0, "app", "10.0.0.0/31"), (0, "nat", "10.0.0.2/31"), (1, "store", "10.1.0.0/31")):
        tags = {"site": f"site-{vpc}", "segment": name}
        props = {"vpcId": f"vpc-{vpc}", "cidrBlock": block, "tags": tags}
        found.append(_made("ec2/subnet:Subnet", name, props))
        rules = {way: [{"protocol": "tcp", "fromPort": 443, "toPort": 443}] for way in ("ingress", "egress")}
        rules["ingress"][0]["cidrBlocks"], rules["egress"][0]["cidrBlocks"] = ["10.0.0.2/31"], ["10.1.0.0/31"]
        found.append(
            _made("ec2/securityGroup:SecurityGroup", f"sg-{name}", {"vpcId": f"vpc-{vpc}", "tags": tags, **rules})
        )
        to = {
            "app": ("10.1.0.0/28", "natGatewayId", "gateway"),
            "nat": ("10.1.0.0/28", "vpcPeeringConnectionId", "peering"),
        }
        far, by, what = to.get(name, ("10.0.0.0/28", "vpcPeeringConnectionId", "peering"))
        table = {"vpcId": f"vpc-{vpc}", "routes": [{"cidrBlock": far, by: what}]}
        found.append(_made("ec2/routeTable:RouteTable", f"table-{name}", table))
        used = {"subnetId": name, "routeTableId": f"table-{name}"}
        found.append(_made("ec2/routeTableAssociation:RouteTableAssociation", f"table-{name}", used))
    found.append(_made("ec2/natGateway:NatGateway", "gateway", {"subnetId": "nat", "connectivityType": "private"}))
    return found


def _rules(chance: Random) -> dict[str, Any]:
    told: dict[str, Any] = {"ingress": [], "egress": []}
    for rules in told.values():
        for _ in range(chance.randint(1, 3)):
            first, last = chance.choice(RANGES)
            peer: dict[str, Any] = {"cidrBlocks": [chance.choice(PEERS)]}
            if chance.random() < 0.5:
                peer = {"securityGroups": [f"own-{chance.randrange(6)}"]}
            rules.append({"protocol": "tcp", "fromPort": first, "toPort": last, **peer})
    return told


def _made(type_: str, name: str, props: dict[str, Any]) -> Resource:
    return Resource(f"urn:pulumi:test::test::aws:{type_}::{name}", f"aws:{type_}", name, props, outputs={"id": name})


def held_one_by_one(model: AwsModel) -> Ways:
    """Every zone against every other."""
    found: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for source in model.zones():
        for target in model.zones():
            found[end_of(source), end_of(target)] += model.between(source, target)
    return _united(found)


def told(model: AwsModel) -> Ways:
    graph = graph_of([model], {}, {})
    ends = {end_of(zone) for zone in model.zones()}
    return _united({(one, other): graph.direct(one, other) for one in ends for other in ends})


def _united(found: Mapping[tuple[str, str], list[Hop]]) -> Ways:
    return {pair: str(together(hops)) for pair, hops in found.items() if hops}


def wrong() -> Iterator[int | str]:
    yield from (seed for seed in ALL if not is_right(seed))


def is_right(seed: int | str) -> bool:
    resources = translating() if seed == TRANSLATING else stack(int(seed))
    return told(AwsModel(resources)) == held_one_by_one(AwsModel(resources))


@pytest.mark.parametrize("seed", ALL)
def test_rules_held_against_rules_say_what_zones_held_against_zones_do(seed: int | str) -> None:
    assert is_right(seed)


def test_many_ends_meet(capsys: pytest.CaptureFixture[str]) -> None:
    ways = sum(len(told(AwsModel(stack(seed)))) for seed in SEEDS)
    with capsys.disabled():
        print(f"\n{len(SEEDS)} stacks, {ways} pairs of ends that meet")  # noqa: T201
    assert ways > 5 * len(SEEDS)
    assert told(AwsModel(translating()))["site-0/app", "site-1/store"] == "tcp 443"


def pairs(resources: list[Resource]) -> list[tuple[str, str]]:
    """The segments and sites of what is asked about, in order."""
    return sorted(
        (end_of(one), end_of(other))
        for here, there in AwsModel(resources).meetings()
        for one in here
        for other in there
    )


def test_nobody_is_asked_about_whom_no_rule_names() -> None:
    ways = [(f"site-{site}/{source}", f"site-{site}/{target}") for site in range(3) for source, target, _ in WAYS]
    assert pairs(GROWING["sites"](3)) == sorted(ways)


def test_networks_without_a_way_between_them_are_not_asked_about_each_other() -> None:
    alone = GROWING["sites"](2)
    wishing = {"vpcId": "vpc-0", "egress": [{"protocol": "-1", "cidrBlocks": ["10.1.0.0/16"]}]}
    waiting = {"vpcId": "vpc-1", "ingress": [{"protocol": "-1", "cidrBlocks": ["10.0.0.0/16"]}]}
    found = [
        *alone,
        _made("ec2/securityGroup:SecurityGroup", "wishing", wishing),
        _made("ec2/securityGroup:SecurityGroup", "waiting", waiting),
        _made("ec2/instance:Instance", "asks", {"subnetId": "subnet-app-0", "vpcSecurityGroupIds": ["wishing"]}),
        _made("ec2/instance:Instance", "waits", {"subnetId": "subnet-app-1", "vpcSecurityGroupIds": ["waiting"]}),
    ]
    assert pairs(found) == pairs(alone)


def test_hosts_of_one_subnet_that_share_a_rule_are_asked_about_once() -> None:
    def more(count: int) -> int:
        chain = GROWING["chain"](count)
        shared = [
            replace(one, props={**one.props, "vpcSecurityGroupIds": [*one.props["vpcSecurityGroupIds"], "sg-app-0"]})
            if one.type.endswith(":Instance")
            else one
            for one in chain
        ]
        return len(pairs(shared)) - len(pairs(chain))

    assert more(8) == more(4)


_Says = neighbours._Says
BUGS: Mapping[str, tuple[object, str, Callable[..., Any]]] = {
    "no address is told apart": (neighbours, "_telling_apart", lambda *_given: iter(())),
    "zones that others name are alike": (neighbours, "_Says", lambda out, into, _: _Says(out, into, frozenset())),
    "hosts in whatever subnets stand for all": (
        neighbours._Neighbours,
        "_one_of_each",
        lambda _self, places: islice(numbers_in(places), 1),
    ),
    "translated addresses are followed like others": (Routing, "seen_as", lambda *_given: NOWHERE),
    "no route leaves a VPC": (Routing, "leads_to", lambda *_given: frozenset()),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_wrong_meeting_is_noticed(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bugs of this family."""
    place, name, instead = BUGS[bug]
    monkeypatch.setattr(place, name, instead)
    assert any(True for _ in wrong())
