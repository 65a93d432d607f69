"""Builds one site of the enclave; the one place that knows which kinds of site there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.aws.region import AwsRegion, AwsRegionArgs
from components.declaration.model import AwsSite
from components.kubernetes.region import KubernetesRegion, KubernetesRegionArgs
from components.site import SitePlan

if TYPE_CHECKING:
    import pulumi

    from components.clouds import Clouds
    from components.declaration.model import Declaration
    from components.guardrails import Guardrails


def enclave_region(
    name: str,
    declaration: Declaration,
    clouds: Clouds,
    guardrails: Guardrails,
    opts: pulumi.ResourceOptions,
) -> tuple[dict[str, Any], pulumi.Resource | None]:
    """Create a site and return what an operator needs (country, stage, endpoints, keys, segments), and its component.

    None: the site's stage has no resources.
    """
    site = declaration.sites[name]
    facts = {"kind": site.kind, "country": site.country, "lifecycle": site.lifecycle}
    if not site.provisioned:
        return facts, None
    region: AwsRegion | KubernetesRegion
    if isinstance(site, AwsSite):
        aws_args = AwsRegionArgs(SitePlan(name, site, declaration, clouds.identity), clouds.aws_endpoint)
        region = AwsRegion(name, aws_args, opts)
    else:
        plan = SitePlan(name, site, declaration, clouds.identity)
        cluster_args = KubernetesRegionArgs(plan, clouds.clusters[name], guardrails.admission[name])
        region = KubernetesRegion(name, cluster_args, opts)
    return {**facts, **region.summary}, region
