"""What is exported for AWS Verified Access says the same as the gateway, as far as it can be asked there."""

from __future__ import annotations

import json
import random
from itertools import product

import pytest
from cedarpy import is_authorized, policies_to_json_str

from components.access.bundle import bundle_of
from components.access.verified_access import exported
from components.declaration.model import Decision, Declaration
from hosts.gateway.bundle import POLICIES, SCHEMA, SETTINGS, settings_of
from hosts.gateway.decision import ALLOW, Decider, Question
from hosts.gateway.location import Witnesses, agreed, network_of
from tests.enclave_policies.access.test_proof import EMPLOYERS, declared, random_table

ADDRESSES = ("10.200.0.9", "10.200.200.9", "203.0.113.9")
COUNTRIES = ("IE", "NO", "CN", "US")


def differing(declaration: Declaration, policy: str, route: str, purpose: str) -> list[object]:
    """Return the questions that the exported policy answers otherwise than the gateway."""
    files = bundle_of(declaration, "hamar", "employees", None)
    settings = settings_of(files[SETTINGS])
    decider = Decider(files[POLICIES], files[SCHEMA], settings.results)
    wrong: list[object] = []
    for country, employer, address in product(COUNTRIES, EMPLOYERS, ADDRESSES):
        request = {
            "principal": 'P::"p"',
            "action": 'A::"a"',
            "resource": 'R::"r"',
            "context": {
                "staff": {"country": country, "employer": employer},
                "http_request": {"client_ip": address},
            },
        }
        there = bool(policy) and is_authorized(request, policy, []).allowed
        place, _ = agreed(Witnesses(country, country, network_of(address, settings.networks)))
        data_class = declaration.routes[route].class_
        question = Question("p", place, employer, EMPLOYERS[employer], data_class, purpose)
        here = bool(place) and decider.answer(question).result == ALLOW
        if there != here:
            wrong.append((country, employer, address, there, here))
    return wrong


def rows(seed: int) -> list[Decision]:
    """Return a table whose rows do at the gateway what they do there: without grants nothing else can be asked."""
    table = random_table(random.Random(seed))  # noqa: S311
    return [row.model_copy(update={"needs": _needs(row)}) for row in table if row.result != "pseudonymise"]


def _needs(row: Decision) -> list[str]:
    return [] if row.result == "deny" else [need for need in row.needs if need != "record"]


@pytest.mark.parametrize("seed", range(30))
def test_a_generated_table_is_exported_as_the_gateway_decides_it(seed: int) -> None:
    declaration = declared(rows(seed))
    for route, purpose in product(declaration.routes, ("support", "statistics")):
        policy = exported(declaration, "employees", route, purpose, "staff").policy
        assert differing(declaration, policy, route, purpose) == []


def test_tables_let_somebody_through() -> None:
    found = [exported(declared(rows(seed)), "employees", "records", "support", "staff").policy for seed in range(30)]
    assert sum(map(bool, found)) >= 5


def test_an_export_that_forgets_the_network_is_found() -> None:
    declaration = declared([_open()])
    policy = exported(declaration, "employees", "records", "support", "staff").policy
    assert differing(declaration, policy, "records", "support") == []
    forgetful = policy.replace(".isInRange(", '.isInRange(ip("0.0.0.0/0")) || ip("10.0.0.1").isInRange(')
    assert differing(declaration, forgetful, "records", "support") != []


def test_a_row_that_needs_more_is_left_out_and_says_why() -> None:
    rows = [_open(needs=["ticket"]), _open(result="pseudonymise"), _open()]
    found = exported(declared(rows), "employees", "records", "support", "staff")
    assert {row: reason.split(",")[0] for row, reason in found.left_out.items()} == {
        "row-1": "it needs ticket",
        "row-2": "it pseudonymises",
    }
    assert len(json.loads(policies_to_json_str(found.policy))["staticPolicies"]) == 1


def _open(**fields: object) -> Decision:
    whole = {"from": ["NO"], "employer": ["northern"], "class": ["restricted"], "purpose": ["support"]}
    return Decision.model_validate({**whole, "result": "allow", **fields})
