"""The pack, an audit and the admission policies give the same answer about every name of the shared table."""

from __future__ import annotations

from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder import load_law
from enclave_policies.places.hosts import refused_host
from enclave_policies.places.names import is_public, public_endings
from enclave_policies.resources.resource import Resource
from enclave_policies.rules.jurisdiction import JURISDICTION

from tests.enclave_policies.guardrails.names import AT_LEAST, NAMES

LAW = load_law()
SERVICE = "kubernetes:core/v1:Service"
ASKED = "JUR-021"


def test_the_table_has_names_enough_of_both_kinds() -> None:
    own = sum(NAMES.values())
    assert len(NAMES) >= AT_LEAST
    assert min(own, len(NAMES) - own) >= AT_LEAST / 4


def test_the_pack_says_what_the_table_says() -> None:
    assert {name for name, own in NAMES.items() if (refused_host(name, LAW) is None) != own} == set()


def test_an_audit_says_the_same_of_services_that_are_other_hosts_names() -> None:
    services = [
        Resource(name, SERVICE, name, {"kind": "Service", "spec": {"type": "ExternalName", "externalName": name}})
        for name in NAMES
    ]
    found = judge_stack(services, LAW, JURISDICTION)
    refused = {urn for urn, findings in found.items() if any(finding.rule == ASKED for finding in findings)}
    assert refused == {name for name, own in NAMES.items() if not own}


def test_the_list_that_guardrails_carry_holds_every_public_ending() -> None:
    assert {ending for ending in public_endings() if not is_public(f"a.{ending}")} == set()
    assert {"com", "no", "ie", "uk", "ck", "zip", "example"} <= public_endings()
    assert not {"svc", "local", "internal", "enclave-store"} & public_endings()
