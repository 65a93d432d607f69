"""The adapter: what pulumi_policy hands over becomes plain data, and every rule speaks through its own policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi_policy
import pytest
from enclave_policies import adapter
from enclave_policies.judge import judge
from enclave_policies.law import Law, load_law
from enclave_policies.manifest import rule_names
from enclave_policies.resource import UNKNOWN
from enclave_policies.rules import JURISDICTION
from pulumi.runtime import proto
from pulumi_policy.policy import PolicyCustomTimeouts, PolicyProviderResource, PolicyResourceOptions
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_STRING_VALUE, unknown_checking_proxy

from located_yaml import ProblemsError
from tests.enclave_policies.sampling import Sample, all_samples, samples, urn, with_unknowns

OPTIONS = PolicyResourceOptions(
    protect=False,
    ignore_changes=[],
    delete_before_replace=None,
    aliases=[],
    custom_timeouts=PolicyCustomTimeouts(0, 0, 0),
    additional_secret_outputs=[],
)


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


def proxied(sample: Sample) -> pulumi_policy.ResourceValidationArgs:
    """What the engine's call becomes inside pulumi_policy: proxies that raise on unknown values."""
    resource = sample.resource()
    props = sample.provider["props"] if "itself" in sample.raw and sample.provider else sample.raw.get("props", {})
    provider = None
    if resource.provider is not None and sample.provider is not None:
        provider = PolicyProviderResource(
            resource.provider.type,
            unknown_checking_proxy(with_unknowns(sample.provider["props"], UNKNOWN_STRING_VALUE)),
            resource.provider.urn,
            resource.provider.name,
        )
    return pulumi_policy.ResourceValidationArgs(
        resource.type,
        unknown_checking_proxy(with_unknowns(props, UNKNOWN_STRING_VALUE)),
        resource.urn,
        resource.name,
        OPTIONS,
        provider,
    )


def bucket(config: dict[str, Any] | None = None, **props: Any) -> pulumi_policy.ResourceValidationArgs:
    type_ = "aws:s3/bucket:Bucket"
    return pulumi_policy.ResourceValidationArgs(
        type_, unknown_checking_proxy(props), urn(type_, "store"), "store", OPTIONS, None, config
    )


def said(served: list[pulumi_policy.ResourceValidationPolicy], args: pulumi_policy.ResourceValidationArgs) -> list[str]:
    """All messages of all policies, asked in order as the engine does."""
    messages: list[str] = []

    def report(message: str, _urn: str | None = None) -> None:
        messages.append(message)

    for policy in served:
        policy.validate(args, report)
    return messages


TOLD = [sample for sample in all_samples() if sample.raw.get("custom") is None]  # the engine does not tell packs


@pytest.mark.parametrize("sample", TOLD, ids=lambda sample: sample.name)
def test_pack_and_judge_say_the_same_about_each_sample(sample: Sample, law: Law) -> None:
    assert adapter.resource_from(proxied(sample)) == sample.resource()
    assert said(adapter.policies(law, JURISDICTION), proxied(sample)) == [
        finding.message for finding in judge(sample.resource(), law)
    ]


def test_unknown_values_and_unreadable_secrets_become_the_sentinel_at_any_depth() -> None:
    args = bucket(a=UNKNOWN_STRING_VALUE, b=[{"c": UNKNOWN_ARRAY_VALUE, "d": 1}], e="[secret]", f=None)
    assert adapter.resource_from(args).props == {"a": UNKNOWN, "b": [{"c": UNKNOWN, "d": 1}], "e": UNKNOWN, "f": None}


def test_every_policy_is_mandatory_and_named_after_its_rule(law: Law) -> None:
    served = adapter.policies(law, JURISDICTION)
    assert [policy.name for policy in served] == [rule.name for rule in JURISDICTION]
    assert {policy.enforcement_level for policy in served} == {pulumi_policy.EnforcementLevel.MANDATORY}


def test_the_pack_promises_exactly_the_rules_that_it_runs() -> None:
    pack = Path(__file__).parents[2] / "policy-packs" / "jurisdiction"
    assert rule_names(pack) == {rule.name for rule in JURISDICTION}


