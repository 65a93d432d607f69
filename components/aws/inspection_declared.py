"""What a site's inspection in AWS must consist of, as plain data that every judge of the stack can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.aws.inspection_policies import bucket_arn, inspector_policy, recorders
from components.declaration.physical import (
    INSPECTION,
    bucket_name,
    inspector_keeper_role,
    inspector_role,
    trail_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

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
        "looks": [{"actions": one["Action"], "resources": list(filter(None, one["Resource"]))} for one in looks],
    }
