"""The adapter: what the engine sends becomes plain data by way of its proxies, findings become diagnostics."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi_policy
import pytest
from enclave_policies.judging import adapter
from enclave_policies.judging.judge import judge, judge_stack
from enclave_policies.judging.judged_day import DAY, judged_day
from enclave_policies.judging.promise import promise_of, read_promise
from enclave_policies.law.folder import load_law
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.resource import UNKNOWN
from enclave_policies.rules.jurisdiction import JURISDICTION
from pulumi.runtime import proto
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_STRING_VALUE

from located_yaml import ProblemsError
from tests.corpus_cases import Case, as_resources, load_cases, with_unknowns
from tests.enclave_policies.sampling import Sample, all_samples, samples, urn

if TYPE_CHECKING:
    from enclave_policies.law import Law

BUCKET = "aws:s3/bucket:Bucket"
PACK = Path(__file__).parents[3] / "policy-packs" / "jurisdiction"


class RefusedError(Exception):
    """What the engine gets instead of a configured pack."""


class EngineCall:
    """The part of a gRPC context that a servicer uses to refuse."""

    def abort(self, _code: object, message: str) -> None:
        """End the call, as gRPC does."""
        raise RefusedError(message)


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


def servicer(law: Law) -> adapter.Servicer:
    served = list[pulumi_policy.Policy](adapter.policies(JURISDICTION))
    return adapter.servicer_of(law, JURISDICTION)("p", "1", served, pulumi_policy.EnforcementLevel.MANDATORY)


def question(type_: str, name: str, props: dict[str, Any], provider: Any = None) -> proto.AnalyzeRequest:
    """What the engine sends of one resource, before it is created."""
    request = proto.AnalyzeRequest(type=type_, urn=urn(type_, name), name=name)
    _fill(request, props, provider)
    return request


def _fill(request: Any, props: Any, provider: Any, unknown: str = UNKNOWN_STRING_VALUE) -> None:
    request.properties.update(with_unknowns(_sent(props, unknown), UNKNOWN_STRING_VALUE))
    if provider is not None:
        request.provider.type, request.provider.name, request.provider.urn = provider.type, provider.name, provider.urn
        request.provider.properties.update(_sent(provider.props))


def _sent(value: Any, unknown: str = UNKNOWN_STRING_VALUE) -> Any:
    """Plain data as the engine writes it: unknown values are its sentinel text, or what stands for a secret."""
    if isinstance(value, dict):
        return {key: _sent(item, unknown) for key, item in value.items()}
    if isinstance(value, list):
        return [_sent(item, unknown) for item in value]
    return unknown if value is UNKNOWN else value


def asked(sample: Sample) -> proto.AnalyzeRequest:
    resource = sample.resource()
    props = dict(resource.props)
    if resource.sealed:
        props = with_unknowns(sample.raw["props"], adapter.UNREADABLE_SECRET)
    return question(resource.type, resource.name, props, resource.provider)


def messages(response: Any) -> list[str]:
    return [diagnostic.message.split("\n", 1)[1] for diagnostic in response.diagnostics]


def bucket(**props: Any) -> proto.AnalyzeRequest:
    return question(BUCKET, "store", props)


TOLD = [sample for sample in all_samples() if sample.raw.get("custom") is None]  # the engine does not tell packs


@pytest.mark.parametrize("sample", TOLD, ids=lambda sample: sample.name)
def test_pack_and_judge_say_the_same_about_each_sample(sample: Sample, law: Law) -> None:
    assert messages(servicer(law).Analyze(asked(sample), EngineCall())) == [
        finding.message for finding in judge(sample.resource(), law, JURISDICTION)
    ]


def stack_messages(case: Case, law: Law) -> list[str]:
    """Everything that the pack says of a case: resource by resource, then of the stack."""
    pack = servicer(law)
    said: list[str] = []
    whole = proto.AnalyzeStackRequest()
    for resource in as_resources(case):
        request = proto.AnalyzeRequest(type=resource.type, urn=resource.urn, name=resource.name)
        unknown = adapter.UNREADABLE_SECRET if resource.sealed else UNKNOWN_STRING_VALUE
        _fill(request, resource.props, resource.provider, unknown)
        said += messages(pack.Analyze(request, EngineCall()))
        recorded = whole.resources.add(type=resource.type, urn=resource.urn, name=resource.name)
        _fill(recorded, resource.outputs, resource.provider, unknown)
    return said + messages(pack.AnalyzeStack(whole, EngineCall()))


CASES = [case for case in load_cases() if not case.law and case.as_of is None]


@pytest.mark.parametrize("part", range(20))
def test_pack_and_judge_say_the_same_about_each_case_of_the_corpus(part: int, law: Law) -> None:
    """Through pulumi_policy's real proxies, unknown values included; in parts, as one case is too short for a test."""
    for case in CASES[part::20]:
        expected = [
            f.message for findings in judge_stack(as_resources(case), law, JURISDICTION).values() for f in findings
        ]
        assert sorted(stack_messages(case, law)) == sorted(expected), case.id


def test_unknown_values_and_unreadable_secrets_become_the_sentinel_at_any_depth() -> None:
    request = bucket(a=UNKNOWN_STRING_VALUE, b=[{"c": UNKNOWN_ARRAY_VALUE, "d": 1}], e="[secret]", f=None)
    assert adapter.resource_from(request).props == {
        "a": UNKNOWN,
        "b": [{"c": UNKNOWN, "d": 1}],
        "e": UNKNOWN,
        "f": None,
    }


