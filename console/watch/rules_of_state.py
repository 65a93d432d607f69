"""The network rules that a stack's state holds, in the form in which the watch reads live ones."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from hosts.watch.rules import acl_rule, group_rule, policy_rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Rules = Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]]

PROTOCOLS: Final = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58", "-1": "-1", "all": "-1"}
"""EC2 tells the protocols of a network ACL by their numbers (IANA)."""


def rules_in(entries: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, str]:
    """Return the rules of a site, by name; ``entries`` are the state's, by type."""
    return dict(rule for type_, read in _READERS.items() for entry in entries.get(type_, ()) for rule in read(entry))


def by_type(entries: list[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Return entries of a state by their type."""
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for entry in entries:
        found[entry["type"]].append(entry)
    return found


def _policy(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield policy_rule(entry["outputs"])


def _group_rule(*, egress: bool) -> Rules:
    def read(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        said = entry["outputs"]
        yield group_rule(
            {
                "SecurityGroupRuleId": entry["id"],
                "GroupId": said["securityGroupId"],
                "IsEgress": egress,
                "IpProtocol": said["ipProtocol"],
                "FromPort": said.get("fromPort"),
                "ToPort": said.get("toPort"),
                "CidrIpv4": said.get("cidrIpv4"),
                "CidrIpv6": said.get("cidrIpv6"),
                "PrefixListId": said.get("prefixListId"),
                "ReferencedGroupInfo": {"GroupId": said.get("referencedSecurityGroupId")},
            }
        )

    return read


def _acl(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for direction in ("ingress", "egress"):
        for row in entry["outputs"].get(direction) or ():
            protocol = PROTOCOLS.get(str(row["protocol"]), str(row["protocol"]))
            ports = {"From": row.get("fromPort"), "To": row.get("toPort")} if protocol in ("6", "17") else None
            yield acl_rule(
                entry["id"],
                {
                    "Egress": direction == "egress",
                    "RuleNumber": row["ruleNo"],
                    "RuleAction": row["action"],
                    "Protocol": protocol,
                    "PortRange": ports,
                    "CidrBlock": row.get("cidrBlock"),
                    "Ipv6CidrBlock": row.get("ipv6CidrBlock"),
                },
            )


_READERS: Final[Mapping[str, Rules]] = {
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": _policy,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _group_rule(egress=False),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _group_rule(egress=True),
    "aws:ec2/networkAcl:NetworkAcl": _acl,
}
