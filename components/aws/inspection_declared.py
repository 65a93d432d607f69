"""What a site's inspection in AWS must consist of, as plain data that every judge of the stack can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.aws.inspection_policies import bucket_arn, inspector_policy, recorders
from components.aws.watch_policies import program_arn, watch_policy
from components.declaration.physical import (
    INSPECTION,
    bucket_name,
    inspector_keeper_role,
    inspector_role,
    inspector_watch_role,
    trail_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from components.declaration.model import AwsSite, Inspector
    from components.site import SitePlan


def declared(plan: SitePlan[AwsSite], inspector: Inspector, recorded: Iterable[str]) -> dict[str, Any]:
    """Return the inputs: roles, bucket and trail by name, whose objects are recorded, who adds, what may be looked at.

    ``looks`` without resources are of the copy's key, which has no name yet.
    """
    declaration = plan.declaration
    looks = inspector_policy(plan, [*inspector.scopes], "")["Statement"]
    return {
        "site": plan.name,
        "inspector": inspector.name,
        "reader": inspector_role(declaration, plan.name),
        "keeper": inspector_keeper_role(declaration, plan.name),
        "bucket": bucket_name(declaration, plan.name, plan.site.account, INSPECTION),
        "trail": trail_name(declaration, plan.name),
        "recorded": [f"{bucket_arn(plan, purpose)}/" for purpose in recorded],
        "recorders": recorders(plan),
        "looks": [_look(one) for one in looks],
        **_watch(plan, inspector),
    }


def _watch(plan: SitePlan[AwsSite], inspector: Inspector) -> dict[str, Any]:
    """Return which role the inspector's program has on the site, by whose ARN it comes, and all that it looks at."""
    program, principal = program_arn(plan), inspector.principals.aws
    if not program or principal is None:
        return {}
    role = inspector_watch_role(plan.declaration, plan.name)
    looks = [_look(one) for one in watch_policy(plan)["Statement"]]
    return {"watch": {"role": role, "program": program, "externalId": principal.external_id, "looks": looks}}


def _look(statement: Mapping[str, Any]) -> dict[str, Any]:
    return {"actions": statement["Action"], "resources": list(filter(None, statement["Resource"]))}
