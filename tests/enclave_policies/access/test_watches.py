"""What ACC-009, ACC-012 and ACC-013 say of a watch that a cluster runs by itself; clean ones stay clean."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.rules.access import ACCESS

from hosts.gateway.bundle import SETTINGS
from hosts.watch.starting import Scheduled
from tests.approving import approve, inspected
from tests.enclave_policies.access.cases import law
from tests.enclave_policies.access.starts import Case, watches

if TYPE_CHECKING:
    from pathlib import Path

FAULTS, NEAR_MISSES = 26, 8


@pytest.mark.parametrize("case", watches(), ids=lambda case: case.name)
def test_a_watch_is_judged_as_the_case_says(case: Case) -> None:
    assert case.differences() == []


def test_there_are_as_many_faults_and_near_misses_as_promised() -> None:
    faults = [case for case in watches() if case.expect]
    assert len(faults) >= FAULTS
    assert len(watches()) - len(faults) >= NEAR_MISSES


def test_a_schedule_that_is_always_often_enough_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr("enclave_policies.access.watched.minutes_of", lambda _: 1)
    fault = next(case for case in watches() if case.name == "a watch once a day")
    assert fault.differences() != []


APPROVED = tuple(rule for rule in ACCESS if rule.id == "ACC-006")
START = Scheduled(
    "hamar",
    "https://alerts.norsk-tilsyn.example/enclave-europe-hamar",
    "https://alerts.norsk-tilsyn.example/enclave",
    1,
)
DIGEST = "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"


@pytest.mark.parametrize(
    ("change", "approval", "refused"),
    [
        ({}, {}, False),
        ({"spec.failedJobsHistoryLimit": 9}, {}, False),  # it starts the same
        ({}, {"gateway": "employees"}, True),
        ({}, {"image": "5f" * 32}, True),
        ({}, {"expires": "2026-11-21"}, True),
        ({}, {"key": "other-inspector-1"}, True),
        ({"spec.schedule": "*/2 * * * *"}, {}, True),
        ({"spec.jobTemplate.spec.template.spec.containers.0.image": "registry.hamar.example/x:1"}, {}, True),
        ({"spec.jobTemplate.spec.template.spec.containers.0.image": "<unknown>"}, {}, True),
        ({"spec.jobTemplate.spec.template.spec.containers.0.command.5": "--alert=https://x.example"}, {}, True),
    ],
    ids=str,
)
def test_an_inspector_approves_image_and_start_of_a_watch(
    change: dict[str, Any], approval: dict[str, Any], refused: bool, tmp_path: Path
) -> None:
    fields = {
        "enclave": "europe",
        "site": "hamar",
        "gateway": "watch",
        "image": DIGEST,
        "bundle": START.digest,
        "stack": "test",
    }
    approve(tmp_path, {SETTINGS: ""}, **fields | deepcopy(approval))
    case = Case(
        "approval", {"set": {"CronJob hamar-watch": change}, "expect": []} if change else {"expect": []}, base="local"
    )
    stack = [one for one in case.stack() if one.name == "hamar-watch"]
    found = judge_stack(stack, inspected(law(), tmp_path), APPROVED)
    assert bool([finding for findings in found.values() for finding in findings]) is refused
