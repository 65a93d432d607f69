"""A link of an AWS site, to another site or to an office: IPsec over a private circuit, for declared addresses only.

Source of the shape: AWS Site-to-Site VPN user guide, "Private IP VPN with AWS Direct Connect"; of the limits of the
tunnels' parameters: the same guide, "Tunnel options".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

if TYPE_CHECKING:
    from components.aws.storage import Storage
    from components.aws.transit import Transit
    from components.declaration.model import AwsSite
    from components.site import LinkEnd, SitePlan

# Groups 20 and 21 are the curves P-384 and P-521; 22 to 24 are higher numbers and weaker (RFC 8247).
groups = [20, 21]
ciphers = ["AES256-GCM-16"]
hashes = ["SHA2-384", "SHA2-512"]
phase1_seconds = 3600
phase2_seconds = 1800
dead_peer_seconds = 30


@dataclass(frozen=True)
class SiteLinkArgs:
    """What a link is built from: the site, its end, the transit gateway of it and the site's storage."""

    plan: SitePlan[AwsSite]
    end: LinkEnd
    transit: Transit
    storage: Storage


class SiteLink(pulumi.ComponentResource):
    """Two tunnels to the other end, and what passes between them and this site."""

    def __init__(self, name: str, args: SiteLinkArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:aws:SiteLink", name, None, opts)
        self.name = name
        self.args = args
        self.plan = args.plan
        self.child = pulumi.ResourceOptions(parent=self)
        self.transit = args.transit.gateway
        attachment = args.transit.attachment.id
        self.connection = self._connection()
        self._transit_routes("out", attachment, self.connection.transit_gateway_attachment_id, self._far())
        self._transit_routes("in", self.connection.transit_gateway_attachment_id, attachment, self._own())
        self.register_outputs({"vpn_connection": self.connection.id})

    def _tags(self, name: str) -> dict[str, str]:
        return {**self.plan.tags(self.args.end.ends_in), "Name": name}

    def _far(self) -> list[str]:
        return list(dict.fromkeys(str(peer) for _, peer in self.args.end.pairs))

    def _own(self) -> list[str]:
        return list(dict.fromkeys(str(self.plan.segment_network(segment)) for segment, _ in self.args.end.pairs))

    def _connection(self) -> aws.ec2.VpnConnection:
        remote = self.args.end.remote
        device = aws.ec2.CustomerGateway(
            self.name,
            type="ipsec.1",
            ip_address=str(remote.address),
            bgp_asn=str(remote.asn),
            tags=self._tags(self.name),
            opts=self.child,
        )
        log: Any = tunnel_log(self.args.storage.log_group.arn)
        return aws.ec2.VpnConnection(
            self.name,
            type="ipsec.1",
            customer_gateway_id=device.id,
            transit_gateway_id=self.transit.id,
            outside_ip_address_type="PrivateIpv4",
            transport_transit_gateway_attachment_id=self._circuit(),
            static_routes_only=True,
            enable_acceleration=False,
            local_ipv4_network_cidr=str(self.args.end.far),
            remote_ipv4_network_cidr=str(self.plan.site.cidr),
            preshared_key_storage="SecretsManager",
            **tunnel_options(1, log),
            **tunnel_options(2, log),
            tags=self._tags(self.name),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.args.storage.flow_log]),
        )

    def _circuit(self) -> pulumi.Output[str] | None:
        """Join the circuit, which learns of the tunnels' outer addresses and nothing else; None in a sandbox."""
        circuit = self.args.end.transit.direct_connect
        if circuit is None:
            return None
        association = aws.directconnect.GatewayAssociation(
            self.name,
            dx_gateway_id=circuit,
            associated_gateway_id=self.transit.id,
            allowed_prefixes=[str(self.args.end.transit.network)],
            opts=self.child,
        )
        return association.transit_gateway_attachment_id

    def _transit_routes(
        self, direction: str, source: pulumi.Input[str], target: pulumi.Input[str], networks: list[str]
    ) -> None:
        """Let what comes from one attachment reach these networks behind another, and nothing else."""
        once = pulumi.ResourceOptions(parent=self, delete_before_replace=True)  # AWS takes no second one beside it
        name = f"{self.name}-{direction}"
        table = aws.ec2transitgateway.RouteTable(
            name, transit_gateway_id=self.transit.id, tags=self._tags(name), opts=self.child
        )
        aws.ec2transitgateway.RouteTableAssociation(
            name,
            transit_gateway_attachment_id=source,
            transit_gateway_route_table_id=table.id,
            opts=once,
        )
        for network in networks:
            aws.ec2transitgateway.Route(
                f"{name}-{network.replace('/', '_')}",
                destination_cidr_block=network,
                transit_gateway_attachment_id=target,
                transit_gateway_route_table_id=table.id,
                opts=once,
            )


def tunnel_options(number: int, log: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a tunnel: IKEv2 with AES-256-GCM, SHA-384 or better, P-384 or better, short lives."""
    options: dict[str, Any] = {"ike_versions": ["ikev2"], "log_options": log}
    for phase, seconds in ((1, phase1_seconds), (2, phase2_seconds)):
        options |= {
            f"phase{phase}_encryption_algorithms": ciphers,
            f"phase{phase}_integrity_algorithms": hashes,
            f"phase{phase}_dh_group_numbers": groups,
            f"phase{phase}_lifetime_seconds": seconds,
        }
    options |= {"dpd_timeout_seconds": dead_peer_seconds, "dpd_timeout_action": "restart"}
    return {f"tunnel{number}_{name}": value for name, value in options.items()}


def tunnel_log(log_group_arn: pulumi.Input[str]) -> dict[str, Any]:
    """Return where a tunnel logs what it negotiates."""
    return {
        "cloudwatch_log_options": {"log_enabled": True, "log_group_arn": log_group_arn, "log_output_format": "json"}
    }
