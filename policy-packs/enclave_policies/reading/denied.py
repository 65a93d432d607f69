"""What a packet filter names only to keep it out: no way leads there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.catalog.values import values_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.reading import Reading

ACLS: Final = frozenset(
    {"aws:ec2/networkAcl:NetworkAcl", "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"}
    | {"aws:ec2/networkAclRule:NetworkAclRule"}
)
FIREWALL: Final = "aws:networkfirewall/ruleGroup:RuleGroup"
_SOURCE: Final = "ruleGroup.rulesSource"
_STATELESS: Final = "ruleDefinition.matchAttributes.destinations.addressDefinition"
STOPS: Final = frozenset(
    {"deny", "drop", "reject", "alert", "aws:drop", "aws:forward_to_sfe", "denylist", "rejectlist", "alertlist"}
)
"""What lets nothing pass by itself: entries of an ACL, rules and lists of AWS Network Firewall (its API reference)."""
PASSES: Final = "aws:pass"


def denied(reading: Reading) -> frozenset[str]:
    """Return the addresses and hosts that an ACL or a firewall only stops, or only looks for."""
    stopped: set[str] = set()
    passed: set[str] = set()
    for actions, named in _entries(reading):
        told = {str(action).lower() for action in actions}
        stops = not STOPS.isdisjoint(told) and PASSES not in told
        (stopped if stops else passed).update(value for value in named if isinstance(value, str))
    return frozenset(stopped - passed)


def _entries(reading: Reading) -> Iterator[tuple[list[Any], list[Any]]]:
    """Yield what each entry does, and what it names."""
    props = reading.settings
    if reading.resource.type in ACLS:
        entries = [props, *values_at(props, "ingress"), *values_at(props, "egress")]
        for entry in entries:
            if isinstance(entry, dict):
                action = entry.get("action") or entry.get("ruleAction")
                yield [action], [entry.get("cidrBlock"), entry.get("ipv6CidrBlock")]
    elif reading.resource.type == FIREWALL:
        for rule in values_at(props, f"{_SOURCE}.statefulRules"):
            yield list(values_at(rule, "action")), list(values_at(rule, "header.destination"))
        for rule in values_at(props, f"{_SOURCE}.statelessRulesAndCustomActions.statelessRules"):
            yield list(values_at(rule, "ruleDefinition.actions")), list(values_at(rule, _STATELESS))
        listed = f"{_SOURCE}.rulesSourceList"
        yield list(values_at(props, f"{listed}.generatedRulesType")), list(values_at(props, f"{listed}.targets"))
