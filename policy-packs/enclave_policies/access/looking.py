"""What an inspector gets to see: by the policies of its role in AWS, by bindings of its groups in a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access.attachments import granted
from enclave_policies.access.cluster_rights import bindings
from enclave_policies.access.grants import DOCUMENTS, IN_ROLE, ROLE, document, trust_of
from enclave_policies.access.watched import accounts
from enclave_policies.iam.wildcards import matches
from enclave_policies.kubernetes.objects import PACKAGE, entries
from enclave_policies.reading.gathered import each, once
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enclave_policies.access.cluster_rights import Binding
    from enclave_policies.access.declared import InCluster, Look
    from enclave_policies.access.grants import Trust
    from enclave_policies.iam.documents import Statement
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

REGION: Final = frozenset({"aws:requestedregion"})
"""The one condition that narrows nothing: a site's inspector looks in the site's region."""
LOOKING: Final = frozenset({"get", "list", "watch"})
WATCHED: Final = ("/pods", "/configmaps", "networking.k8s.io/networkpolicies")
"""What a watch asks of a namespace, as far as the inspector sees it there."""


def unseen_in_aws(looks: Iterable[Look], trust: Trust, stack: Stack) -> list[str]:
    """Return the declared actions that a role of the inspector's lacks; none while nobody knows its policies."""
    found = _statements(trust, stack)
    if found is None:
        return []
    return sorted(
        {
            action
            for look in looks
            for action in look.actions
            for resource in look.resources or ("",)
            if not _seen(action, resource, found)
        }
    )


def _statements(trust: Trust, stack: Stack) -> list[Statement] | None:
    found: list[Statement] = []
    for type_ in (ROLE, *IN_ROLE):
        for reading in stack.of_type(type_):
            whose = trust_of(reading, stack)
            if whose is None or whose.reading is not trust.reading:
                continue
            if any(reading.setting(path) is UNKNOWN for path in DOCUMENTS):
                return None
            found += [one for _, one in granted(reading, stack)]
            found += _refusing(reading)
    return found


def _refusing(reading: Reading) -> Iterator[Statement]:
    inline = [one.get("policy") for one in entries(reading.setting("inlinePolicies")) if isinstance(one, dict)]
    for policy in (*map(reading.setting, DOCUMENTS), *inline):
        yield from (one for one in document(policy) if not one.allows)


def _seen(action: str, resource: str, found: Sequence[Statement]) -> bool:
    about = [one for one in found if any(matches(action.lower(), str(each).lower()) for each in one.actions)]
    return not any(not one.allows for one in about) and any(
        set(one.conditions) <= REGION and (not resource or any(matches(resource, str(each)) for each in one.resources))
        for one in about
    )


def unseen_in_cluster(site: InCluster, stack: Stack) -> Iterator[tuple[str, str, str]]:
    """Yield what a declared group does not see: the group, the namespace ("" for the cluster), GROUP/RESOURCE."""
    for group in site.groups:
        own = [one for one in _bindings(stack) if group in one.people() and one.site in (site.site, None)]
        if any(one.rules(stack) is None and one.role is UNKNOWN for one in own):
            continue  # judged again before it is created
        for space, wanted in (*site.namespaces.items(), ("", site.cluster)):
            rules = [rule for one in own if one.namespace in (None, space) for rule in one.rules(stack) or ()]
            yield from ((group, space, one) for one in wanted if not any(_shows(rule, one) for rule in rules))


@once
def _bindings(stack: Stack) -> tuple[Binding, ...]:
    def read(reading: Reading) -> list[Binding]:
        return list(bindings(reading))

    return tuple(one for found in each(stack, stack.of_package(PACKAGE), read) for one in found)


def blind(site: InCluster, stack: Stack) -> Iterator[tuple[str, str]]:
    """Yield what the account of a site's watch does not see and must: the namespace and GROUP/RESOURCE."""
    own = [one for one in _bindings(stack) if not accounts(stack).isdisjoint(one.accounts())]
    if site.watch is None or any(one.rules(stack) is None and one.role is UNKNOWN for one in own):
        return
    for space, declared in site.namespaces.items():
        rules = [rule for one in own if one.namespace in (None, space) for rule in one.rules(stack) or ()]
        wanted = [one for one in WATCHED if one in declared]
        yield from ((space, one) for one in wanted if not any(_shows(rule, one) for rule in rules))


def _shows(rule: Any, wanted: str) -> bool:
    group, _, resource = wanted.partition("/")
    verbs = set(map(str, entries(rule.get("verbs"))))
    return (
        (verbs >= LOOKING or "*" in verbs)
        and not {group, "*"}.isdisjoint(map(str, entries(rule.get("apiGroups"))))
        and not {resource, "*"}.isdisjoint(map(str, entries(rule.get("resources"))))
        and not entries(rule.get("resourceNames"))
    )
