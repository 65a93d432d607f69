"""Service control policies of the organization: what no principal of the sites' accounts can do, Pulumi or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from components.aws.provider import organization_provider
from components.declaration.physical import service_control_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.clouds import OrganizationAccess
    from components.declaration.model import Declaration


@dataclass(frozen=True)
class OrganizationGuardrailArgs:
    """What it is built from; ``policies``: document (JSON) by name, ``endpoint``: the local stand-in's address."""

    declaration: Declaration
    organization: OrganizationAccess
    policies: Mapping[str, str]
    endpoint: str | None


class OrganizationGuardrail(pulumi.ComponentResource):
    """The enclave's service control policies, attached to the declared root, unit or account.

    They belong to the organization's management account, so they have a provider of their own. Organizations has no
    region; the provider's says only in which approved region its calls begin.
    """

    def __init__(self, name: str, args: OrganizationGuardrailArgs, opts: pulumi.ResourceOptions) -> None:
        provider = organization_provider(args.organization, args.endpoint, pulumi.ResourceOptions(parent=opts.parent))
        merged = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(providers=[provider]))
        super().__init__("enclave:aws:OrganizationGuardrail", name, None, merged)
        declaration = args.declaration
        for policy_name, content in args.policies.items():
            policy = aws.organizations.Policy(
                f"{name}-{policy_name}",
                name=service_control_name(declaration, policy_name),
                description=f"Keeps enclave {declaration.enclave} in its approved jurisdictions",
                type="SERVICE_CONTROL_POLICY",
                content=content,
                tags={
                    **declaration.tags,
                    "enclave": declaration.enclave,
                    "owner": declaration.contact.team,
                    "managed-by": "pulumi",
                },
                opts=pulumi.ResourceOptions(parent=self),
            )
            aws.organizations.PolicyAttachment(
                f"{name}-{policy_name}",
                policy_id=policy.id,
                target_id=args.organization.target,
                opts=pulumi.ResourceOptions(parent=policy),
            )
        self.register_outputs({"target": args.organization.target})
