"""What a property means, by ids among outputs, and else by what it depends on."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.network.aws.references import Reference, References
from enclave_policies.resources.resource import Resource
from enclave_policies.resources.unknown import UNKNOWN

GROUP = "aws:ec2/securityGroup:SecurityGroup"


def group(name: str, outputs: dict[str, Any]) -> Resource:
    return Resource(f"urn:pulumi:a::b::{GROUP}::{name}", GROUP, name, {}, outputs=outputs)


RECORDED = group("recorded", {"id": "sg-1"})
PLANNED = group("planned", {})


@pytest.mark.parametrize(
    ("value", "depends", "meant"),
    [
        (None, [RECORDED], Reference(absent=True)),
        ("", [RECORDED], Reference(absent=True)),
        (["sg-1"], [], Reference((RECORDED,))),
        (["sg-1", "sg-1"], [RECORDED], Reference((RECORDED,))),
        ("sg-9", [], Reference((), ("sg-9",))),
        ("sg-9", [RECORDED], Reference((), ("sg-9",))),
        ("sg-9", [PLANNED], Reference((PLANNED,))),
        (["sg-1", "sg-9"], [PLANNED], Reference((RECORDED, PLANNED))),
        ([UNKNOWN], [RECORDED], Reference((RECORDED,))),
        ([UNKNOWN], [], Reference((), (), certain=False, lacking=True)),
        ([UNKNOWN], [RECORDED, PLANNED], Reference((RECORDED, PLANNED), (), certain=False)),
        (UNKNOWN, [RECORDED], Reference((RECORDED,))),
        (UNKNOWN, [RECORDED, PLANNED], Reference((RECORDED, PLANNED), (), certain=False)),
    ],
)
def test_a_value_means_what_has_its_id_and_else_what_it_depends_on(
    value: Any, depends: list[Resource], meant: Reference
) -> None:
    user = Resource("urn:pulumi:a::b::x:y:Z::user", "x:y:Z", "user", {}, depends={"by": tuple(o.urn for o in depends)})
    assert References([RECORDED, PLANNED, user]).of(user, "by", value, (GROUP,)) == meant
