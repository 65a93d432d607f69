"""A model's profile is judged by every region that may answer, and by what a transfer rule allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from enclave_policies.judging.judge import judge
from enclave_policies.law.folder import load_law
from enclave_policies.law.instruments import MOVEMENTS, REGIMES, TransferRule
from enclave_policies.resources.resource import Provider, Resource
from enclave_policies.rules.jurisdiction import JURISDICTION

if TYPE_CHECKING:
    from enclave_policies.law import Law
    from enclave_policies.law.instruments import Movement

LAW = load_law(as_of=date(2026, 11, 22))
DUBLIN = Provider("urn", "pulumi:providers:aws", "dublin-1", {"region": "eu-west-1"})


def asks(model: str, law: Law) -> list[str]:
    agent = Resource("urn", "aws:bedrock/agentAgent:AgentAgent", "a", {"foundationModel": model}, DUBLIN)
    return [finding.problem for finding in judge(agent, law, JURISDICTION) if finding.rule == "JUR-030"]


def with_rule(*movements: Movement) -> Law:
    rule = TransferRule(
        "us",
        "transitional",
        frozenset({"IE"}),
        frozenset({"US"}),
        frozenset(movements),
        frozenset(REGIMES),
        last_day=date(2030, 1, 1),
    )
    return replace(LAW, transfers=(*LAW.transfers, rule))


def test_a_profile_passes_only_where_each_of_its_regions_is_approved() -> None:
    everywhere = frozenset(region.country for region in LAW.regions.values() if region.country)
    assert asks("us.anthropic.claude-v2", replace(LAW, hosts=LAW.hosts | {"US"})) == []
    assert asks("eu.anthropic.claude-v2", replace(LAW, hosts=everywhere)) == []
    assert len(asks("eu.anthropic.claude-v2", replace(LAW, hosts=everywhere - {"SE"}))) == 1
    assert asks("global.anthropic.claude-v2", replace(LAW, hosts=everywhere)) != []


def test_a_profile_passes_where_a_transfer_rule_allows_to_copy_to_its_regions() -> None:
    assert asks("us.anthropic.claude-v2", with_rule("copy")) == []
    others = [movement for movement in MOVEMENTS if movement != "copy"]
    assert len(asks("us.anthropic.claude-v2", with_rule(*others))) == 1
    assert len(asks("eu.anthropic.claude-v2", with_rule("copy"))) == 1
