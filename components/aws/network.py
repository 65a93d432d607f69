"""Network segmentation of an AWS site: a VPC that nothing joins to the internet, cut into the declared segments."""

from __future__ import annotations

import json
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, TypeVar

import pulumi
import pulumi_aws as aws

from components.aws.acl import acl_entries
from components.aws.transit import Transit, TransitArgs

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.aws.acl import AclEntry
    from components.declaration.model import AwsSite
    from components.site import LinkEnd, SitePlan, Subnet

RuleT = TypeVar("RuleT")
# The Systems Manager agent needs three endpoints (Systems Manager user guide, "VPC endpoints").
endpoint_services = {"ssm": ("ssm", "ssmmessages", "ec2messages")}


@dataclass(frozen=True)
class NetworkSegmentationArgs:
    """What a site's segmentation is built from."""

    plan: SitePlan[AwsSite]


class NetworkSegmentation(pulumi.ComponentResource):
    """A VPC whose segments are subnets in each zone, with default-deny network ACLs and security groups.

    ``isolation``: what must stand before anything has an interface in a segment. Until then AWS's own network ACL of
    the VPC holds there, and permits everything.
    """

    def __init__(self, name: str, args: NetworkSegmentationArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:aws:NetworkSegmentation", name, None, opts)
        self.plan = args.plan
        self.child = pulumi.ResourceOptions(parent=self)
        self.vpc = aws.ec2.Vpc(
            name,
            cidr_block=str(self.plan.site.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._tags(name),
            opts=self.child,
        )
        emptied = self._empty_defaults(name)
        self.subnets = self._subnets()
        self.security_groups = {segment: self._security_group(segment) for segment in self.plan.declaration.segments}
        self.isolation = {segment: [*emptied, self._acl(segment)] for segment in self.plan.declaration.segments}
        self.transits = {name: self._transit(end) for name, end in self.plan.link_ends().items()}
        for segment in self.plan.declaration.segments:
            self._route_table(segment)
        self._permit()
        self.endpoints = self._endpoints()
        self.register_outputs({"vpc_id": self.vpc.id})

    def subnet_ids(self, segment: str) -> list[pulumi.Output[str]]:
        """Return the ids of a segment's subnets, one for each zone."""
        return [subnet.id for (name, _), subnet in self.subnets.items() if name == segment]

    def segment_table(self) -> list[dict[str, pulumi.Input[str]]]:
        """Return one row for each segment and zone: segment, zone, network, subnet id."""
        return [
            {"segment": row.segment, "zone": row.zone, "network": str(row.network), "id": subnet.id}
            for row, subnet in zip(self.plan.subnets(), self.subnets.values(), strict=True)
        ]

    def _tags(self, name: str, segment: str | None = None) -> dict[str, str]:
        return {**self.plan.tags(segment), "Name": name}

    def _empty_defaults(self, name: str) -> list[pulumi.Resource]:
        """Take over what AWS creates with a VPC, and let it permit nothing."""
        tags = self._tags(f"{name}-default-unused")
        return [
            aws.ec2.DefaultSecurityGroup(
                f"{name}-default", vpc_id=self.vpc.id, ingress=[], egress=[], tags=tags, opts=self.child
            ),
            aws.ec2.DefaultNetworkAcl(
                f"{name}-default", default_network_acl_id=self.vpc.default_network_acl_id, tags=tags, opts=self.child
            ),
            aws.ec2.DefaultRouteTable(
                f"{name}-default",
                default_route_table_id=self.vpc.default_route_table_id,
                routes=[],
                tags=tags,
                opts=self.child,
            ),
        ]

    def _subnets(self) -> dict[tuple[str, str], aws.ec2.Subnet]:
        return {
            (row.segment, row.zone): aws.ec2.Subnet(
                self._place(row),
                vpc_id=self.vpc.id,
                availability_zone=row.zone,
                cidr_block=str(row.network),
                map_public_ip_on_launch=False,
                tags=self._tags(f"{self.plan.name}-{row.segment}-{row.zone}", row.segment),
                opts=self._once_by_segment(row),
            )
            for row in self.plan.subnets()
        }

    def _place(self, row: Subnet) -> str:
        """Return the name of what a slot has once in each zone: a segment that is renamed keeps its networks."""
        return f"{self.plan.name}-slot-{self.plan.declaration.segments[row.segment].slot}-{row.zone}"

    def _once_by_segment(self, row: Subnet) -> pulumi.ResourceOptions:
        """Return options by which a stack that stands keeps what was named after its segment."""
        return pulumi.ResourceOptions(
            parent=self, aliases=[pulumi.Alias(name=f"{self.plan.name}-{row.segment}-{row.zone}")]
        )

    def _transit(self, end: LinkEnd) -> Transit:
        """Create the end of a link: AWS takes no route to a transit gateway before the VPC is attached to it."""
        subnets, behind = self.subnet_ids(end.ends_in), self.isolation[end.ends_in]
        return Transit(end.name, TransitArgs(self.plan, end, self.vpc.id, subnets, behind), self.child)

    def _route_table(self, segment: str) -> None:
        """Give the segment a route table of its own: the VPC's local route, and one to each network behind a link."""
        name = f"{self.plan.name}-{segment}"
        linked = [
            (self.transits[each], peer)
            for each, end in self.plan.link_ends().items()
            for peer in dict.fromkeys(str(beyond) for own, beyond in end.pairs if own == segment)
        ]
        table = aws.ec2.RouteTable(
            name,
            vpc_id=self.vpc.id,
            routes=[
                aws.ec2.RouteTableRouteArgs(cidr_block=peer, transit_gateway_id=transit.gateway.id)
                for transit, peer in linked
            ],
            tags=self._tags(name, segment),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[transit.attachment for transit, _ in linked]),
        )
        for row in self.plan.subnets():
            if row.segment == segment:
                aws.ec2.RouteTableAssociation(
                    self._place(row),
                    route_table_id=table.id,
                    subnet_id=self.subnets[row.segment, row.zone].id,
                    opts=self._once_by_segment(row),
                )

    def _acl(self, segment: str) -> aws.ec2.NetworkAcl:
        ingress, egress = acl_entries(self.plan, segment)
        name = f"{self.plan.name}-{segment}"
        return aws.ec2.NetworkAcl(
            name,
            vpc_id=self.vpc.id,
            subnet_ids=self.subnet_ids(segment),
            ingress=acl_rules(aws.ec2.NetworkAclIngressArgs, ingress),
            egress=acl_rules(aws.ec2.NetworkAclEgressArgs, egress),
            tags=self._tags(name, segment),
            opts=self.child,
        )

    def _security_group(self, segment: str) -> aws.ec2.SecurityGroup:
        name = f"{self.plan.name}-{segment}"
        return aws.ec2.SecurityGroup(
            name,
            name=name,
            vpc_id=self.vpc.id,
            description=f"segment {segment} of site {self.plan.name}",
            tags=self._tags(name, segment),
            opts=self.child,
        )

    def _permit(self) -> None:
        """Permit each connection at both ends that the site has: egress at its source, ingress at its target."""
        for permitted in self.plan.permissions():
            name = f"{self.plan.name}-{permitted.name}"
            if isinstance(permitted.target, str):
                aws.vpc.SecurityGroupIngressRule(
                    name,
                    security_group_id=self.security_groups[permitted.target].id,
                    **self._peer(permitted.source),
                    ip_protocol=permitted.protocol,
                    from_port=permitted.ports.first,
                    to_port=permitted.ports.last,
                    tags=self._tags(name, permitted.target),
                    opts=self.child,
                )
            if isinstance(permitted.source, str):
                aws.vpc.SecurityGroupEgressRule(
                    name,
                    security_group_id=self.security_groups[permitted.source].id,
                    **self._peer(permitted.target),
                    ip_protocol=permitted.protocol,
                    from_port=permitted.ports.first,
                    to_port=permitted.ports.last,
                    tags=self._tags(name, permitted.source),
                    opts=self.child,
                )

    def _peer(self, end: str | IPv4Network) -> dict[str, pulumi.Input[str]]:
        """Return the other end of a rule: the group of a segment, or a network."""
        if isinstance(end, IPv4Network):
            return {"cidr_ipv4": str(end)}
        return {"referenced_security_group_id": self.security_groups[end].id}

    def _endpoints(self) -> dict[str, aws.ec2.VpcEndpoint]:
        """Put a private endpoint of each declared AWS service into the segment that declares it."""
        return {
            service: self._endpoint(segment, service)
            for segment, declared in self.plan.declaration.segments.items()
            for group in declared.services
            for service in endpoint_services.get(group, (group,))
        }

    def _endpoint(self, segment: str, service: str) -> aws.ec2.VpcEndpoint:
        name = f"{self.plan.name}-{service}"
        return aws.ec2.VpcEndpoint(
            name,
            vpc_id=self.vpc.id,
            service_name=f"com.amazonaws.{self.plan.site.region}.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            dns_options=dns_options(service),
            subnet_ids=self.subnet_ids(segment),
            security_group_ids=[self.security_groups[segment].id],
            policy=json.dumps(endpoint_policy(self.plan.site.account)),
            tags=self._tags(name, segment),
            opts=pulumi.ResourceOptions(parent=self, depends_on=self.isolation[segment]),
        )


def acl_rules(direction: Callable[..., RuleT], entries: list[AclEntry]) -> list[RuleT]:
    """Return the entries as the numbered rules of one direction."""
    return [
        direction(
            rule_no=100 + index,
            action="allow",
            protocol=entry.protocol,
            cidr_block=entry.peer,
            from_port=entry.first_port,
            to_port=entry.last_port,
        )
        for index, entry in enumerate(entries)
    ]


def dns_options(service: str) -> aws.ec2.VpcEndpointDnsOptionsArgs | None:
    """Return the DNS options of an endpoint: without them AWS would answer for S3 to resolver endpoints only."""
    if service != "s3":
        return None
    return aws.ec2.VpcEndpointDnsOptionsArgs(private_dns_only_for_inbound_resolver_endpoint=False)


def endpoint_policy(account: str) -> dict[str, object]:
    """Return the policy of an endpoint: principals of the site's own account reach resources of that account only."""
    own = {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OwnAccountOnly",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": "*",
                "Resource": "*",
                "Condition": {"StringEquals": own},
            }
        ],
    }
