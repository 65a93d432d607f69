"""The role by which one program of an inspector's looks at a site in AWS: one role gets in, and it may ask no more.

A program has no second factor. So its role lets in one role of the inspector's account alone, by the external id, and
reads no data: not even the inspector's copy.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access.actions import called
from enclave_policies.access.declared import sites_in_aws
from enclave_policies.access.grants import document, trusts
from enclave_policies.access.looking import unseen_in_aws
from enclave_policies.identifiers.shown import shown
from enclave_policies.law.folder.access import inspector_of
from enclave_policies.reading.gathered import once
from enclave_policies.resources.unknown import UNKNOWN
from hosts.watch.asks import ASKS, READS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.access.declared import Program
    from enclave_policies.access.grants import Trust
    from enclave_policies.iam.documents import Statement
    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Verdict
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

ROLE_ARN: Final = re.compile(r"arn:[a-z-]+:iam::(\d{12}):role/[\w+=,.@-]+", re.ASCII)
ASSUME: Final = "sts:assumerole"
EXTERNAL_ID: Final = "sts:externalid"
SECOND_FACTOR: Final = ("aws:multifactorauthpresent", "aws:multifactorauthage")
KNOWN: Final = frozenset(action.lower() for action in (*ASKS, READS))


@once
def programs(stack: Stack) -> Mapping[str, Program]:
    """Return the declared programs by the name of the role that each has on a site."""
    return {site.watch.role: site.watch for site in sites_in_aws(stack) if site.watch}


def program_of(trust: Trust, stack: Stack) -> Program | None:
    """Return the program that a role is for; None where it is for none."""
    name = trust.reading.setting("name")
    return programs(stack).get(name) if isinstance(name, str) else None


def let_in(reading: Reading, program: Program) -> Iterator[tuple[str, Verdict]]:
    """Yield what a program's role lets in beside the program, and how else than by the external id."""
    if not _is_inspectors(program, reading.law):
        yield f"is for {shown(program.arn)}, which is no role of the inspector {program.inspector}'s account", "fail"
    for one in document(reading.setting("assumeRolePolicy")):
        if one.allows:
            yield from _beside(one, program)


def _is_inspectors(program: Program, law: Law) -> bool:
    found = ROLE_ARN.fullmatch(program.arn)
    return found is not None and inspector_of(found[1], law) == program.inspector


def _beside(one: Statement, program: Program) -> Iterator[tuple[str, Verdict]]:
    if one.everyone_but or not one.principals:
        yield "lets in everybody but some, and the watch is one program", "fail"
    for kind, principal in one.principals:
        if principal is UNKNOWN:
            yield "does not say yet whom it lets in", "undetermined"
        elif (kind, str(principal)) != ("aws", program.arn):
            yield f"lets {shown(str(principal))} in, and the watch is {shown(program.arn)} alone", "fail"
    for action in one.actions or ("*",):
        if action is UNKNOWN or str(action).lower() != ASSUME:
            yield f"lets the watch do more than assume the role ({called(action)})", "fail"
    if not any(test == ("stringequals", (program.external_id,)) for test in one.conditions.get(EXTERNAL_ID, ())):
        yield "lets the watch in without the declared external id (sts:ExternalId)", "fail"


def more(one: Statement, of_bundles: Any) -> Iterator[str]:
    """Yield what a statement lets a program do beyond what the watch asks; ``of_bundles``: whether bundles alone."""
    for action in one.actions or ("*",):
        name = str(action).lower()
        if name not in KNOWN:
            yield f"do more than the watch asks ({called(action)})"
        elif name == READS.lower() and not of_bundles(one):
            yield f"read more than the bundles that hosts start with ({called(action)})"


def shut_out(program: Program, stack: Stack) -> Iterator[str]:
    """Yield what keeps a declared program from looking at its site."""
    trust, role = trusts(stack).get(program.role), shown(program.role)
    said = document(trust.reading.setting("assumeRolePolicy")) if trust else ()
    if trust is not None and trust.reading.setting("assumeRolePolicy") is UNKNOWN:
        return
    doors = [one for one in said if one.allows and ("aws", program.arn) in one.principals]
    if trust is None or not doors:
        yield f"shuts the inspector's watch out: no role {role} lets {shown(program.arn)} in"
        return
    if not all(one.allows for one in said):
        yield f"shuts the inspector's watch out: the role {role} refuses somebody"
    if all(any(key in one.conditions for key in SECOND_FACTOR) for one in doors):
        yield f"shuts the inspector's watch out: the role {role} wants a second factor, which no program has"
    if trust.reading.setting("permissionsBoundary"):
        yield f"shuts the inspector's watch out: the role {role} has a boundary"
    if unseen := unseen_in_aws(program.looks, trust, stack):
        rest = f" and {len(unseen) - 1} more" if len(unseen) > 1 else ""
        yield f"shuts the inspector's watch out of what it looks at: {unseen[0]}{rest}"
