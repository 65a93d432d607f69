"""The law by which one resource is judged: in a stack of an inspector's own, its accounts are own accounts.

The law lists which stacks those are, and never a declaration. Such a stack may name the enclave's accounts too: its
watch becomes a role there. Everything else of the law holds as everywhere.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from enclave_policies.identifiers.urns import urn_of
from enclave_policies.law.folder.access import access_of
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from enclave_policies.law import Law
    from enclave_policies.resources.resource import Resource


def law_in_stack(resource: Resource, law: Law) -> Law:
    """Return the law for a resource of a stack, the same object for each of them."""
    return _law_of(urn_of(resource.urn).stack, law)


@lru_cache(maxsize=32)
def _law_of(stack: str, law: Law) -> Law:
    try:
        access = access_of(law)
    except ProblemsError:  # the pack `access` tells what is wrong; here no account counts as own for it
        return law
    own = {
        account
        for inspector in access.inspectors.values()
        if stack in inspector.stacks
        for account in inspector.accounts.aws
    }
    more = own - law.accounts
    # Read by this law, the file of inspectors would be refused: an inspector's account is never the enclave's.
    return replace(law, accounts=law.accounts | more, access=access) if more else law
