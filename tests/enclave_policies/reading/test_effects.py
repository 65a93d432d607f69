"""What a reference does decides which transfer rule excuses it: a rule for links excuses no copy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.catalog.effects import effect
from enclave_policies.judging.judge import judge
from enclave_policies.law.folder import load_law
from enclave_policies.law.instruments import REGIMES, TransferRule
from enclave_policies.resources.resource import Provider, Resource
from enclave_policies.rules.jurisdiction import JURISDICTION

if TYPE_CHECKING:
    from enclave_policies.law import Law
    from enclave_policies.law.instruments import Movement

DUBLIN = Provider(
    "p", "pulumi:providers:aws", "dublin-1", {"region": "eu-west-1", "allowedAccountIds": '["111122223333"]'}
)
QUEUE = "arn:aws:sqs:us-east-1:111122223333:jobs"
SHIPPED = load_law()


def allowing(movement: Movement) -> Law:
    home, away = frozenset({"IE"}), frozenset({"US"})
    rule = TransferRule("t", "contract-clauses", home | away, home | away, frozenset({movement}), frozenset(REGIMES))
    return replace(SHIPPED, transfers=(*SHIPPED.transfers, rule))


def refused(props: dict[str, Any], type_: str, law: Law) -> set[str]:
    return {finding.rule for finding in judge(Resource("urn", type_, "r", props, DUBLIN), law, JURISDICTION)}


LINKS: dict[str, tuple[str, dict[str, Any]]] = {
    "a peer": ("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", {"peerRegion": "us-east-1"}),
    "a queue that is asked": (
        "aws:lambda/function:Function",
        {"environment": {"variables": {"QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/111122223333/jobs"}}},
    ),
}
COPIES: dict[str, tuple[str, dict[str, Any]]] = {
    "a replica": (
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        {
            "rules": [
                {"destination": {"replicationTime": {}, "bucket": "arn:aws:s3:us-east-1:111122223333:accesspoint/x"}}
            ]
        },
    ),
    "a backup's copy": (
        "aws:backup/plan:Plan",
        {"rules": [{"copyActions": [{"destinationVaultArn": "arn:aws:backup:us-east-1:111122223333:backup-vault:x"}]}]},
    ),
    "logs that are sent out": (
        "aws:lambda/function:Function",
        {"environment": {"variables": {"LOG_SINK_URL": "https://logs.us-east-1.amazonaws.com/x"}}},
    ),
}


@pytest.mark.parametrize("what", LINKS)
def test_a_rule_for_links_excuses_a_link_and_a_rule_for_copies_does_not(what: str) -> None:
    type_, props = LINKS[what]
    assert not refused(props, type_, allowing("link")) & {"JUR-004", "JUR-010", "JUR-015"}
    assert refused(props, type_, allowing("copy")) & {"JUR-004", "JUR-010", "JUR-015"}


@pytest.mark.parametrize("what", COPIES)
def test_a_rule_for_copies_excuses_a_copy_and_a_rule_for_links_does_not(what: str) -> None:
    type_, props = COPIES[what]
    assert not refused(props, type_, allowing("copy")) & {"JUR-004", "JUR-010", "JUR-015"}
    assert refused(props, type_, allowing("link")) & {"JUR-004", "JUR-010", "JUR-015"}


@pytest.mark.parametrize(
    ("path", "role", "does"),
    [
        ("rules.destination.bucket", None, "copied"),
        ("peerVpcId", None, "linked"),
        ("sourceArn", None, "asked"),
        ("region", "region:place", "kept"),
        ("regions", "region:filter", "identity"),
        ("catalogId", None, "linked"),
        ("loginUrl", None, "linked"),
        ("copyActions.vault", None, "copied"),
    ],
)
def test_the_words_of_a_path_say_what_its_input_does_unless_its_role_says_it(
    path: str, role: str | None, does: str
) -> None:
    assert effect(path, role) == does
