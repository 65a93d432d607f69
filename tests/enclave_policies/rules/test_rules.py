"""Every rule says exactly what its samples expect: allowed, disallowed, missing, known escapes, known false alarms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from enclave_policies.judging.judge import judge
from enclave_policies.law.folder import load_law
from enclave_policies.places.placement import provider_region
from enclave_policies.rules.jurisdiction import JURISDICTION
from enclave_policies.rules.jurisdiction.aws.zone import rule as zone
from enclave_policies.rules.jurisdiction.provider.default_provider import rule as default_provider

from tests.enclave_policies.sampling import Sample, all_samples, samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.rule import Rule

SAMPLES = all_samples()


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_the_verdict_on_each_sample_is_the_expected_one(sample: Sample, law: Law) -> None:
    assert sample.differences(sample.judged(law)) == []


@pytest.mark.parametrize("rule", JURISDICTION, ids=lambda rule: rule.name)
def test_each_rule_has_an_allowed_a_disallowed_and_a_missing_sample(rule: Rule) -> None:
    own = samples(rule.name)
    for kind in ("allowed", "disallowed", "missing"):
        assert any(kind in sample.raw["sample"] for sample in own), f"{rule.name} has no sample '{kind}'"
    assert any(rule.id in sample.expect for sample in own), f"no sample makes {rule.id} speak"


def test_rule_ids_and_names_are_unique() -> None:
    assert len({rule.id for rule in JURISDICTION}) == len({rule.name for rule in JURISDICTION}) == len(JURISDICTION)


def test_a_refusal_names_rule_resource_place_country_approved_places_and_remedy(law: Law) -> None:
    (finding,) = judge(samples("resource-region")[1].resource(), law, JURISDICTION)
    assert finding.message == (
        "JUR-001 resource-region: sample (aws:s3/bucket:Bucket) would be in eu-west-2 (London, United Kingdom, GB); "
        "approved: eu-west-1 (Dublin, Ireland, IE), cluster hamar (Hamar, Norway, NO); "
        "to do: give the resource (its site, in the declaration) the region eu-west-1"
    )
    assert (finding.where, finding.country, finding.verdict) == ("eu-west-2", "GB", "fail")


def test_no_message_is_longer_than_one_line_or_repeats_a_credential(law: Law) -> None:
    messages = [finding.message for sample in SAMPLES for finding in sample.judged(law)]
    assert messages
    assert not [message for message in messages if "\n" in message or "secret-token" in message]


def test_a_rule_that_raises_refuses_the_resource(law: Law) -> None:
    def broken(_reading: Reading) -> Iterator[Finding]:
        raise RuntimeError("secret-token")

    (finding,) = judge(samples("resource-region")[0].resource(), law, [replace(default_provider, check=broken)])
    assert finding.verdict == "undetermined"
    assert "the rule broke (RuntimeError)" in finding.message
    assert "secret-token" not in finding.message


def _missing_region_is_allowed(reading: Reading) -> Iterator[Finding]:
    resource = reading.resource
    provider = resource.as_provider or resource.provider
    if reading.own_region is None and provider_region(provider) is None and provider and not provider.is_default:
        return
    yield from default_provider.check(reading)


def _prefix_is_enough(reading: Reading) -> Iterator[Finding]:
    for finding in zone.check(reading):
        if not str(finding.where).startswith("eu-west-1"):
            yield finding


@pytest.mark.parametrize(
    ("broken", "check"), [(default_provider, _missing_region_is_allowed), (zone, _prefix_is_enough)]
)
def test_seeded_bugs_are_caught_by_the_samples(broken: Rule, check: object, law: Law) -> None:
    rules = [replace(rule, check=check) if rule is broken else rule for rule in JURISDICTION]  # type: ignore[arg-type]
    assert [sample.name for sample in SAMPLES if sample.differences(sample.judged(law, rules))]


@pytest.mark.parametrize("removed", JURISDICTION, ids=lambda rule: rule.name)
def test_the_loss_of_any_rule_is_caught_by_the_samples(removed: Rule, law: Law) -> None:
    rules = [rule for rule in JURISDICTION if rule is not removed]
    assert [sample.name for sample in SAMPLES if sample.differences(sample.judged(law, rules))]
