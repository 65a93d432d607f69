"""Which key makes a gateway's pseudonyms, and what its hosts may do for it."""

from __future__ import annotations

from typing import Any

from components.access.pseudonyms import pseudonyms_of
from components.aws.gateway import host_policy
from components.declaration import load_declaration
from tests.gateways.conftest import DECLARED

LOG: dict[str, Any] = {"Version": "2012-10-17", "Statement": []}
ROLE = "arn:aws:iam::111122223333:role/enclave-deidentifier"


def test_a_sandbox_has_a_stand_in_and_a_real_site_its_own_key() -> None:
    sandbox = load_declaration(DECLARED)
    real = sandbox.model_copy(update={"sandbox": False})
    assert pseudonyms_of(sandbox, "dublin-1", "employees") == {"kind": "stand-in"}
    key = {"key": "alias/europe/dublin-1/pseudonyms", "region": "eu-west-1", "role": "enclave-deidentifier"}
    assert pseudonyms_of(real, "dublin-1", "employees") == {"kind": "kms", **key}
    assert pseudonyms_of(real, "hamar", "employees") == {}


def test_a_gateway_that_pseudonymises_nothing_has_no_key() -> None:
    declaration = load_declaration(DECLARED)
    gateway = declaration.gateways["employees"]
    rows = [row for row in gateway.decide if row.flow is None]
    other = declaration.model_copy(update={"gateways": {"employees": gateway.model_copy(update={"decide": rows})}})
    assert pseudonyms_of(other, "dublin-1", "employees") == {}


def acting(policy: dict[str, Any]) -> list[Any]:
    return [one["Resource"] for one in policy["Statement"] if one["Action"] == "sts:AssumeRole"]


def test_hosts_act_as_one_role_or_none() -> None:
    assert acting(host_policy(LOG, "arn:aws:s3:::b/*", ROLE)) == [ROLE]
    assert acting(host_policy(LOG, "arn:aws:s3:::b/*")) == []
