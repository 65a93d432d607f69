"""The role by which the inspector's program looks at a site by a schedule: one program gets in, and it only looks.

Source: IAM user guide, "Third-party access" (external id), "AWS JSON policy elements: Principal".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.aws.arn import partition
from components.aws.inspection_policies import bundles_grant, document, grant
from hosts.watch.asks import ASKS

if TYPE_CHECKING:
    from components.declaration.model import AwsSite
    from components.site import SitePlan


def program_arn(plan: SitePlan[AwsSite]) -> str:
    """Return the ARN of the program's role in the inspector's account; "" where no program looks at the site."""
    inspector = plan.declaration.inspector
    if inspector is None or inspector.principals.aws is None or inspector.watch is None or inspector.watch.aws is None:
        return ""
    account = f"{partition(plan.site.region)}:iam::{inspector.principals.aws.account}"
    return f"arn:{account}:role/{inspector.watch.aws.role}"


def watch_trust(program: str, external_id: str) -> dict[str, Any]:
    """Return the trust: one role of the inspector's account, with the external id. A program has no second factor."""
    statement = {
        "Sid": "Watch",
        "Effect": "Allow",
        "Principal": {"AWS": program},
        "Action": ["sts:AssumeRole"],
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    return document(statement)


def watch_policy(plan: SitePlan[AwsSite]) -> dict[str, Any]:
    """Return what the program may do on a site: ask what the watch asks, and read the bundles that hosts start with."""
    here = {"StringEquals": {"aws:RequestedRegion": plan.site.region}}
    return document(grant("watch", [*ASKS], ["*"], here), *bundles_grant(plan))
