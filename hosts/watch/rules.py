"""Network rules as texts that are the same for the same rule, whoever tells of it: a cluster, a cloud, or a state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def policy_rule(policy: Mapping[str, Any]) -> tuple[str, str]:
    """Return name and text of a NetworkPolicy, as the API server tells it (with its defaults)."""
    metadata = policy["metadata"]
    return f"networkpolicy {metadata['namespace']}/{metadata['name']}", _text(_bare(policy.get("spec") or {}))


def namespace_of(name: str) -> str:
    """Return the namespace in the name of a NetworkPolicy's rule."""
    return name.partition(" ")[2].partition("/")[0]


def group_rule(rule: Mapping[str, Any]) -> tuple[str, str]:
    """Return name and text of a security group's rule, in the form of EC2's DescribeSecurityGroupRules."""
    direction = "egress" if rule.get("IsEgress") else "ingress"
    peer = next(
        (str(value) for key in ("CidrIpv4", "CidrIpv6", "PrefixListId") if (value := rule.get(key))),
        str((rule.get("ReferencedGroupInfo") or {}).get("GroupId") or ""),
    )
    protocol = str(rule.get("IpProtocol", "-1"))
    ports = "" if protocol == "-1" else f" {rule.get('FromPort')}-{rule.get('ToPort')}"
    return (
        f"security group rule {rule['SecurityGroupRuleId']}",
        f"{rule['GroupId']} {direction} {protocol}{ports} {peer}",
    )


def acl_rule(acl: str, entry: Mapping[str, Any]) -> tuple[str, str]:
    """Return name and text of an entry of a network ACL, in the form of EC2's DescribeNetworkAcls."""
    direction = "egress" if entry.get("Egress") else "ingress"
    ports = entry.get("PortRange") or {}
    span = f" {ports['From']}-{ports['To']}" if ports.get("From") is not None and ports.get("To") is not None else ""
    peer = entry.get("CidrBlock") or entry.get("Ipv6CidrBlock") or ""
    name = f"network ACL entry {acl} {direction} {entry['RuleNumber']}"
    return name, f"{entry['RuleAction']} {entry['Protocol']}{span} {peer}"


def _bare(value: Any) -> Any:
    """Return a value without what is empty: a server leaves it out, or puts it in."""
    if isinstance(value, dict):
        return {key: bare for key, each in sorted(value.items()) if (bare := _bare(each)) is not None}
    if isinstance(value, list):
        return [_bare(each) for each in value]
    return value


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
