"""Where a link ends in AWS: a transit gateway of the link's own, to which the site's VPC is attached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.declaration.model import AwsSite
    from components.site import LinkEnd, SitePlan


@dataclass(frozen=True)
class TransitArgs:
    """What a link's end is built from: the site, the end itself, the VPC and the subnets in which the link ends.

    ``behind``: what must stand before anything has an interface in those subnets.
    """

    plan: SitePlan[AwsSite]
    end: LinkEnd
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    behind: Sequence[pulumi.Resource]


class Transit(pulumi.ComponentResource):
    """A transit gateway on which nothing is accepted, associated or propagated by itself."""

    def __init__(self, name: str, args: TransitArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:aws:Transit", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = {**args.plan.tags(args.end.ends_in), "Name": name}
        self.gateway = aws.ec2transitgateway.TransitGateway(
            name,
            description=f"link of site {args.plan.name}",
            amazon_side_asn=args.end.transit.asn,
            transit_gateway_cidr_blocks=[str(args.end.transit.network)],
            auto_accept_shared_attachments="disable",
            default_route_table_association="disable",
            default_route_table_propagation="disable",
            dns_support="disable",
            vpn_ecmp_support="disable",
            tags=tags,
            opts=child,
        )
        self.attachment = aws.ec2transitgateway.VpcAttachment(
            name,
            transit_gateway_id=self.gateway.id,
            vpc_id=args.vpc_id,
            subnet_ids=list(args.subnet_ids),
            dns_support="disable",
            transit_gateway_default_route_table_association=False,
            transit_gateway_default_route_table_propagation=False,
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.behind)),
        )
        self.register_outputs({"gateway": self.gateway.id})
