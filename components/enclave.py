"""The enclave: every declared site."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

import pulumi

from components.adoption import Adoption
from components.aws.guardrail import OrganizationGuardrail, OrganizationGuardrailArgs
from components.declaration.model import AwsSite
from components.declaration.physical import replicated_from
from components.intent import NetworkIntent, NetworkIntentArgs
from components.leaving import Leaving, LeavingArgs
from components.region import EnclaveRegionArgs, enclave_region, roles_at_sources, wave_replications

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.adopted import Adopted
    from components.clouds import Clouds
    from components.declaration.model import Declaration, Failover, Site
    from components.guardrails import Guardrails
    from components.region import Region


@dataclass(frozen=True)
class EnclaveArgs:
    """What an enclave is built from: what is wanted, how its clouds are reached, what they shall refuse.

    ``adopted`` is what was there before and belongs to it now, by site.
    """

    declaration: Declaration
    clouds: Clouds
    guardrails: Guardrails
    adopted: Mapping[str, Sequence[Adopted]] = field(default_factory=dict)


class Enclave(pulumi.ComponentResource):
    """The sites of one declaration, behind their guardrails; ``sites`` says of each what an operator needs."""

    def __init__(self, name: str, args: EnclaveArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        adoption = Adoption(args.adopted)
        super().__init__("enclave:index:Enclave", name, told(args.declaration), opts)
        child = pulumi.ResourceOptions(parent=self)
        NetworkIntent("network-intent", NetworkIntentArgs(args.declaration), child)
        if args.declaration.leaving:
            Leaving("leaving", LeavingArgs(args.declaration), child)
        self._organization(args, child)
        self.regions: dict[str, Region] = {}
        facts: dict[str, Any] = {}
        for site in sorted(args.declaration.sites, key=lambda name: not replicated_from(args.declaration, name)):
            facts[site] = self._site(site, args, adoption, child)
        wave_replications(args.declaration, self.regions, self)
        self.sites = {site: facts[site] for site in args.declaration.sites}
        self.register_outputs({"sites": self.sites})

    def _site(self, name: str, args: EnclaveArgs, adoption: Adoption, opts: pulumi.ResourceOptions) -> dict[str, Any]:
        """Create a site; those that are left come first, as others name the roles by which S3 takes data there."""
        named = roles_at_sources(self.regions)
        given = EnclaveRegionArgs(args.declaration, args.clouds, args.guardrails, named)
        facts, region = enclave_region(name, given, opts)
        if region is not None:
            self.regions[name] = region
            adoption.into(name, region)
        return facts

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


def told(declaration: Declaration) -> dict[str, Any]:
    """Return what every judge is told of the enclave: whose data it holds, each site's stage, what must survive.

    A stage stands here and nowhere else, so a site's promotion changes this one component and moves no resource.
    """
    sites = {
        name: {
            "country": site.country,
            "role": site.role,
            "stage": site.lifecycle,
            **({"exitBy": site.exit_by.isoformat()} if site.exit_by else {}),
            **({"account": site.account, "region": site.region} if _is_left(site) else {}),
        }
        for name, site in declaration.sites.items()
    }
    waves = {
        name: {"from": wave.from_, "to": wave.to, "classes": list(wave.classes), "deleteBy": wave.delete_by.isoformat()}
        for name, wave in declaration.waves.items()
    }
    return {
        "subjects": list(declaration.subjects),
        "sites": sites,
        **({"waves": waves} if waves else {}),
        **({"failover": _failover(declaration.failover)} if declaration.failover else {}),
    }


def _is_left(site: Site) -> TypeGuard[AwsSite]:
    """Return whether a site is transitional and in AWS: its basis in the law is about its account and region."""
    return isinstance(site, AwsSite) and site.role == "transitional"


def _failover(failover: Failover) -> dict[str, Any]:
    replicas = {
        name: {"from": one.from_, "to": one.to, "classes": list(one.classes), "buckets": dict(one.buckets)}
        for name, one in failover.replicas.items()
    }
    return {"order": list(failover.order), "classes": list(failover.classes), "replicas": replicas}