def test_every_policy_is_mandatory_and_named_after_its_rule() -> None:
    served = adapter.policies(JURISDICTION)
    assert [policy.name for policy in served] == [rule.name for rule in JURISDICTION]
    assert {policy.enforcement_level for policy in served} == {pulumi_policy.EnforcementLevel.MANDATORY}


def test_a_policy_that_is_asked_around_the_servicer_refuses_to_answer() -> None:
    with pytest.raises(RuntimeError, match="its own servicer"):
        adapter.policies(JURISDICTION)[0].validate(None, None)  # type: ignore[arg-type]


def test_the_pack_promises_exactly_the_rules_that_it_runs() -> None:
    assert read_promise(PACK) == promise_of(JURISDICTION)


def test_a_second_question_about_the_same_urn_is_judged_anew(law: Law) -> None:
    pack = servicer(law)
    first = messages(pack.Analyze(bucket(region="eu-west-1"), EngineCall()))
    second = messages(pack.Analyze(bucket(region="us-east-1"), EngineCall()))
    assert not [message for message in first if "JUR-001" in message]
    assert [message for message in second if "JUR-001" in message]


def test_an_own_resource_without_inputs_is_none_that_is_only_read(law: Law) -> None:
    """A run asks packs about no other (pulumi 3.259); of a state the engine says nothing, and shows reads too."""
    recorded = proto.AnalyzerResource(type=BUCKET, urn=bucket().urn, name="store")
    _fill(recorded, {"bucket": "store"}, None)

    def shown(pack: adapter.Servicer) -> Any:
        pack.Analyze(bucket(), EngineCall())
        return pack._with_outputs(recorded).resource

    running = servicer(law)
    running.ConfigureStack(proto.AnalyzerStackConfigureRequest(), EngineCall())
    own = shown(running)
    assert (own.props, own.outputs, own.only_read) == ({}, {"bucket": "store"}, False)
    assert shown(servicer(law)).only_read


def test_inputs_that_cannot_be_converted_are_refused_by_every_rule_on_one_resource(law: Law) -> None:
    torn = {"4dabf18193072939515e22adb298388d": "a signature that nobody knows"}
    said = messages(servicer(law).Analyze(bucket(region="eu-west-1", tags=torn), EngineCall()))
    asked = [rule for rule in JURISDICTION if isinstance(rule, Rule) and rule.package in (None, "aws")]
    assert len(said) == len(asked)
    assert all("could not be judged" in message for message in said)


def test_a_walk_that_forgets_the_proxies_would_be_caught(law: Law, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "plain", lambda value: value if isinstance(value, (dict, list)) else {})
    assert [
        sample for sample in TOLD if sample.differences(judge(adapter.resource_from(asked(sample)), law, JURISDICTION))
    ]


def test_a_pack_whose_list_of_rules_differs_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("rules: {JUR-001: resource-region}\n")
    (tmp_path / "law").symlink_to(PACK / "law")
    with pytest.raises(SystemExit, match=r"cannot start: rules.yaml and the rules differ in \['actual-place'"):
        adapter.run(str(tmp_path / "__main__.py"), JURISDICTION)


def test_a_pack_without_law_does_not_start_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("rules: {JUR-001: resource-region}\n")
    with pytest.raises(SystemExit, match=r"(?s)cannot start:.*countries.yaml:1:1: cannot be read"):
        adapter.run(str(tmp_path / "__main__.py"), JURISDICTION)


@pytest.mark.parametrize(
    "text", ["", "rules: {}\n", "rules: {ZON-001: Not_Kebab}\n", "rules: {zone: zone}\n", "rules: [zone]\n"]
)
def test_a_pack_that_promises_nothing_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "rules.yaml").write_text(text)
    with pytest.raises(ProblemsError, match=r"rules.yaml:1"):
        read_promise(tmp_path)


def on_another_day(law: Law) -> adapter.Servicer:
    served = list[pulumi_policy.Policy](adapter.policies(JURISDICTION))
    made = adapter.servicer_of(law, JURISDICTION, plans_only=True)
    return made("p", "1", served, pulumi_policy.EnforcementLevel.MANDATORY)


def test_another_day_is_judged_for_while_the_engine_only_plans(law: Law) -> None:
    pack = on_another_day(law)
    pack.ConfigureStack(proto.AnalyzerStackConfigureRequest(dry_run=True), EngineCall())
    assert "JUR-001" in str(messages(pack.Analyze(bucket(region="us-east-1"), EngineCall())))


def test_another_day_ends_a_run_that_changes_something(law: Law) -> None:
    pack = on_another_day(law)
    with pytest.raises(RefusedError, match="what is changed is judged as of today; ENCLAVE_AS_OF names another day"):
        pack.ConfigureStack(proto.AnalyzerStackConfigureRequest(dry_run=False), EngineCall())


def test_another_day_ends_a_run_of_which_nobody_says_what_it_does(law: Law) -> None:
    with pytest.raises(RefusedError, match="for a preview alone"):
        on_another_day(law).Analyze(bucket(region="eu-west-1"), EngineCall())
    with pytest.raises(RefusedError, match="for a preview alone"):
        on_another_day(law).AnalyzeStack(proto.AnalyzeStackRequest(), EngineCall())


def test_what_is_no_day_ends_the_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DAY, "tomorrow")
    with pytest.raises(SystemExit, match=r"(?s)cannot start:.*ENCLAVE_AS_OF: it is no day"):
        adapter.run(str(PACK / "__main__.py"), JURISDICTION)


def test_the_program_takes_another_day_in_a_preview_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged_day(dry_run=False) is None
    monkeypatch.setenv(DAY, "2028-06-01")
    assert judged_day(dry_run=True) == date(2028, 6, 1)
    with pytest.raises(ProblemsError, match="for a preview alone"):
        judged_day(dry_run=False)


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
