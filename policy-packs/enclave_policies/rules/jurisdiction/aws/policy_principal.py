"""JUR-012: no policy document lets an outsider in, or lets the enclave's own reach out to a place abroad."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from enclave_policies.iam.documents import Statement, statements
from enclave_policies.iam.wildcards import matches
from enclave_policies.identifiers.addresses import is_own_address
from enclave_policies.identifiers.arns import arns_in
from enclave_policies.identifiers.shown import shown
from enclave_policies.law.folder.access import inspector_of
from enclave_policies.places.regions import refused_region, region_in_host
from enclave_policies.reading.flow import flow
from enclave_policies.reading.rule import Rule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding, Verdict
    from enclave_policies.reading.reading import Reading

ACCOUNT = re.compile(r"\d{12}")
EXACT = ("stringequals", "stringequalsignorecase", "arnequals", "stringlike", "arnlike")
ACCOUNT_KEYS = (
    "aws:sourceaccount",
    "aws:principalaccount",
    "aws:sourceowner",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
)
UNLESS = {
    "stringnotequals": "stringequals",
    "stringnotequalsifexists": "stringequals",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
    "notipaddressifexists": "ipaddress",
}
"""An operator of a Deny, and the one that those who are left meet."""
ARN_KEYS = ("aws:sourcearn", "aws:principalarn")
ORGANIZATION_KEYS = ("aws:principalorgid", "aws:sourceorgid", "aws:principalorgpaths", "aws:sourceorgpaths")
NETWORK_KEYS = ("aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:sourceip")
THROUGH_A_NETWORK = ("elasticfilesystem:accessedviamounttarget",)
ENDPOINTS = frozenset({"aws:ec2/vpcEndpoint:VpcEndpoint", "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"})
"""Their policies let nobody in: they limit what the network behind the endpoint may do through it."""
ROLE = "aws:iam/role:Role"
AWS_IDENTITY_HOSTS = frozenset({"cognito-identity.amazonaws.com"})
ANYBODY = "*"

Outsider = tuple[str, str | None]
"""Who is let in, in words, and the place or account; None where nobody can tell."""


def check(reading: Reading) -> Iterator[Finding]:
    """Judge what each document allows; a Deny, and the regions that a condition names, let nobody in."""
    only_filters = reading.resource.type in ENDPOINTS or _inside_a_network(reading)
    for mention in reading.of("document"):
        if isinstance(mention.value, str):
            problem = f"has a policy document that cannot be read ({mention.path})"
            yield rule.finding(reading, problem, claim=mention, verdict="undetermined")
            continue
        told: set[str] = set()
        found = list(statements(mention.value))
        denials = [statement for statement in found if _shuts_out(statement, reading.law)]
        for statement in found:
            closed = only_filters or any(_covers(denial, statement) for denial in denials)
            if not statement.allows:
                continue
            for problem, where in (
                *_outsiders(statement, reading, closed=closed),
                *_reaches(statement, reading),
            ):
                if problem not in told:
                    told.add(problem)
                    verdict: Verdict = "undetermined" if where is None else "fail"
                    yield rule.finding(
                        reading, f"{problem} ({mention.path})", where=where, verdict=verdict, claim=mention
                    )


def _inside_a_network(reading: Reading) -> bool:
    """Whether only hosts of a network reach the resource: a search domain in a VPC."""
    return bool(reading.setting("vpcOptions"))


def _shuts_out(statement: Statement, law: Law) -> bool:
    """Whether a Deny leaves nobody but the enclave's own: it holds for everybody, unless they come from inside."""
    if statement.allows or ("aws", ANYBODY) not in statement.principals:
        return False
    turned = {
        key: tuple((UNLESS.get(operator, ""), values) for operator, values in found)
        for key, found in statement.conditions.items()
    }
    return bool(turned) and all(
        _bounded(statement._replace(conditions={key: found}), law) for key, found in turned.items()
    )


def _covers(denial: Statement, statement: Statement) -> bool:
    """Whether a Deny is about every action and resource that a statement allows, as far as their texts tell."""
    return _includes(denial.actions, statement.actions) and _includes(denial.resources, statement.resources)


def _includes(wide: tuple[Any, ...], narrow: tuple[Any, ...]) -> bool:
    patterns = [str(each) for each in wide]
    return bool(narrow) and all(any(matches(str(each), pattern) for pattern in patterns) for each in narrow)


def _outsiders(statement: Statement, reading: Reading, *, closed: bool) -> Iterator[Outsider]:
    """Yield what lets somebody in who is not of the enclave, with the place or account; None where nobody can tell."""
    law = reading.law
    if statement.everyone_but and not _bounded(statement, law):
        yield "lets everyone in but a few (NotPrincipal)", ANYBODY
    for kind, principal in statement.principals:
        if principal == ANYBODY and kind == "aws":
            if not closed and not _bounded(statement, law):
                yield "lets anybody in (Principal *), without a condition on organisation, account or network", ANYBODY
        elif principal is not UNKNOWN:  # an id or ARN of this stack at preview is judged again before it is created
            yield from KINDS.get(kind, _account)(str(principal), reading)
    if any(kind == "service" for kind, _ in statement.principals):
        yield from _foreign_sources(statement, law)


def _service(service: str, reading: Reading) -> Iterator[Outsider]:
    region = next((label for label in service.lower().split(".") if label in reading.law.regions), None)
    refusal = refused_region(region, reading.law) if region else None
    if refusal and flow(reading, refusal.country, "link").basis is None:
        yield f"lets in a service of {refusal.words}", refusal.where


def _canonical_user(_id: str, _reading: Reading) -> Iterator[Outsider]:
    yield "lets in a canonical user, whose account cannot be told", None


