"""Seeded key faults are caught, realistic stacks near them are not refused, in a state and in a plan alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from enclave_policies.key_custody import keyring
from enclave_policies.key_custody.keyring import Found
from enclave_policies.rules.key_custody import KEY_CUSTODY

from tests.enclave_policies.key_custody.cases import Case, cases, law

if TYPE_CHECKING:
    from enclave_policies.reading.rule import Question

FAULTS, CLEAN, SAMPLES = cases("faults"), cases("clean"), cases("samples")
ALL = (*FAULTS, *CLEAN, *SAMPLES)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_exactly_the_expected_rules_speak_of_a_state(case: Case) -> None:
    assert case.differences(law()) == []


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_exactly_the_expected_rules_speak_of_a_plan_whose_ids_are_unknown(case: Case) -> None:
    assert case.differences(law(), planned=True) == []


def test_there_are_at_least_sixty_faults_and_forty_clean_stacks() -> None:
    assert len(FAULTS) >= 60
    assert all(case.expect for case in FAULTS)
    assert len([case for case in CLEAN if not case.expect]) >= 40


@pytest.mark.parametrize("rule", KEY_CUSTODY, ids=lambda rule: rule.name)
def test_each_rule_has_an_allowed_a_disallowed_and_a_missing_sample(rule: Question) -> None:
    for kind in ("allowed", "disallowed", "missing"):
        assert [case for case in SAMPLES if case.name == f"samples: {rule.name} {kind}"], f"no sample '{kind}'"
    assert [case for case in FAULTS if rule.id in case.expect], f"no fault makes {rule.id} speak"


def test_rule_ids_and_names_are_unique() -> None:
    assert max(Counter(rule.id for rule in KEY_CUSTODY).values()) == 1
    assert max(Counter(rule.name for rule in KEY_CUSTODY).values()) == 1


def test_no_message_is_longer_than_one_line_or_repeats_a_secret() -> None:
    messages = [finding.message for case in ALL for finding in case.findings(law())]
    assert len(messages) >= 60
    assert not [message for message in messages if "\n" in message or "secret-token" in message or "c2Vjc" in message]


@pytest.mark.parametrize("removed", KEY_CUSTODY, ids=lambda rule: rule.name)
def test_the_loss_of_any_rule_is_caught_by_the_faults(removed: Question) -> None:
    rules = [rule for rule in KEY_CUSTODY if rule is not removed]
    assert [case.name for case in FAULTS if removed.id in case.expect and case.differences(law(), rules)]


def test_seeded_bug_a_look_up_that_takes_any_key_for_the_right_one_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def first(self: keyring.Keyring, *_asked: object) -> Found:
        keys = list(self.keys.values())
        return Found((keyring._holder(keys[0]),)) if keys else Found()

    monkeypatch.setattr(keyring.Keyring, "find", first)
    assert len([case.name for case in FAULTS if case.differences(law())]) > 5


def test_seeded_bug_a_table_that_takes_absence_for_encryption_is_caught() -> None:
    shipped = law()
    assert shipped.custody is not None
    lenient = {
        token: replace(known, keys=tuple(replace(key, absent="fine") for key in known.keys))
        for token, known in shipped.custody.types.items()
    }
    wrong = replace(shipped, custody=replace(shipped.custody, types=lenient))
    assert len([case.name for case in FAULTS if case.differences(wrong)]) > 10
