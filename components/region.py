"""Builds one site of the enclave; the one place that knows which kinds of site there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi

from components.aws.region import AwsRegion, AwsRegionArgs
from components.aws.replication import SourceHalf, WaveReplication, WaveReplicationArgs
from components.aws.replications import replications
from components.declaration.model import AwsSite
from components.declaration.physical import STORE
from components.kubernetes.region import KubernetesRegion, KubernetesRegionArgs
from components.site import SitePlan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.clouds import Clouds
    from components.declaration.model import Declaration
    from components.guardrails import Guardrails
    from hosts.wave.replication import Replication

Region = AwsRegion | KubernetesRegion


@dataclass(frozen=True)
class EnclaveRegionArgs:
    """What a site is built from; ``named``: roles of other sites, which policies of this one may name."""

    declaration: Declaration
    clouds: Clouds
    guardrails: Guardrails
    named: Sequence[pulumi.Resource]


def enclave_region(
    name: str, args: EnclaveRegionArgs, opts: pulumi.ResourceOptions
) -> tuple[dict[str, Any], Region | None]:
    """Create a site and return what an operator needs (country, stage, endpoints, keys, segments), and its component.

    None: the site's stage has no resources.
    """
    site, clouds = args.declaration.sites[name], args.clouds
    facts = {"kind": site.kind, "country": site.country, "lifecycle": site.lifecycle}
    if not site.provisioned:
        return facts, None
    region: Region
    if isinstance(site, AwsSite):
        aws_args = AwsRegionArgs(
            SitePlan(name, site, args.declaration, clouds.identity), clouds.aws_endpoint, args.named
        )
        region = AwsRegion(name, aws_args, opts)
    else:
        plan = SitePlan(name, site, args.declaration, clouds.identity)
        cluster_args = KubernetesRegionArgs(plan, clouds.clusters[name], args.guardrails.admission[name])
        region = KubernetesRegion(name, cluster_args, opts)
    return {**facts, **region.summary}, region


def roles_at_sources(regions: Mapping[str, Region]) -> list[pulumi.Resource]:
    """Return the roles by which S3 takes data out of sites that stand."""
    return [role for one in regions.values() if isinstance(one, AwsRegion) for role in one.replicating.values()]


def wave_replications(declaration: Declaration, regions: Mapping[str, Region], enclave: pulumi.Resource) -> None:
    """Create the replications of waves, once the sites at both ends stand."""
    for name, one in replications(declaration).items():
        source = regions.get(one.source.site, enclave)
        given = WaveReplicationArgs(one, _source_half(one, regions))
        WaveReplication(f"{one.source.site}-replicates-{name}", given, pulumi.ResourceOptions(parent=source))


def _source_half(one: Replication, regions: Mapping[str, Region]) -> SourceHalf | None:
    """Return what the source's half of a replication is built from; None where this stack does not build it."""
    source, target = regions.get(one.source.site), regions.get(one.target.site)
    if not isinstance(source, AwsRegion) or not isinstance(target, AwsRegion) or one.wave not in source.replicating:
        return None
    behind = [site.storage.policies[STORE] for site in (source, target)]
    return SourceHalf(source.replicating[one.wave], source.keys[STORE], target.keys[STORE], behind)
