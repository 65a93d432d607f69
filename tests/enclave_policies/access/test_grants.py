"""What the pack `access` says of rights: to touch the inspector's copy, to go round a gateway, to do anything."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.access import attachments, programs, who
from enclave_policies.access import grants as read
from enclave_policies.rules.access import inspection_whole, inspector_reads, inspectors_copy, round_gateway

from tests.enclave_policies.access.grants import RULES, Case, grants

FAULTS = 100
NEAR_MISSES = 37
CARELESS: dict[str, tuple[Any, str, Any]] = {
    "a role that everybody of the account may have": (who, "_is_whole", lambda _: False),
    "a role by way of a role that people have": (read, "_through", lambda *_: who.Who.UNTOLD),
    "a bucket's policy for a role of elsewhere": (read, "_through", lambda *_: who.Who.PROGRAMS),
    "a role of a service account of the cluster": (who, "ACCOUNT_OF_A_CLUSTER", "repo:"),
    "a policy of the stack that people get by an attachment": (attachments, "_policies", lambda _: {}),
    "a policy of the stack that people get and that looks": (attachments, "_policies", lambda _: {}),
    "AWS's own policy that reads every bucket": (attachments, "statements_of", lambda _: ()),
    "a trail of changes alone": (inspectors_copy, "unrecorded", lambda *_: []),
    "a trail without the use of keys": (inspectors_copy, "records_management", lambda _: True),
    "a copy under the operator's key": (inspectors_copy, "is_copys_key", lambda *_: True),
    "a refusal to write that spares the deployer too": (inspectors_copy, "_spared", lambda *_: []),
    "a key that no longer lets the inspector decrypt": (inspectors_copy, "_unlocked", lambda *_: []),
    "a policy that lets no host write": (inspectors_copy, "_shut_out", lambda *_: []),
    "an inspector's role that lets somebody of our own account in": (inspector_reads, "_others", lambda *_: []),
    "inspection-whole disallowed": (inspection_whole, "_in_aws", lambda *_: []),
    "a watch by a second role of the inspector's account": (programs, "_beside", lambda *_: []),
    "a watch that decrypts": (inspector_reads, "more", lambda *_: []),
    "a watch without rights": (inspection_whole, "shut_out", lambda *_: []),
    "a watch that is declared for any role": (programs, "_is_inspectors", lambda *_: True),
    "an inspector's role that has no rights": (inspection_whole, "unseen_in_aws", lambda *_: []),
    "an inspector in the cluster with fewer rights": (inspection_whole, "unseen_in_cluster", lambda *_: []),
    "hosts that add their record to nothing": (inspection_whole, "_hosts", lambda *_: []),
    "people who may change whom the inspector's role lets in": (inspector_reads, "who_gets", lambda *_: None),
    "people with a shell on any host": (round_gateway, "HOSTS", []),
    "operators who make tokens where gateways run": (round_gateway, "SHELLS", ("pods/exec",)),
    "who ships records, with rights": (inspector_reads, "_shipping", lambda _: frozenset()),
}
"""Cases, and how a careless reader would miss each: where, what, and what it would do instead."""


@pytest.mark.parametrize("case", grants(), ids=lambda case: case.name)
def test_a_right_is_judged_as_the_case_says(case: Case) -> None:
    assert case.differences() == []


def test_there_are_as_many_faults_and_near_misses_as_promised() -> None:
    faults = [case for case in grants() if case.expect]
    assert len(faults) >= FAULTS
    assert len(grants()) - len(faults) >= NEAR_MISSES
    assert {rule for case in faults for rule in case.expect} == {rule.id for rule in RULES}


def test_a_fault_that_nobody_refuses_would_be_noticed() -> None:
    """The seeded bug of this family: a case that expects what no rule says."""
    clean = next(case for case in grants() if not case.expect)
    assert Case(clean.name, {**clean.raw, "expect": ["ACC-007"]}).differences() == ["ACC-007 said nothing"]


@pytest.mark.parametrize("name", CARELESS)
def test_a_careless_reader_would_be_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bugs: each brings back a hole that was found from outside, or refuses what is clean."""
    (case,) = (case for case in grants() if case.name == name)
    monkeypatch.setattr(*CARELESS[name])
    assert case.differences() != []
