"""Where people's own devices dial in to an AWS site: a Client VPN that leads to the gateway's balancer alone.

What a device sends comes out of interfaces of the Client VPN in the subnets of the segment, with their address in the
place of its own. Two locks stand before the rest of the site: the endpoint's authorization rules name the segment and
nothing else, and the interfaces' security group lets out to what stands there and to nobody else.

The tunnel is never split. A device that is dialled in has no other network, so whoever holds it from the internet holds
nothing while it stands in the enclave (NIST SP 800-53 SC-7(7), SP 800-171 3.13.7).

Sources: AWS Client VPN administrator guide, "Authorization rules", "Security groups", "Split-tunnel on endpoints",
"Client route enforcement", "Connection logging", "Maximum VPN session duration".
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

if TYPE_CHECKING:
    from components.aws.network import NetworkSegmentation
    from components.aws.storage import Storage
    from components.declaration.arrivals import DialIn
    from components.declaration.model import AwsSite
    from components.site import SitePlan


@dataclass(frozen=True)
class ClientVpnArgs:
    """What a Client VPN is built from: the site, what is declared, the site's network and its storage."""

    plan: SitePlan[AwsSite]
    dial_in: DialIn
    network: NetworkSegmentation
    storage: Storage


class ClientVpn(pulumi.ComponentResource):
    """An endpoint that takes a certificate and a sign-on, stands in every zone, and lets declared groups in."""

    def __init__(self, name: str, args: ClientVpnArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:aws:ClientVpn", name, None, opts)
        self.name = name
        self.args = args
        self.plan = args.plan
        self.segment = args.dial_in.one.entry.to
        self.child = pulumi.ResourceOptions(parent=self)
        self.endpoint = self._endpoint(self._group())
        behind = [*args.network.isolation[self.segment], args.storage.flow_log]
        for row in self.plan.subnets():
            if row.segment == self.segment:
                aws.ec2clientvpn.NetworkAssociation(
                    f"{name}-{row.zone}",
                    client_vpn_endpoint_id=self.endpoint.id,
                    subnet_id=args.network.subnets[row.segment, row.zone].id,
                    opts=pulumi.ResourceOptions(parent=self, depends_on=behind),
                )
        for group in args.dial_in.over.groups:
            aws.ec2clientvpn.AuthorizationRule(
                f"{name}-group-{sha256(group.encode()).hexdigest()[:8]}",  # AWS takes no second one of a group
                client_vpn_endpoint_id=self.endpoint.id,
                target_network_cidr=str(self.plan.segment_network(self.segment)),
                access_group_id=group,
                opts=self.child,
            )
        self.register_outputs({"client_vpn_endpoint": self.endpoint.id})

    def _tags(self, name: str) -> dict[str, str]:
        return {**self.plan.tags(self.segment), "Name": name}

    def _group(self) -> aws.ec2.SecurityGroup:
        """Create the interfaces' own group, which lets out to what stands in the segment, on the entry's ports."""
        front = self.args.network.security_groups[self.segment]
        own = aws.ec2.SecurityGroup(
            self.name,
            name=self.name,
            vpc_id=self.args.network.vpc.id,
            description=f"devices that dial in to {self.plan.name}",
            tags=self._tags(self.name),
            opts=self.child,
        )
        entry = self.args.dial_in.one.entry
        for ports in entry.ports:
            name = f"{self.name}-{entry.protocol}-{ports}"
            for rule, at, other in (
                (aws.vpc.SecurityGroupEgressRule, own, front),
                (aws.vpc.SecurityGroupIngressRule, front, own),
            ):
                rule(
                    name,
                    security_group_id=at.id,
                    referenced_security_group_id=other.id,
                    ip_protocol=entry.protocol,
                    from_port=ports.first,
                    to_port=ports.last,
                    tags=self._tags(name),
                    opts=self.child,
                )
        return own

    def _endpoint(self, group: aws.ec2.SecurityGroup) -> aws.ec2clientvpn.Endpoint:
        over = self.args.dial_in.over
        return aws.ec2clientvpn.Endpoint(
            self.name,
            description=f"devices that dial in to {self.plan.name}",
            client_cidr_block=str(self.args.dial_in.one.network),
            server_certificate_arn=over.server_certificate,
            authentication_options=[
                aws.ec2clientvpn.EndpointAuthenticationOptionArgs(
                    type="certificate-authentication", root_certificate_chain_arn=over.client_authority
                ),
                aws.ec2clientvpn.EndpointAuthenticationOptionArgs(
                    type="federated-authentication", saml_provider_arn=over.saml_provider
                ),
            ],
            connection_log_options=aws.ec2clientvpn.EndpointConnectionLogOptionsArgs(
                enabled=True, cloudwatch_log_group=self.args.storage.log_group.name
            ),
            client_login_banner_options=aws.ec2clientvpn.EndpointClientLoginBannerOptionsArgs(
                enabled=True, banner_text=over.banner
            ),
            client_route_enforcement_options=aws.ec2clientvpn.EndpointClientRouteEnforcementOptionsArgs(enforced=True),
            session_timeout_hours=over.session_hours,
            disconnect_on_session_timeout=True,
            split_tunnel=over.split_tunnel,
            self_service_portal="disabled",  # AWS has none for devices with certificates
            transport_protocol="udp",
            vpn_port=443,
            vpc_id=self.args.network.vpc.id,
            security_group_ids=[group.id],
            tags=self._tags(self.name),
            opts=self.child,
        )
