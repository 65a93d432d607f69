"""Selectors answer yes, no, or that nobody can tell; an index finds what they select without asking everything."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from enclave_policies.network.kubernetes.index import Labelled, Selecting
from enclave_policies.network.kubernetes.pods import Pod
from enclave_policies.network.kubernetes.policies import Policy
from enclave_policies.network.kubernetes.selectors import MOST_EXAMPLES, Labels, Selector
from enclave_policies.resources.resource import UNKNOWN

WEB, API, NONE = Labels.read({"app": "web"}), Labels.read({"app": "api"}), Labels.read(None)
VAGUE, ANYTHING = Labels.read({"app": UNKNOWN}), Labels.read(UNKNOWN)
EVERY = (WEB, API, NONE, VAGUE, ANYTHING)


def asking(operator: Any, *values: Any, key: Any = "app") -> Selector:
    return Selector.read({"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]})


@pytest.mark.parametrize(
    ("selector", "answers"),
    [
        (Selector.read({}), [True, True, True, True, True]),
        (Selector.read({"matchLabels": {"app": "web"}}), [True, False, False, UNKNOWN, UNKNOWN]),
        (Selector.read({"matchLabels": {"app": UNKNOWN}}), [UNKNOWN, UNKNOWN, False, UNKNOWN, UNKNOWN]),
        (Selector.read(UNKNOWN), [UNKNOWN] * 5),
        (Selector.read({"matchLabels": UNKNOWN}), [UNKNOWN] * 5),
        (Selector.of_labels({"app": "web"}), [True, False, False, UNKNOWN, UNKNOWN]),
        (Selector.of_labels(UNKNOWN), [UNKNOWN] * 5),
        (asking("In", "web", "site"), [True, False, False, UNKNOWN, UNKNOWN]),
        (asking("In", "web", UNKNOWN), [True, UNKNOWN, False, UNKNOWN, UNKNOWN]),
        (asking("NotIn", "web"), [False, True, True, UNKNOWN, UNKNOWN]),
        (asking("NotIn", UNKNOWN), [UNKNOWN, UNKNOWN, True, UNKNOWN, UNKNOWN]),
        (asking("Exists"), [True, True, False, True, UNKNOWN]),
        (asking("DoesNotExist"), [False, False, True, False, UNKNOWN]),
        (asking("Equals", "web"), [UNKNOWN] * 5),
        (asking(UNKNOWN, "web"), [UNKNOWN] * 5),
        (asking("In", "web", key=UNKNOWN), [UNKNOWN] * 5),
    ],
)
def test_a_selector_answers_by_what_is_known(selector: Selector, answers: list[Any]) -> None:
    assert [selector.matches(labels) for labels in EVERY] == answers
    chosen = Labelled(EVERY).selected(selector)
    assert chosen == {number for number, answer in enumerate(answers) if answer is not False}


@pytest.mark.parametrize(
    ("selector", "near"),
    [
        (Selector.read({}), [0, 1, 2, 3, 4]),
        (Selector.read({"matchLabels": {"app": "web"}}), [0, 3, 4]),
        (asking("In", "api", "web"), [0, 1, 3, 4]),
        (Selector.read(UNKNOWN), [0, 1, 2, 3, 4]),
    ],
)
def test_policies_are_found_by_whom_they_select(selector: Selector, near: list[int]) -> None:
    here, there, anywhere = (_policy(name, selector) for name in ("here", "there", UNKNOWN))
    selecting = Selecting([here, there, anywhere])
    for number, labels in enumerate(EVERY):
        assert selecting.near(Pod("here", labels)) == ([0, 2] if number in near else [2])
    assert selecting.near(Pod("nowhere", WEB)) == [2]


def test_a_wanted_value_that_is_no_text_may_be_any() -> None:
    for selector in (Selector.read({"matchLabels": {"app": 7}}), asking("In", 7), Selector.of_labels({"app": 7})):
        assert [selector.matches(labels) for labels in EVERY] == [UNKNOWN, UNKNOWN, False, UNKNOWN, UNKNOWN]


def _policy(namespace: Any, pods: Selector) -> Policy:
    return Policy(namespace=namespace, name="x", pods=pods, rules={})


def test_labels_are_told_in_order_and_a_value_that_is_no_text_is_not_known() -> None:
    labels = Labels.read({"tier": "a", "app": 1}, {"zone": "z"})
    assert str(labels) == "app=?, tier=a, zone=z"
    assert labels == Labels.read({"app": UNKNOWN, "zone": "z", "tier": "a"})
    assert (labels.value("app"), labels.value("none")) == (UNKNOWN, None)
    assert str(Labels.read({"b": UNKNOWN, "a": "x"}, {"b": "y"})) == "a=x, b=y"


def test_examples_are_labels_that_a_selector_selects_and_not_too_many() -> None:
    assert [str(one) for one in asking("In", "web", "api").examples()] == ["app=web", "app=api"]
    assert [str(one) for one in asking("Exists").examples()] == ["app=any"]
    assert [str(one) for one in asking("NotIn", "web").examples()] == [""]
    many = [{"key": key, "operator": "In", "values": list("abcde")} for key in ("x", "y")]
    examples = list(Selector.read({"matchExpressions": many}).examples())
    assert len(examples) == MOST_EXAMPLES < len(list(product("abcde", repeat=2)))
    assert all(one.has("x") and one.has("y") for one in examples)
