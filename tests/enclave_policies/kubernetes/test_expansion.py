"""A container's own variables are put in where the kubelet puts them in, before anything is judged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.kubernetes import survey
from enclave_policies.kubernetes.expansion import LONGEST, expanded
from enclave_policies.law.folder import load_law
from enclave_policies.resources.resource import Resource
from enclave_policies.rules.jurisdiction import JURISDICTION

import located_yaml
from tests.enclave_policies.sampling import samples, urn

if TYPE_CHECKING:
    from collections.abc import Mapping

LAW: Final = load_law()
HAMAR: Final = samples("image-registry")[0].as_provider()
CASES: Final[Mapping[str, list[Any]]] = located_yaml.load(Path(__file__).with_name("expansion.yaml")).data
TYPE: Final = "kubernetes:core/v1:Pod"
IMAGE: Final = "registry.hamar.example/app@sha256:" + "0" * 64
FEWEST_NOTICED: Final = 5


def judged(case: Mapping[str, Any]) -> list[str]:
    env = [{"name": name, "value": value} for name, value in case["env"].items()]
    container = {"name": "app", "image": IMAGE, "env": env, "args": case.get("args", [])}
    props = {"metadata": {"name": "app", "namespace": "enclave-app"}, "spec": {"containers": [container]}}
    resource = Resource(urn(TYPE, "app"), TYPE, "app", props, HAMAR, custom=True)
    return [each.message for each in judge_stack([resource], LAW, JURISDICTION)[resource.urn] if each.refuses]


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["case"])
def test_what_leads_out_is_refused(case: Mapping[str, Any]) -> None:
    assert judged(case)


@pytest.mark.parametrize("case", CASES["passes"], ids=lambda case: case["case"])
def test_what_stays_inside_passes(case: Mapping[str, Any]) -> None:
    assert judged(case) == []


def variables(*pairs: tuple[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in pairs]


def test_a_variable_is_put_into_those_that_follow_it() -> None:
    found = expanded(
        {"env": variables(("A", "1"), ("B", "$(A)$(C)$$(A)"), ("C", "2")), "args": ["$(B)", 3], "x": "$(A)"}
    )
    assert found["env"] == variables(("A", "1"), ("B", "1$(C)$(A)"), ("C", "2"))
    assert found["args"] == ["1$(C)$(A)", 3]
    assert found["x"] == "$(A)"


def test_a_variable_that_is_kept_elsewhere_stays_a_reference() -> None:
    kept = {"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}
    container = {"env": [*variables(("A", "1")), kept, *variables(("B", "$(A)"))]}
    assert expanded(container)["env"] == container["env"]


def test_variables_that_double_themselves_end_somewhere() -> None:
    chain = [("A0", "x" * 64), *((f"A{n}", f"$(A{n - 1})$(A{n - 1})") for n in range(1, 40))]
    found = expanded({"env": variables(*chain)})
    assert max(len(each["value"]) for each in found["env"]) <= 4 * LONGEST


def test_a_survey_that_puts_nothing_in_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(survey, "expanded", lambda container: container)
    assert len([case for case in CASES["refused"] if not judged(case)]) >= FEWEST_NOTICED
