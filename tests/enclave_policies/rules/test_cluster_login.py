"""Whoever logs in to a cluster does so at the enclave, whichever way a kubeconfig says it."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.judging.judge import judge
from enclave_policies.law.folder import load_law
from enclave_policies.resources.resource import UNKNOWN, Resource
from enclave_policies.rules.jurisdiction import JURISDICTION

LAW = load_law()
TYPE = "pulumi:providers:kubernetes"


def said(user: Any) -> list[tuple[str, str]]:
    """Return verdict and path of what JUR-046 finds on a provider with this user."""
    provider = Resource("urn", TYPE, "hamar", {"kubeconfig": {"users": [{"name": "people", "user": user}]}})
    found = [finding for finding in judge(provider, LAW, JURISDICTION) if finding.rule == "JUR-046"]
    return [(finding.verdict, finding.problem.rpartition("kubeconfig users.")[2].rstrip(")")) for finding in found]


@pytest.mark.parametrize("command", ["gcloud", "/usr/bin/gcloud", "az", "/opt/az/bin/az"])
def test_a_clouds_own_program_is_refused_as_nobody_can_tell_where_it_logs_in(command: str) -> None:
    assert said({"exec": {"command": command}}) == [("undetermined", "exec.command")]


@pytest.mark.parametrize(
    "program",
    [
        {"command": "kubelogin"},
        {"command": "gcloud/kubelogin"},
        {"command": None},
        {"args": ["get-token", "--server", "id.hamar.example"]},
        {"command": "kubelogin", "args": ["--server=https://id.hamar.example", UNKNOWN, 5]},
        {"command": "kubelogin", "args": ["--docs", "https://docs.evil.net"]},
        {"command": "kubelogin", "env": [{"name": "DOCS_URL", "value": "https://docs.evil.net"}, "text"]},
        {"command": "kubelogin", "env": [{"name": "SERVER", "value": UNKNOWN}, {"value": "x"}]},
    ],
)
def test_a_program_that_logs_in_at_the_enclave_passes(program: dict[str, Any]) -> None:
    assert said({"exec": program}) == []


@pytest.mark.parametrize(
    "words",
    [
        ["--issuer=https://id.evil.net"],
        ["--server", "id.evil.zone"],
        ["-server", "id.evil.zone"],
        ["--verbose", "--server", "id.evil.zone"],
        ["--docs-url=https://docs.hamar.example", "https://id.evil.net"],
        ["--docs", "https://docs.hamar.example", "https://id.evil.net"],
    ],
)
def test_an_argument_is_read_with_the_flag_before_it(words: list[str]) -> None:
    assert said({"exec": {"command": "kubelogin", "args": words}}) == [("fail", "exec.args")]


def test_a_variable_is_read_with_its_name() -> None:
    env = [{"name": "ISSUER_HOST", "value": "id.evil.zone"}]
    assert said({"exec": {"command": "kubelogin", "env": env}}) == [("fail", "exec.env")]
    assert said({"exec": {"env": [{"value": "https://id.evil.net"}]}}) == [("fail", "exec.env")]


def test_an_issuer_is_read_wherever_a_provider_names_it() -> None:
    abroad = {"idp-issuer-url": "https://id.evil.net", "client-id": "kubernetes"}
    assert said({"auth-provider": {"name": "oidc", "config": abroad}}) == [("fail", "auth-provider.config")]
    assert said({"auth-provider": {"name": "oidc", "config": {"idp-issuer-url": "https://id.hamar.example"}}}) == []
    assert said({"auth-provider": {"name": "oidc", "config": UNKNOWN}}) == []
    assert said({"auth-provider": {"name": "oidc"}}) == []
    assert said({"auth-provider": {"name": "gcp"}}) == [("undetermined", "auth-provider")]


@pytest.mark.parametrize("user", [UNKNOWN, {"exec": UNKNOWN}, {"auth-provider": UNKNOWN}, {"token": "x"}, {}, None])
def test_a_user_that_tells_nothing_is_left_to_the_rule_on_the_cluster(user: Any) -> None:
    assert said(user) == []


@pytest.mark.parametrize("kubeconfig", [UNKNOWN, None, "", "{", "- a list", "text", {}, {"users": [UNKNOWN]}])
def test_what_is_no_kubeconfig_is_left_to_the_rule_on_the_cluster(kubeconfig: Any) -> None:
    provider = Resource("urn", TYPE, "hamar", {"kubeconfig": kubeconfig})
    assert "JUR-046" not in {finding.rule for finding in judge(provider, LAW, JURISDICTION)}
