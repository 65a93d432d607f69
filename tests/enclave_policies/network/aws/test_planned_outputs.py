"""In a plan the engine tells outputs that are not known yet, also of what nobody asked for: that opens nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from enclave_policies.network.aws.model import AwsModel
from enclave_policies.resources.resource import UNKNOWN

from components.declaration import load_declaration
from tests.enclave_policies.network.aws.own_stack import registered

STACKS = Path(__file__).parents[4] / "stacks"
COMPUTED = (
    "routes",
    "propagatingVgws",
    "ingress",
    "egress",
    "routeTableId",
    "transitGatewayDefaultRouteTableAssociation",
)


def test_outputs_that_are_not_known_yet_open_nothing_that_nobody_asked_for() -> None:
    resources = registered(load_declaration(STACKS / "local.yaml"), planned=True)
    told = [replace(one, outputs=dict.fromkeys(COMPUTED, UNKNOWN)) for one in resources]
    bare, known = AwsModel(resources), AwsModel(told)
    assert known.undetermined == bare.undetermined
    assert known.openings() == bare.openings()
    zones = known.zones()
    assert zones == bare.zones()
    assert all(known.between(one, other) == bare.between(one, other) for one in zones for other in zones)
