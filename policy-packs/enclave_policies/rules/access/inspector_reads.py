"""ACC-009: whoever an inspector lets in only looks, at no data and no Secret, and nobody else becomes the inspector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access.actions import actions, called
from enclave_policies.access.attachments import attached, granted
from enclave_policies.access.cluster_rights import bindings
from enclave_policies.access.grants import ROLE, copies, document, names_of, reaches, trust_of, trusts, who_gets
from enclave_policies.access.hosts import LAUNCHING, hosts_of
from enclave_policies.access.managed import managed_policies
from enclave_policies.access.programs import let_in, more, program_of
from enclave_policies.access.watched import accounts
from enclave_policies.identifiers.arns import arns_in
from enclave_policies.identifiers.shown import shown
from enclave_policies.kubernetes.objects import PREFIX, entries, mapping, objects_of
from enclave_policies.law.folder.access import access_of, inspector_of
from enclave_policies.reading.gathered import each, once
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN
from hosts.gateway.starting import SHIPPER_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.access.cluster_rights import Binding, Rules
    from enclave_policies.access.declared import Program
    from enclave_policies.iam.documents import Statement
    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

LOOKING: Final = frozenset({"get", "list", "watch"})
HOLDING: Final = frozenset({"secrets", "*"})
DOORS: Final = ("/exec", "/attach", "/portforward", "/proxy", "/ephemeralcontainers", "/token", "/log")
ACCOUNT: Final = "kubernetes:core/v1:ServiceAccount"
SEGMENT, GATEWAY = "enclave/segment", "gateway"
HARMLESS: Final = frozenset({"view"})
"""A role of every cluster that reads no Secret (Kubernetes documentation, Using RBAC Authorization)."""


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge roles that an inspector's account assumes, who else could have them, and bindings in a cluster."""
    if reading.resource.type.startswith(PREFIX):
        yield from _cluster(reading, stack)
        return
    trust = trust_of(reading, stack)
    yield from _becoming(reading, stack)
    program = program_of(trust, stack) if trust else None
    if program is not None:
        yield from _program(reading, program, stack)
        return
    if trust is None or not trust.inspector:
        return
    if reading.resource.type == ROLE:
        yield from _trust(reading)
    for path, one in granted(reading, stack):
        for problem in _rights(one, stack):
            yield rule.finding(reading, f"lets the inspector {trust.inspector} {problem}", at=path)
    yield from _attached(reading, stack, trust.inspector)


def _program(reading: Reading, program: Program, stack: Stack) -> Iterator[Finding]:
    """Judge the role of the inspector's program, and what gives it rights."""
    if reading.resource.type == ROLE:
        for problem, verdict in let_in(reading, program):
            yield rule.finding(reading, problem, verdict=verdict, at="assumeRolePolicy")
    for path, one in granted(reading, stack):
        for problem in more(one, lambda one: _of_bundles(one, stack)):
            yield rule.finding(reading, f"lets the watch of the inspector {program.inspector} {problem}", at=path)
    yield from _attached(reading, stack, program.inspector)


