"""The service control policies say what the pack says, as far as AWS lets them."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from enclave_policies.guardrails.aws_actions import REGIONAL, aws_actions
from enclave_policies.guardrails.error import GuardrailError
from enclave_policies.guardrails.packing import pack
from enclave_policies.guardrails.service_control import (
    LONGEST,
    MOST,
    approved_regions,
    document_text,
    service_control_policies,
    uncovered,
)
from enclave_policies.judging.judge import judge
from enclave_policies.law.folder import load_law
from enclave_policies.resources.resource import Provider, Resource
from enclave_policies.rules.jurisdiction import JURISDICTION

import located_yaml
from tests.enclave_policies.iam_evaluator import Request, denied

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.law import Law

cases: list[dict[str, Any]] = located_yaml.load(Path(__file__).with_name("service_control_cases.yaml")).data
dublin = Provider("dublin", "pulumi:providers:aws", "dublin-1-aws", {"region": "eu-west-1"})
# Regional services on which the region deny is tried in every region: the type and the action that creates it.
regional = {
    "aws:s3/bucket:Bucket": "s3:CreateBucket",
    "aws:ec2/vpc:Vpc": "ec2:CreateVpc",
    "aws:ebs/volume:Volume": "ec2:CreateVolume",
    "aws:dynamodb/table:Table": "dynamodb:CreateTable",
    "aws:sqs/queue:Queue": "sqs:CreateQueue",
    "aws:rds/instance:Instance": "rds:CreateDBInstance",
    "aws:cloudwatch/logGroup:LogGroup": "logs:CreateLogGroup",
    "aws:route53/resolverEndpoint:ResolverEndpoint": "route53resolver:CreateResolverEndpoint",
    "aws:fms/policy:Policy": "fms:PutPolicy",
}


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.fixture(scope="module")
def documents(law: Law) -> list[Mapping[str, Any]]:
    return [policy.document for policy in service_control_policies(law)]


def refused(type_: str, inputs: Mapping[str, Any], law: Law) -> bool:
    """Return whether the pack refuses a resource."""
    return bool(judge(Resource(f"{type_}::case", type_, "case", inputs, dublin), law, JURISDICTION))


def request_of(case: Mapping[str, Any]) -> Request:
    return Request(case["action"], case["at"], case.get("resource", "*"), case.get("keys", {}))


@pytest.mark.parametrize("case", cases, ids=lambda case: f"{case['action']} {case['at']} {case.get('inputs', '')}"[:90])
def test_the_policies_deny_what_the_table_says_and_the_pack_agrees_or_differs_by_design(
    case: Mapping[str, Any], documents: list[Mapping[str, Any]], law: Law
) -> None:
    assert denied(request_of(case), documents) is case["denied"]
    if "type" in case:
        assert (refused(case["type"], case["inputs"], law) is case["denied"]) is ("differs" not in case)


@pytest.mark.parametrize("type_", regional)
def test_in_every_region_the_policies_and_the_pack_say_the_same(
    type_: str, documents: list[Mapping[str, Any]], law: Law
) -> None:
    told = {region: denied(Request(regional[type_], region), documents) for region in law.regions}
    assert told == {region: refused(type_, {"region": region}, law) for region in law.regions}
    assert {region for region, no in told.items() if not no} == {"eu-west-1"}


def test_every_type_that_is_allowed_or_refused_by_name_meets_the_same_in_the_policies(
    documents: list[Mapping[str, Any]], law: Law
) -> None:
    tried = 0
    for type_, kind in law.types.items():
        if type_.startswith("aws:") and kind in ("global", "follows", "worldwide"):
            entry = aws_actions().of(type_)
            assert entry is not None, type_
            asked = [Request(_example(a), "eu-west-1" if entry.at == REGIONAL else entry.at) for a in entry.actions]
            assert {denied(request, documents) for request in asked} == {kind == "worldwide"}, type_
            tried += 1
    assert tried > 150


def _example(pattern: str) -> str:
    """Return an action that a pattern stands for, and that no other pattern names."""
    return pattern.replace("*", "Anything")


def test_each_policy_fits_is_complete_and_the_same_every_time(law: Law) -> None:
    policies = service_control_policies(law)
    assert [p.name for p in policies] == [f"jurisdiction-{number}" for number in range(1, len(policies) + 1)]
    assert policies == service_control_policies(law)
    assert len(policies) <= MOST
    for policy in policies:
        assert len(policy.content) <= LONGEST
        assert policy.document["Version"] == "2012-10-17"
        sids = [statement["Sid"] for statement in policy.document["Statement"]]
        assert len(set(sids)) == len(sids) > 0
        assert all(sid.isalnum() for sid in sids)


def test_a_law_with_many_accounts_is_split_and_says_the_same(law: Law) -> None:
    many = replace(law, accounts=frozenset(f"{number:012d}" for number in range(111122223333, 111122223373)))
    policies = service_control_policies(many)
    assert len(policies) > 1
    assert all(len(policy.content) <= LONGEST for policy in policies)
    split = [policy.document for policy in policies]
    alike = [case for case in cases if "vpc-peering" not in case.get("resource", "")]
    for case in alike:
        assert denied(request_of(case), split) is case["denied"], case["action"]
    peer = {"ec2:AccepterVpc": "arn:aws:ec2:eu-west-1:111122223372:vpc/v"}
    connection = "arn:aws:ec2:eu-west-1:111122223333:vpc-peering-connection/pcx-1"
    assert not denied(Request("ec2:CreateVpcPeeringConnection", "eu-west-1", connection, peer), split)


def test_a_law_that_cannot_fit_is_refused_with_the_limit_and_what_to_do(law: Law) -> None:
    far_too_many = replace(law, accounts=frozenset(f"{number:012d}" for number in range(400)))
    with pytest.raises(
        GuardrailError, match=r"'PeerOutside' takes \d+ characters, but 5120 is the limit .*approve fewer"
    ):
        service_control_policies(far_too_many)
    table = aws_actions()
    longer = replace(table, denied=tuple(replace(d, id=f"{d.id}{n}") for n in range(12) for d in table.denied))
    with pytest.raises(GuardrailError, match=r"needs \d+ service control policies, but 4 is the limit"):
        service_control_policies(law, actions=longer)


def test_a_long_list_of_actions_is_halved_and_an_exempting_list_never() -> None:
    def names(number: int) -> list[str]:
        return [f"service:DoSomething{n}" for n in range(number)]

    parts = pack([{"Sid": "Long", "Effect": "Deny", "Action": names(50), "Resource": "*"}], document_text, 600)
    assert [action for document in parts for statement in document for action in statement["Action"]] == names(50)
    assert all(len(document_text(document)) <= 600 for document in parts)
    with pytest.raises(GuardrailError, match="the actions that it leaves out cannot be divided"):
        pack([{"Sid": "Long", "Effect": "Deny", "NotAction": names(50), "Resource": "*"}], document_text, 600)


def test_a_second_country_opens_its_regions_and_a_home_region_needs_no_exemption(law: Law) -> None:
    with_us = replace(law, hosts=law.hosts | {"US"})
    documents = [policy.document for policy in service_control_policies(with_us)]
    assert not denied(Request("s3:CreateBucket", "us-east-2"), documents)
    assert denied(Request("s3:CreateBucket", "eu-west-2"), documents)
    assert denied(Request("cloudfront:CreateDistribution", "us-east-1"), documents), "worldwide, wherever it answers"
    assert not denied(Request("iam:CreateRole", "us-east-1"), documents)
    exempted = documents[0]["Statement"][0]["NotAction"]
    assert "iam:*" not in exempted


def test_an_approved_local_zone_may_be_opened(law: Law) -> None:
    helsinki = replace(law, hosts=law.hosts | {"FI"})
    documents = [policy.document for policy in service_control_policies(helsinki)]
    assert not denied(Request("ec2:ModifyAvailabilityZoneGroup", "eu-west-1"), documents)


def test_a_partition_without_an_approved_region_is_refused(law: Law) -> None:
    with pytest.raises(GuardrailError, match="approves no region of the partition 'aws-cn'"):
        service_control_policies(law, "aws-cn")


def test_the_table_names_the_actions_of_every_type_that_needs_them(law: Law) -> None:
    assert uncovered(law) == [], "add the types to law/guardrails/aws-actions.yaml"


def test_a_type_whose_actions_nobody_named_is_told_and_leaves_the_rest_as_it_is(law: Law) -> None:
    types = {**law.types, "aws:newservice/thing:Thing": "worldwide", "aws:newservice/other:Other": "regional"}
    stranger = replace(law, types=types)
    assert uncovered(stranger) == ["aws:newservice/thing:Thing"]
    assert service_control_policies(stranger) == service_control_policies(law)


def test_a_refused_type_that_would_take_its_whole_module_with_it_is_an_error_that_says_what_to_do(law: Law) -> None:
    newcomer = replace(law, types={**law.types, "aws:iam/newThing:NewThing": "worldwide"})
    with pytest.raises(GuardrailError, match=r"aws:iam/newThing:NewThing is refused, but .* an entry of its own"):
        service_control_policies(newcomer)


# Prefixes of IAM whose client has another name, or none at all; and actions that are not called like the operation.
clients = {
    "s3": ["s3", "s3control"],
    "tax": ["taxsettings"],
    "pricingplanmanager": ["pricing-plan-manager"],
    "notifications-contacts": ["notificationscontacts"],
    "chime": ["chime-sdk-voice"],
    "mobiletargeting": ["pinpoint"],
}
without_client = {"consolidatedbilling", "payments"}
not_an_operation = {
    "s3:ListAllMyBuckets",
    "s3:GetAccountPublicAccessBlock",
    "s3:PutAccountPublicAccessBlock",
    "s3:PutAccelerateConfiguration",
}


def test_every_action_that_the_table_names_is_one_that_aws_has() -> None:
    table, session = aws_actions(), botocore.session.get_session()
    listed = [
        *(entry.actions for entry in table.types.values()),
        *(entry.actions for entry in table.exempted),
        *(entry.actions for entry in table.denied),
    ]
    named = {action for actions in listed for action in actions} - not_an_operation
    unknown = []
    for action in sorted(named):
        prefix, _, verb = action.partition(":")
        if prefix in without_client:
            continue
        operations = [
            operation
            for client in clients.get(prefix, [prefix])
            for operation in session.get_service_model(client).operation_names
        ]
        if not any(fnmatchcase(operation, verb) for operation in operations):
            unknown.append(action)
    assert len(named) > 80
    assert unknown == []


def test_every_denial_mirrors_a_rule_of_the_pack_or_guards_the_guardrail() -> None:
    mirrored = {entry.mirrors for entry in aws_actions().denied}
    assert mirrored - {rule.id for rule in JURISDICTION} == {"the guardrail itself"}


def test_every_region_in_which_an_api_answers_is_one_that_the_law_knows(law: Law) -> None:
    homes = {entry.at for entry in aws_actions().types.values()}
    assert homes - {REGIONAL} <= set(law.regions)


def test_a_policy_that_forgets_a_region_would_be_noticed(law: Law) -> None:
    """The seeded bug of this family: London among the approved regions, and the comparison with the pack fails."""
    wrong = [
        {
            "Statement": [
                {
                    "Effect": "Deny",
                    "NotAction": ["iam:*"],
                    "Resource": "*",
                    "Condition": {
                        "StringNotEquals": {"aws:RequestedRegion": [*approved_regions(law, "aws"), "eu-west-2"]}
                    },
                }
            ]
        }
    ]
    told = {region: denied(Request("s3:CreateBucket", region), wrong) for region in law.regions}
    assert told != {region: refused("aws:s3/bucket:Bucket", {"region": region}, law) for region in law.regions}