def _account(principal: str, reading: Reading) -> Iterator[Outsider]:
    law = reading.law
    arns = arns_in(principal)
    account = arns[0].account if arns else principal
    if arns and arns[0].partition not in law.partitions:
        yield f"lets in a principal of the AWS partition {shown(arns[0].partition)}", arns[0].partition
        return
    if law.owns_account(account) or (arns and account == "aws"):
        return
    if reading.resource.type == ROLE and inspector_of(account, law):
        return  # what an inspector's role may do, ACC-009 judges
    if ACCOUNT.fullmatch(account) or "*" in account or "?" in account:
        yield f"lets in the AWS account {account}, which is not one of the enclave's", account
    elif arns and account == "cloudfront":
        yield "lets in CloudFront, which has no single place", "cloudfront"
    elif not arns:
        yield "lets in a principal by an id that tells no account", None


def _federation(provider: str, reading: Reading) -> Iterator[Outsider]:
    law = reading.law
    arns = arns_in(provider)
    if arns:
        account = arns[0].account
        if not law.owns_account(account):
            yield f"trusts an identity provider in the AWS account {account}", account
        issuer = provider.partition(":oidc-provider/")[2].partition("/")[0]
        if issuer and not own_issuer(issuer, law):
            yield f"trusts the identities of {shown(issuer)}, which are administered elsewhere", None
    elif provider not in AWS_IDENTITY_HOSTS and not own_issuer(provider, law):
        yield f"trusts the identities of {shown(provider)}, which are administered elsewhere", None


def own_issuer(host: str, law: Law) -> bool:
    """Return whether an identity issuer is the enclave's own: listed, of its DNS zones, or of an approved region."""
    host = host.lower().partition("/")[0]
    region = region_in_host(host, law)
    return host in law.issuers or law.owns_host(host) or (region is not None and refused_region(region, law) is None)


def _foreign_sources(statement: Statement, law: Law) -> Iterator[Outsider]:
    """A service principal acts for whoever asks it: a condition that names a foreign account lets that one in."""
    for key in ACCOUNT_KEYS:
        for account in _values(statement, key):
            if ACCOUNT.fullmatch(account) and not law.owns_account(account):
                yield f"lets a service act for the AWS account {account}", account
    for key in ARN_KEYS:
        for value in _values(statement, key):
            for arn in arns_in(value):
                if ACCOUNT.fullmatch(arn.account) and not law.owns_account(arn.account):
                    yield f"lets a service act for the AWS account {arn.account}", arn.account
                elif arn.region and arn.region != "*" and (refusal := refused_region(arn.region, law)):
                    yield f"lets a service act for {refusal.words}", refusal.where


def _bounded(statement: Statement, law: Law) -> bool:
    """Return whether conditions keep "anybody" inside: the enclave's accounts, an organisation, its own networks."""
    for key in ACCOUNT_KEYS:
        values = _values(statement, key)
        if values and all(law.owns_account(value) for value in values):
            return True
    for key in ARN_KEYS:
        values = _values(statement, key)
        if values and all(arns_in(value) and law.owns_account(arns_in(value)[0].account) for value in values):
            return True
    for key in ORGANIZATION_KEYS:
        values = [value.partition("/")[0] for value in _values(statement, key)]
        if values and all(law.owns_organization(value) for value in values):
            return True
    for key in NETWORK_KEYS:
        values = _values(statement, key, "ipaddress")
        if values and all(_own_network(value, law) for value in values):
            return True
    return any(_values(statement, key, "bool") == ["true"] for key in THROUGH_A_NETWORK)


def _own_network(value: str, law: Law) -> bool:
    """A VPC or endpoint by its id (they are regional and of one account), or addresses of the enclave."""
    if value.startswith(("vpc-", "vpce-")) and "*" not in value:
        return True
    return bool(is_own_address(value, law.networks))


def _values(statement: Statement, key: str, *operators: str) -> list[str]:
    """Return the values that a key must equal; unknown ones count as not given.

    ``ForAllValues`` and ``…IfExists`` hold for requests without the key too, so they bound nobody.
    """
    found: list[str] = []
    for operator, values in statement.conditions.get(key, ()):
        name = operator.rpartition(":")[2]
        if name in (*EXACT, *operators) and not operator.startswith("forallvalues"):
            found += [str(value) for value in values if value is not UNKNOWN]
    return found


def _reaches(statement: Statement, reading: Reading) -> Iterator[Outsider]:
    """Yield what an allowed action may be done to abroad; a region condition that keeps it home is honoured."""
    law = reading.law
    requested = _values(statement, "aws:requestedregion")
    if requested and all(refused_region(region, law) is None for region in requested):
        return
    for account in _values(statement, "aws:resourceaccount"):
        if ACCOUNT.fullmatch(account) and not law.owns_account(account):
            yield f"allows actions in the AWS account {account}", account
    for resource in statement.resources:
        for arn in arns_in(resource) if isinstance(resource, str) else ():
            if arn.region and "*" not in arn.region and "$" not in arn.region:
                refusal = refused_region(arn.region, law)
                if refusal and flow(reading, refusal.country, "link").basis is None:
                    yield f"allows actions in {refusal.words}", refusal.where
            if ACCOUNT.fullmatch(arn.account) and not law.owns_account(arn.account):
                yield f"allows actions in the AWS account {arn.account}", arn.account


KINDS: dict[str, Callable[[str, Reading], Iterator[Outsider]]] = {
    "service": _service,
    "federated": _federation,
    "canonicaluser": _canonical_user,
}

rule = Rule(
    id="JUR-012",
    name="policy-principal",
    title="No policy document lets an outsider in, or out to a place abroad.",
    severity="critical",
    remedy="name principals and resources of the enclave's own accounts, or bound them by conditions",
    check=check,
    roles=frozenset({"document"}),
)
