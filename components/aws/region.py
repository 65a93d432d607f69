"""A site in an AWS region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi

from components.aws.client_vpn import ClientVpn, ClientVpnArgs
from components.aws.gateway import GatewayHosts, GatewayHostsArgs
from components.aws.inspection import Inspection, InspectionArgs, InspectorRoles, InspectorRolesArgs
from components.aws.keys import KeyManagement, KeyManagementArgs
from components.aws.link import SiteLink, SiteLinkArgs
from components.aws.network import NetworkSegmentation, NetworkSegmentationArgs
from components.aws.provider import aws_provider
from components.aws.replication import ReplicationRoles
from components.aws.replications import built_from
from components.aws.storage import Storage, StorageArgs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.declaration.model import AwsSite
    from components.site import SitePlan


@dataclass(frozen=True)
class AwsRegionArgs:
    """What a site is built from; ``endpoint`` is the local stand-in's address, None for AWS itself.

    ``named``: roles of other sites that policies of this one name, which must be there before.
    """

    plan: SitePlan[AwsSite]
    endpoint: str | None
    named: Sequence[pulumi.Resource] = ()


class AwsRegion(pulumi.ComponentResource):
    """A site with its own VPC, keys, storage and gateways, all made by one provider bound to one region."""

    def __init__(self, name: str, args: AwsRegionArgs, opts: pulumi.ResourceOptions) -> None:
        provider = aws_provider(args.plan, args.endpoint, pulumi.ResourceOptions(parent=opts.parent))
        merged = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(providers=[provider]))
        super().__init__("enclave:aws:EnclaveRegion", name, None, merged)
        child = pulumi.ResourceOptions(parent=self)
        plan = args.plan
        inspector = plan.declaration.inspector
        roles = (
            InspectorRoles(
                f"{name}-inspector-roles", InspectorRolesArgs(plan, inspector, inspector.principals.aws), child
            )
            if inspector and inspector.principals.aws
            else None
        )
        replicating = ReplicationRoles(f"{name}-replication-roles", plan, child) if built_from(plan) else None
        self.replicating = replicating.roles if replicating else {}
        named = [*args.named, *(one for one in (roles, replicating) if one)]
        keys = KeyManagement(f"{name}-keys", KeyManagementArgs(plan, named), child)
        self.keys = keys.arns()
        network = NetworkSegmentation(f"{name}-network", NetworkSegmentationArgs(plan), child)
        storage = Storage(f"{name}-storage", StorageArgs(plan, keys.arns(), network.vpc.id, args.named), child)
        self.storage = storage
        hosts_args = GatewayHostsArgs(plan, network, keys.keys["volumes"].arn, storage)
        gateways = GatewayHosts(f"{name}-gateways", hosts_args, child)
        inspection = (
            Inspection(f"{name}-inspection", InspectionArgs(plan, inspector, roles, gateways), child)
            if inspector and roles
            else None
        )
        links = {
            name: SiteLink(end.name, SiteLinkArgs(plan, end, network.transits[name], storage), child)
            for name, end in plan.link_ends().items()
        }
        dial_ins = {
            each.one.name: ClientVpn(f"{each.one.name}-dial-in", ClientVpnArgs(plan, each, network, storage), child)
            for each in plan.dial_ins()
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
            **({"dial_ins": {name: built.endpoint.dns_name for name, built in dial_ins.items()}} if dial_ins else {}),
            **({"inspection": inspection.summary} if inspection else {}),
            "segments": network.segment_table(),
        }
        self.register_outputs(self.summary)
