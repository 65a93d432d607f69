"""A kubeconfig stands in the clear only where it surely holds no credential."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from located_yaml import kubeconfig_secrets
from located_yaml.kubeconfig_secrets import may_hold_credentials

PLAIN: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Config",
    "clusters": [{"name": "c", "cluster": {"server": "https://k8s.hamar.example:6443"}}],
    "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
    "current-context": "c",
    "users": [{"name": "u", "user": {"client-certificate": "/etc/e/u.crt", "client-key": "/etc/e/u.key"}}],
}


def having(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The plain kubeconfig with another value at a place."""
    changed = deepcopy(PLAIN)
    *above, last = place
    inside: Any = changed
    for part in above:
        inside = inside[part]
    inside[last] = value
    return changed


USER = ("users", 0, "user")
CLUSTER = ("clusters", 0, "cluster")


def running(*args: Any, **env: str) -> dict[str, Any]:
    program = {"apiVersion": "client.authentication.k8s.io/v1", "command": "aws", "args": list(args)}
    return having(USER, {"exec": {**program, "env": [{"name": n, "value": v} for n, v in env.items()]}})


CLEAR = {
    "files": PLAIN,
    "a token's file": having(USER, {"tokenFile": "/var/run/token"}),
    "nobody": having(("users",), None),
    "a program": running("eks", "get-token", "--cluster-name", "hamar", "--region=eu-west-1", AWS_PROFILE="x"),
    "an authority": having((*CLUSTER, "certificate-authority-data"), "LS0t"),
}
SECRET = {
    "a key": having(USER, {"client-key-data": "LS0t"}),
    "a token": having(USER, {"token": "t"}),
    "a password": having(USER, {"username": "u", "password": "p"}),
    "an old login": having(USER, {"auth-provider": {"name": "oidc", "config": {"id-token": "t"}}}),
    "a setting that nobody knows": having((*USER, "x"), "y"),
    "a field that nobody knows": having(("extensions",), [{"name": "x", "extension": {}}]),
    "preferences": having(("preferences",), {"extensions": []}),
    "a cluster's extension": having((*CLUSTER, "extensions"), []),
    "a proxy": having((*CLUSTER, "proxy-url"), "http://u:p@proxy.example"),
    "a user in the address": having((*CLUSTER, "server"), "https://u:p@k8s.hamar.example"),
    "an entry beside": having(("users", 0, "password"), "p"),
    "a table that is none": having(("users",), {"user": {}}),
    "an entry that is none": having(("users", 0), "u"),
    "a user that is none": having(USER, "u"),
    "a program's flag": running("login", "--client-secret=s"),
    "a flag and its value": running("login", "--password", "s"),
    "a short flag": running("login", "-p", "s"),
    "a script": running("-c", "echo s"),
    "a program's address": running("login", "https://u:p@idp.example"),
    "a variable": running("login", VAULT_TOKEN="s"),
    "a word that is none": running(7),
    "words that are none": having(USER, {"exec": {"command": "x", "args": "y"}}),
    "variables that are none": having(USER, {"exec": {"command": "x", "env": ["A=b"]}}),
    "a program that is none": having(USER, {"exec": "x"}),
    "a program with more": having(USER, {"exec": {"command": "x", "config": {}}}),
}


@pytest.mark.parametrize("case", CLEAR)
def test_one_that_says_where_credentials_are_holds_none(case: str) -> None:
    assert not may_hold_credentials(CLEAR[case])


@pytest.mark.parametrize("case", SECRET)
def test_one_that_may_hold_a_credential_is_secret(case: str) -> None:
    assert may_hold_credentials(SECRET[case])


def test_a_reader_that_passes_what_it_does_not_know_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: a list of what is secret instead of what is not."""
    every = {name for case in SECRET.values() for user in _users(case) for name in user}
    monkeypatch.setattr(kubeconfig_secrets, "OF_USER", frozenset(every - {"token", "password"}))
    assert not may_hold_credentials(SECRET["a key"])


def _users(config: dict[str, Any]) -> list[dict[str, Any]]:
    table = config["users"] if isinstance(config["users"], list) else []
    return [each["user"] for each in table if isinstance(each, dict) and isinstance(each["user"], dict)]
