"""The one policy that stands in a role, under a name that stays the same."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws


def role_policy(
    name: str, role: aws.iam.Role, policy: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> aws.iam.RolePolicy:
    """Return a role's policy, called ``name``.

    The engine would make up another name each time, so a run that was killed would leave one that nobody finds. One
    that stands keeps the name that was made up for it.
    """
    kept = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(ignore_changes=["name"]))
    return aws.iam.RolePolicy(name, name=name, role=role.name, policy=policy, opts=kept)
