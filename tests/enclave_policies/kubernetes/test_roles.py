"""Whom a rule of a role lets its holder act as."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.kubernetes.roles import impersonates


def permitted(verb: str, resource: str, *names: str, group: str = "") -> dict[str, Any]:
    return {"apiGroups": [group], "resources": [resource], "verbs": [verb]} | (
        {"resourceNames": [*names]} if names else {}
    )


@pytest.mark.parametrize("resource", ["users", "groups", "serviceaccounts", "*"])
def test_whoever_may_impersonate_acts_as_those_who_are_named_or_as_anybody(resource: str) -> None:
    assert impersonates(permitted("impersonate", resource)) == frozenset({"*"})
    assert impersonates(permitted("*", resource, "ann", "ben", group="*")) == frozenset({"ann", "ben"})


def test_whoever_may_do_something_else_or_it_elsewhere_acts_as_nobody() -> None:
    assert impersonates(permitted("get", "users")) is None
    assert impersonates(permitted("impersonate", "userextras/scopes")) is None
    assert impersonates(permitted("impersonate", "users", group="apps")) is None
