"""The enclave: every declared site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from components.aws.guardrail import OrganizationGuardrail, OrganizationGuardrailArgs
from components.intent import NetworkIntent, NetworkIntentArgs
from components.region import enclave_region

if TYPE_CHECKING:
    from components.clouds import Clouds
    from components.declaration.model import Declaration
    from components.guardrails import Guardrails


@dataclass(frozen=True)
class EnclaveArgs:
    """What an enclave is built from: what is wanted, how its clouds are reached, what they shall refuse."""

    declaration: Declaration
    clouds: Clouds
    guardrails: Guardrails


class Enclave(pulumi.ComponentResource):
    """The sites of one declaration, behind their guardrails; ``sites`` says of each what an operator needs."""

    def __init__(self, name: str, args: EnclaveArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("enclave:index:Enclave", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        NetworkIntent("network-intent", NetworkIntentArgs(args.declaration), child)
        self._organization(args, child)
        self.sites = {
            site: enclave_region(site, args.declaration, args.clouds, args.guardrails, child)
            for site in args.declaration.sites
        }
        self.register_outputs({"sites": self.sites})

    def _organization(self, args: EnclaveArgs, opts: pulumi.ResourceOptions) -> None:
        """Create the service control policies.

        They bind accounts, whatever the accounts hold. No site waits for them: an engine that finds one gone in a
        refresh would lose the site's provider with it (pulumi 3.259).
        """
        organization = args.clouds.organization
        if organization is not None:
            policies = args.guardrails.service_control
            given = OrganizationGuardrailArgs(args.declaration, organization, policies, args.clouds.aws_endpoint)
            OrganizationGuardrail("organization", given, opts)
