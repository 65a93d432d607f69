"""What a watch by a schedule leaves is looked for where the inspector keeps it, once the site has the role."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from components.declaration import load_declaration
from console.watch.approving import approved_of
from hosts.watch.starting import WATCH

STACK = Path(__file__).parents[3] / "stacks" / "local.yaml"
REGION_URN = "urn:pulumi:local::enclave::enclave:index:Enclave$enclave:aws:EnclaveRegion::dublin-1"
ROLE = {
    "urn": f"{REGION_URN.rpartition('::')[0]}$aws:iam/role:Role::dublin-1-watch",
    "type": "aws:iam/role:Role",
    "parent": REGION_URN,
    "outputs": {"name": "europe-dublin-1-watch", "createDate": "2026-11-29T11:00:00Z"},
}
VPC = {**ROLE, "urn": f"{ROLE['urn']}-vpc", "type": "aws:ec2/vpc:Vpc", "id": "vpc-1", "outputs": {}}


def watched(*resources: dict[str, Any], sandbox: bool = False) -> tuple[int, str, str, str]:
    declaration = load_declaration(STACK).model_copy(update={"sandbox": sandbox})
    region = {"urn": REGION_URN, "type": "enclave:aws:EnclaveRegion"}
    state = {"resources": [region, *resources]}
    (site,) = approved_of(declaration, state, {}, {("dublin-1", WATCH): "key"}).sites
    return site.watch_seconds, site.watch_since, site.watch_bucket, site.watch_prefix


def test_a_site_with_the_programs_role_is_heard_of_in_the_inspectors_bucket() -> None:
    assert watched(VPC, ROLE) == (60, "2026-11-29T11:00:00Z", "norsk-tilsyn-enclave-watch", "dublin-1/")


def test_nobody_waits_for_a_site_without_the_role_or_where_nothing_calls_the_program() -> None:
    assert watched(VPC) == (0, "", "", "")
    assert watched(VPC, ROLE, sandbox=True) == (0, "", "", "")
