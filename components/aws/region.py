"""A site in an AWS region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi

from components.aws.gateway import GatewayHosts, GatewayHostsArgs
from components.aws.keys import KeyManagement, KeyManagementArgs
from components.aws.link import SiteLink, SiteLinkArgs
from components.aws.network import NetworkSegmentation, NetworkSegmentationArgs
from components.aws.provider import aws_provider
from components.aws.storage import Storage, StorageArgs
from components.aws.transit import link_name

if TYPE_CHECKING:
    from components.declaration.model import AwsSite
    from components.site import SitePlan


@dataclass(frozen=True)
class AwsRegionArgs:
    """What a site is built from; ``endpoint`` is the local stand-in's address, None for AWS itself."""

    plan: SitePlan[AwsSite]
    endpoint: str | None


class AwsRegion(pulumi.ComponentResource):
    """A site with its own VPC, keys, storage and gateways, all made by one provider bound to one region."""

    def __init__(self, name: str, args: AwsRegionArgs, opts: pulumi.ResourceOptions) -> None:
        provider = aws_provider(args.plan, args.endpoint, pulumi.ResourceOptions(parent=opts.parent))
        merged = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(providers=[provider]))
        super().__init__("enclave:aws:EnclaveRegion", name, None, merged)
        child = pulumi.ResourceOptions(parent=self)
        plan = args.plan
        keys = KeyManagement(f"{name}-keys", KeyManagementArgs(plan), child)
        network = NetworkSegmentation(f"{name}-network", NetworkSegmentationArgs(plan), child)
        storage = Storage(f"{name}-storage", StorageArgs(plan, keys.arns(), network.vpc.id), child)
        gateways = GatewayHosts(f"{name}-gateways", GatewayHostsArgs(plan, network, keys.keys["volumes"].arn), child)
        links = {
            link: SiteLink(
                link_name(plan, declared),
                SiteLinkArgs(plan, declared, network.transits[link], storage.log_group.arn),
                child,
            )
            for link, declared in plan.links.items()
        }
        self.summary: dict[str, Any] = {
            "region": plan.site.region,
            "vpc_id": network.vpc.id,
            "endpoints": {
                "gateways": gateways.endpoints,
                "services": {service: endpoint.id for service, endpoint in network.endpoints.items()},
            },
            "keys": keys.arns(),
            "buckets": {purpose: bucket.bucket for purpose, bucket in storage.buckets.items()},
            "log_group": storage.log_group.name,
            "links": {link: built.connection.id for link, built in links.items()},
            "segments": network.segment_table(),
        }
        self.register_outputs(self.summary)
