"""Rules of a state and rules as the clouds tell them come out as the same texts (the engine's tests compare all)."""

from __future__ import annotations

from typing import Any

import pytest

from console.watch.rules_of_state import by_type, rules_in
from hosts.watch.rules import acl_rule, group_rule, policy_rule

GROUP: dict[str, Any] = {
    "type": "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "id": "sgr-1",
    "outputs": {
        "securityGroupId": "sg-1",
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "10.0.0.0/8",
    },
}
LIVE_GROUP = {
    "SecurityGroupRuleId": "sgr-1",
    "GroupId": "sg-1",
    "IsEgress": False,
    "IpProtocol": "tcp",
    "FromPort": 443,
    "ToPort": 443,
    "CidrIpv4": "10.0.0.0/8",
    "Tags": [],
}
ACL: dict[str, Any] = {
    "type": "aws:ec2/networkAcl:NetworkAcl",
    "id": "acl-1",
    "outputs": {
        "ingress": [
            {
                "ruleNo": 100,
                "action": "allow",
                "protocol": "tcp",
                "fromPort": 443,
                "toPort": 443,
                "cidrBlock": "10.0.0.0/8",
            }
        ],
        "egress": [
            {"ruleNo": 100, "action": "allow", "protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlock": "0.0.0.0/0"}
        ],
    },
}
LIVE_ACL: list[dict[str, Any]] = [
    {
        "Egress": False,
        "RuleNumber": 100,
        "RuleAction": "allow",
        "Protocol": "6",
        "PortRange": {"From": 443, "To": 443},
        "CidrBlock": "10.0.0.0/8",
    },
    {"Egress": True, "RuleNumber": 100, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"},
]
POLICY: dict[str, Any] = {
    "type": "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "id": "store/in",
    "outputs": {
        "metadata": {"namespace": "store", "name": "in", "uid": "1"},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": None},
    },
}
LIVE_POLICY: dict[str, Any] = {
    "metadata": {"namespace": "store", "name": "in", "uid": "2", "generation": 3},
    "spec": {"policyTypes": ["Ingress"], "podSelector": {}},
}


def test_a_state_and_the_clouds_tell_the_same_rules() -> None:
    live = [group_rule(LIVE_GROUP), policy_rule(LIVE_POLICY), *(acl_rule("acl-1", entry) for entry in LIVE_ACL)]
    assert rules_in(by_type([GROUP, ACL, POLICY])) == dict(live)
    assert len(live) == 4


@pytest.mark.parametrize(
    ("entry", "name", "value"),
    [
        ({**LIVE_GROUP, "CidrIpv4": "0.0.0.0/0"}, group_rule, GROUP),
        ({**LIVE_GROUP, "ToPort": 65535}, group_rule, GROUP),
        ({**LIVE_GROUP, "IpProtocol": "-1"}, group_rule, GROUP),
        ({**LIVE_GROUP, "IsEgress": True}, group_rule, GROUP),
        ({**LIVE_GROUP, "CidrIpv4": None, "ReferencedGroupInfo": {"GroupId": "sg-9"}}, group_rule, GROUP),
        ({**LIVE_POLICY, "spec": {**LIVE_POLICY["spec"], "ingress": [{}]}}, policy_rule, POLICY),
    ],
)
def test_another_rule_is_another_text(entry: dict[str, Any], name: Any, value: dict[str, Any]) -> None:
    """The seeded bugs of this family."""
    told, text = name(entry)
    assert rules_in(by_type([value]))[told] != text