def test_a_second_question_about_the_same_urn_is_judged_anew(law: Law) -> None:
    served = adapter.policies(law, JURISDICTION)
    first = said(served, bucket(region="eu-west-1"))
    second = said(served, bucket(region="us-east-1"))
    assert not [message for message in first if "JUR-001" in message]
    assert [message for message in second if "JUR-001" in message]


def test_one_policy_alone_asked_twice_is_judged_anew(law: Law) -> None:
    only = adapter.policies(law, JURISDICTION)[:1]
    assert said(only, bucket(region="eu-west-1")) == []
    assert len(said(only, bucket(region="us-east-1"))) == 1


def test_configuration_of_a_rule_is_refused(law: Law) -> None:
    args = bucket({"allow": ["us-east-1"]}, region="eu-west-1")
    assert any("takes no configuration" in message for message in said(adapter.policies(law, JURISDICTION), args))


def test_inputs_that_cannot_be_converted_are_refused_by_every_rule(law: Law) -> None:
    args = bucket(region="eu-west-1")
    args.props = object()  # type: ignore[assignment]
    args.provider = 7  # type: ignore[assignment]
    messages = said(adapter.policies(law, JURISDICTION), args)
    assert len(messages) == len(JURISDICTION)
    assert all("could not be judged" in message for message in messages)


def test_a_walk_that_forgets_the_proxies_would_be_caught(law: Law, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "plain", lambda value: value if isinstance(value, (dict, list)) else {})
    differing = [sample for sample in TOLD if sample.differences(judge(adapter.resource_from(proxied(sample)), law))]
    assert differing


def test_a_pack_whose_list_of_rules_differs_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("rules: [resource-region]\n")
    (tmp_path / "law").symlink_to(Path(__file__).parents[2] / "policy-packs" / "jurisdiction" / "law")
    with pytest.raises(SystemExit, match=r"cannot start: rules.yaml and the rules differ in \['arn-region'"):
        adapter.run(str(tmp_path / "__main__.py"), JURISDICTION)


def test_a_pack_without_law_does_not_start_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("rules: [resource-region]\n")
    with pytest.raises(SystemExit, match=r"(?s)cannot start:.*countries.yaml:1:1: cannot be read"):
        adapter.run(str(tmp_path / "__main__.py"), JURISDICTION)


@pytest.mark.parametrize("text", ["", "rules: []\n", "rules: [Not_Kebab]\n", "rule: [zone]\n"])
def test_a_pack_that_promises_nothing_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "rules.yaml").write_text(text)
    with pytest.raises(ProblemsError, match=r"rules.yaml:1"):
        rule_names(tmp_path)


class RefusedError(Exception):
    """What the engine gets instead of a configured pack."""


class EngineCall:
    """The part of a gRPC context that a servicer uses to refuse."""

    def abort(self, _code: object, message: str) -> None:
        """End the call, as gRPC does."""
        raise RefusedError(message)


def servicer(law: Law) -> adapter.UnconfigurableServicer:
    served = list[pulumi_policy.Policy](adapter.policies(law, JURISDICTION))
    return adapter.UnconfigurableServicer("p", "1", served, pulumi_policy.EnforcementLevel.MANDATORY)


def configured(
    level: int = proto.MANDATORY, properties: dict[str, Any] | None = None
) -> proto.ConfigureAnalyzerRequest:
    request = proto.ConfigureAnalyzerRequest()
    request.policyConfig["zone"].enforcementLevel = level
    request.policyConfig["zone"].properties.update(properties or {})
    return request


def test_a_configuration_that_changes_nothing_is_accepted(law: Law) -> None:
    servicer(law).Configure(configured(), EngineCall())


@pytest.mark.parametrize(
    "request_",
    [configured(proto.ADVISORY), configured(proto.DISABLED), configured(properties={"allow": ["us-east-1"]})],
    ids=["lowered", "switched off", "widened"],
)
def test_e128_a_configuration_that_lowers_disables_or_widens_a_rule_ends_the_run(request_: Any, law: Law) -> None:
    with pytest.raises(RefusedError, match="mandatory and take no configuration; remove zone from the config"):
        servicer(law).Configure(request_, EngineCall())


def test_samples_reach_the_sentinel() -> None:
    assert any("<unknown>" in str(sample.raw) for sample in samples("unknown-place"))
