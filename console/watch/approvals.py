"""The approvals of a stack's gateways, as the watch takes them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from enclave_policies.access.approvals import EXPIRED, KEY_OVER, Wanted, last_day, reason
from enclave_policies.access.inspected import approvals_of as files_of

from hosts.watch.approved import Approval

if TYPE_CHECKING:
    from console.inspect.subjects import Inspection


def approvals_of(inspection: Inspection) -> dict[tuple[str, str], list[Approval]]:
    """Return each approval that counts, or counted until its end, by site and gateway."""
    declaration, law, found = inspection.declaration, inspection.law, defaultdict[tuple[str, str], list[Approval]](list)
    for each in files_of(inspection.stack, law):
        terms, until = each.terms, last_day(each, law)
        if terms is None or until is None:
            continue
        own = Wanted(
            inspection.stack,
            declaration.enclave,
            terms.site,
            terms.gateway,
            terms.bundle,
            frozenset({terms.image}),
            real=not declaration.sandbox,
        )
        if reason(each, own, law) in ("", EXPIRED, KEY_OVER):
            found[terms.site, terms.gateway].append(Approval(terms.image, terms.bundle, until.isoformat()))
    return found