def _becoming(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge rights of others that make an inspector's role their own."""
    who = who_gets(reading, stack)
    if not who:
        return
    names = [name for name, trust in trusts(stack).items() if trust.inspector]
    roles = [f"arn:aws:iam::{account}:role/{name}" for account in reading.law.accounts for name in names]
    for path, one in granted(reading, stack):
        doing = sorted({found for action in one.actions or ("*",) for found in actions().becoming(action)})
        if doing and reaches(one, roles):
            problem = f"lets {who.told} become the inspector, or shut it out ({doing[0]})"
            yield rule.finding(reading, problem, verdict=who.verdict, at=path)


def _attached(reading: Reading, stack: Stack, inspector: str) -> Iterator[Finding]:
    """Judge policies that are attached by name."""
    for policy in attached(reading, stack):
        if policy.of_aws and policy.name not in managed_policies().only_look:
            problem = f"gives the inspector {inspector} more than looks ({policy.name})"
            yield rule.finding(reading, problem, at=policy.path)
        elif policy.allows is None:
            problem = f"gives the inspector {inspector} a policy that does not stand here ({shown(policy.name)})"
            yield rule.finding(reading, problem, verdict="undetermined", at=policy.path)


def _trust(reading: Reading) -> Iterator[Finding]:
    for one in document(reading.setting("assumeRolePolicy")):
        if not one.allows:
            continue
        for who in _others(one, reading.law):
            problem = f"lets {shown(who)} in, who is not of the inspector's account"
            yield rule.finding(reading, problem, at="assumeRolePolicy")
        conditions = one.conditions
        exact = any(operator == "stringequals" for operator, _ in conditions.get("sts:externalid", ()))
        if not exact:
            problem = "lets an inspector in without its external id, so whoever the inspector serves (sts:ExternalId)"
            yield rule.finding(reading, problem, at="assumeRolePolicy")
        mfa = conditions.get("aws:multifactorauthpresent", ())
        if not any(operator == "bool" and [str(v).lower() for v in values] == ["true"] for operator, values in mfa):
            problem = "lets an inspector in without a second factor (aws:MultiFactorAuthPresent)"
            yield rule.finding(reading, problem, at="assumeRolePolicy")


def _others(one: Statement, law: Law) -> Iterator[str]:
    """Yield the principals of a trust that are no inspector's."""
    for kind, principal in one.principals:
        arns = arns_in(str(principal))
        account = arns[0].account if arns else str(principal)
        if principal is not UNKNOWN and not (kind == "aws" and inspector_of(account, law)):
            yield str(principal)


def _rights(one: Statement, stack: Stack) -> Iterator[str]:
    """Yield what of a statement is more than a look, as the end of a sentence."""
    for action in one.actions or ("*",):
        reads = actions().reading(action)
        if reads and not _of_copy(one, stack) and not _of_bundles(one, stack):
            yield f"read what is stored ({called(action)})"
        elif not reads and not actions().only_looks(action):
            yield f"do more than look ({called(action)})"


def _of_copy(one: Statement, stack: Stack) -> bool:
    """Return whether a statement is about the inspector's copy and nothing else."""
    own = [name for copy in copies(stack) for name in names_of(copy)]
    patterns = [str(resource) for resource in one.resources]
    if not patterns or UNKNOWN in one.resources:
        return UNKNOWN in one.resources
    return all(pattern.rstrip("*/") in own or pattern.removesuffix("/*") in own for pattern in patterns)


def _of_bundles(one: Statement, stack: Stack) -> bool:
    """Return whether a statement is about what lies beside the bundles of gateways' hosts, and nothing else."""
    patterns = [str(resource) for resource in one.resources if resource is not UNKNOWN]
    return len(patterns) == len(one.resources) > 0 and all(pattern.startswith(_beside(stack)) for pattern in patterns)


@once
def _beside(stack: Stack) -> tuple[str, ...]:
    """Return how the ARN of everything begins that lies beside a bundle which hosts of the stack start with."""
    launched = [host for type_ in LAUNCHING for reading in stack.of_type(type_) for host in hosts_of(reading.resource)]
    folders = {(bucket, key.rpartition("/")[0]) for host in launched for bucket, key in host.at}
    return tuple(f"arn:aws:s3:::{bucket}/{folder}/" for bucket, folder in sorted(folders) if bucket and folder)


def _cluster(reading: Reading, stack: Stack) -> Iterator[Finding]:
    for binding in bindings(reading):
        for name in _shippers(binding, stack):
            problem = f"gives {shown(name)} rights in the cluster; what ships records to the inspector has none"
            yield rule.finding(reading, problem, at=binding.path)
        who = next((name for name in binding.people() if _is_inspector(name, reading.law)), None)
        who = who or next((f"{one[0]}:{one[1]}" for one in binding.accounts() if one in accounts(stack)), None)
        if who is None:
            continue
        rules = binding.rules(stack)
        if rules is None and binding.role is not UNKNOWN and binding.role not in HARMLESS:
            problem = f"gives the inspector {shown(who)} the role {shown(str(binding.role))}, which does not stand here"
            yield rule.finding(reading, problem, verdict="undetermined", at=binding.path)
        for problem in dict.fromkeys(_looks(rules or ())):
            yield rule.finding(reading, f"lets the inspector {shown(who)} {problem}", at=binding.path)


def _shippers(binding: Binding, stack: Stack) -> list[str]:
    """Return the accounts that ship records and that a binding names, as service accounts or as users."""
    return [f"{one[0]}:{one[1]}" for one in binding.accounts() if one in _shipping(stack)]


@once
def _shipping(stack: Stack) -> frozenset[Any]:
    """Return the accounts that ship records, where a gateway runs: each namespace and name."""
    return frozenset(one for found in each(stack, stack.of_type(ACCOUNT), _shipper) for one in found)


def _shipper(reading: Reading) -> list[tuple[Any, Any]]:
    found = [one for one in objects_of(reading.resource) if one.metadata("name") == SHIPPER_ACCOUNT]
    labelled = [(one, mapping(one.metadata("labels"))) for one in found]
    return [
        (one.metadata("namespace"), SHIPPER_ACCOUNT)
        for one, labels in labelled
        if labels is UNKNOWN or labels.get(SEGMENT) == GATEWAY
    ]


def _is_inspector(name: str, law: Law) -> bool:
    """Return whether a group or user is an inspector's: it is called as the law calls the inspector."""
    known = {**access_of(law).inspectors, **access_of(law).stand_ins}
    return any(name == one or name.startswith((f"{one}-", f"{one}:")) for one in known)


def _looks(rules: Rules) -> Iterator[str]:
    for one in rules:
        verbs, resources = (list(map(str, entries(one.get(name)))) for name in ("verbs", "resources"))
        if more := sorted(set(verbs) - LOOKING):
            yield f"do more than look ({', '.join(more)} on {', '.join(resources)})"
        for resource in resources:
            if resource in HOLDING or resource.endswith(DOORS):
                yield f"read Secrets or open a door ({resource})"


rule = StackRule(
    id="ACC-009",
    name="inspector-reads",
    title="Whoever an inspector lets in only looks, at no data and no Secret, and nobody else becomes the inspector.",
    severity="critical",
    remedy="let the program make the inspector's roles from its declared scopes, and name the roles that others change",
    check=check,
    placing=False,
)
