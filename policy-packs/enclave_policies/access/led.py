"""Where balancers of gateways in AWS lead people: to target groups that hosts of a gateway are in, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access.launched import TARGET_GROUPS, gateways_groups, named
from enclave_policies.access.meant import gateways_meant
from enclave_policies.access.recognised import listed, mapped
from enclave_policies.identifiers.shown import shown
from enclave_policies.reading.gathered import once
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

BALANCERS: Final = frozenset({"aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"})
LISTENERS: Final = frozenset({"aws:lb/listener:Listener", "aws:alb/listener:Listener"})
ACTIONS: Final = {
    **dict.fromkeys(LISTENERS, "defaultActions"),
    "aws:lb/listenerRule:ListenerRule": "actions",
    "aws:alb/listenerRule:ListenerRule": "actions",
}
"""Types that lead people somewhere, and the input that says where."""
NOWHERE: Final = frozenset({"fixed-response", "authenticate-oidc", "authenticate-cognito", "jwt-validation"})
"""Kinds of actions that lead nobody to anything."""


def led_elsewhere(reading: Reading, stack: Stack) -> Iterator[tuple[str, str, bool]]:
    """Yield where a listener of a gateway's balancer leads people, but to its hosts; and whether nobody knows yet."""
    path = ACTIONS.get(reading.resource.type)
    if path is None or not any(one.resource.urn in _gateways(stack) for one in _balancers(reading, stack)):
        return
    for action in listed(reading.resource.props.get(path)):
        kind = mapped(action).get("type")
        if kind not in (*NOWHERE, "forward"):
            yield path, f"answers people by {shown(str(kind))} where a gateway is to answer", kind is UNKNOWN
    groups = list(named(reading, path, TARGET_GROUPS, stack))
    for group in groups:
        if group.resource.urn not in gateways_groups(stack):
            problem = f"leads people to {group.resource.name}, which no host of a gateway is in"
            yield path, problem, False
    targets = [one for action in listed(reading.resource.props.get(path)) for one in _targets(action)]
    if targets and not groups:
        yield path, "leads people to a target group that this stack does not hold", UNKNOWN in targets


def _targets(action: Any) -> Iterator[Any]:
    """Yield what an action forwards to, by ARN."""
    if mapped(action).get("targetGroupArn") is not None:
        yield action["targetGroupArn"]
    forward = mapped(action).get("forward")
    for one in forward if isinstance(forward, list) else [forward]:
        yield from (mapped(group).get("arn") for group in listed(mapped(one).get("targetGroups")))


def _balancers(reading: Reading, stack: Stack) -> Iterator[Reading]:
    """Yield the load balancers that a listener, or a rule of one, belongs to."""
    if reading.resource.type in LISTENERS:
        yield from named(reading, "loadBalancerArn", BALANCERS, stack)
        return
    for listener in named(reading, "listenerArn", LISTENERS, stack):
        yield from _balancers(listener, stack)


@once
def _gateways(stack: Stack) -> frozenset[str]:
    """Return the balancers (URNs) of gateways: those that are declared by name, and those that lead to one."""
    names = [meant.balancer for meant in gateways_meant(stack).values() if meant.balancer]  # no set: a name may be junk
    declared = {
        one.resource.urn
        for type_ in BALANCERS
        for one in stack.of_type(type_)
        if one.resource.props.get("name") in names
    }
    leading = {
        balancer.resource.urn
        for type_, path in ACTIONS.items()
        for one in stack.of_type(type_)
        if any(group.resource.urn in gateways_groups(stack) for group in named(one, path, TARGET_GROUPS, stack))
        for balancer in _balancers(one, stack)
    }
    return frozenset(declared | leading)
