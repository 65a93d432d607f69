"""Type tokens of the resources that make up a network in AWS."""

from __future__ import annotations

from typing import Final


def token(name: str, module: str = "ec2") -> str:
    """Return the type token of a resource of one of AWS's modules."""
    return f"aws:{module}/{name[0].lower()}{name[1:]}:{name}"


VPC: Final = (token("Vpc"), token("DefaultVpc"))
SUBNET: Final = (token("Subnet"), token("DefaultSubnet"))
IPV4_BLOCK: Final = token("VpcIpv4CidrBlockAssociation")
IPV6_BLOCK: Final = token("VpcIpv6CidrBlockAssociation")

GROUP: Final = token("SecurityGroup")
DEFAULT_GROUP: Final = token("DefaultSecurityGroup")
GROUPS: Final = (GROUP, DEFAULT_GROUP, *VPC)
"""What a security group's id may come from: a VPC tells its default group's."""
GROUP_RULE: Final = token("SecurityGroupRule")
GROUP_INGRESS: Final = token("SecurityGroupIngressRule", "vpc")
GROUP_EGRESS: Final = token("SecurityGroupEgressRule", "vpc")
PREFIX_LIST: Final = token("ManagedPrefixList")
PREFIX_ENTRY: Final = token("ManagedPrefixListEntry")

ACL: Final = token("NetworkAcl")
DEFAULT_ACL: Final = token("DefaultNetworkAcl")
ACLS: Final = (ACL, DEFAULT_ACL, *VPC)
ACL_RULE: Final = token("NetworkAclRule")
ACL_ASSOCIATION: Final = token("NetworkAclAssociation")

TABLE: Final = token("RouteTable")
DEFAULT_TABLE: Final = token("DefaultRouteTable")
TABLES: Final = (TABLE, DEFAULT_TABLE, *VPC)
ROUTE: Final = token("Route")
TABLE_ASSOCIATION: Final = token("RouteTableAssociation")
MAIN_ASSOCIATION: Final = token("MainRouteTableAssociation")

INTERNET_GATEWAY: Final = token("InternetGateway")
INTERNET_ATTACHMENT: Final = token("InternetGatewayAttachment")
EGRESS_ONLY: Final = token("EgressOnlyInternetGateway")
CARRIER: Final = token("CarrierGateway")
NAT: Final = token("NatGateway")
EIP: Final = token("Eip")
EIP_ASSOCIATION: Final = token("EipAssociation")
PEERING: Final = token("VpcPeeringConnection")
PEERING_ACCEPTER: Final = token("VpcPeeringConnectionAccepter")
VPN_GATEWAY: Final = token("VpnGateway")
VPN_ATTACHMENT: Final = token("VpnGatewayAttachment")
VPN_PROPAGATION: Final = token("VpnGatewayRoutePropagation")
VPN: Final = token("VpnConnection")
VPN_ROUTE: Final = token("VpnConnectionRoute")
DIRECT_CONNECT: Final = token("GatewayAssociation", "directconnect")

ENDPOINT: Final = token("VpcEndpoint")
ENDPOINT_SUBNET: Final = token("VpcEndpointSubnetAssociation")
ENDPOINT_GROUP: Final = token("SecurityGroupAssociation")
ENDPOINT_SERVICE: Final = token("VpcEndpointService")
INTERFACE: Final = token("NetworkInterface")
INTERFACE_GROUP: Final = token("NetworkInterfaceSecurityGroupAttachment")
INSTANCE: Final = token("Instance")
LAUNCH_TEMPLATE: Final = token("LaunchTemplate")
LAUNCH_CONFIGURATION: Final = token("LaunchConfiguration")
AUTOSCALING: Final = token("Group", "autoscaling")
_V2: Final = ("lb", "alb", "elasticloadbalancingv2", "applicationloadbalancing")
"""Modules that have the same types; the SDK keeps its older names."""
BALANCERS: Final = (*(token("LoadBalancer", module) for module in _V2), token("LoadBalancer", "elb"))
LISTENERS: Final = tuple(token("Listener", module) for module in _V2)
LISTENER_RULES: Final = tuple(token("ListenerRule", module) for module in _V2)
TARGET_GROUPS: Final = tuple(token("TargetGroup", module) for module in _V2)
TARGET_ATTACHMENTS: Final = tuple(token("TargetGroupAttachment", module) for module in _V2)
CLIENT_VPN: Final = token("Endpoint", "ec2clientvpn")
CLIENT_VPN_NETWORK: Final = token("NetworkAssociation", "ec2clientvpn")
CLIENT_VPN_RIGHT: Final = token("AuthorizationRule", "ec2clientvpn")
CLIENT_VPN_ROUTE: Final = token("Route", "ec2clientvpn")
OF_CLIENT_VPN: Final = (CLIENT_VPN_RIGHT, CLIENT_VPN_ROUTE, CLIENT_VPN_NETWORK)

TRANSIT: Final = token("TransitGateway", "ec2transitgateway")
TRANSIT_VPC: Final = token("VpcAttachment", "ec2transitgateway")
TRANSIT_PEERING: Final = token("PeeringAttachment", "ec2transitgateway")
TRANSIT_CONNECT: Final = token("Connect", "ec2transitgateway")
TRANSIT_ATTACHMENTS: Final = (TRANSIT_VPC, TRANSIT_PEERING, TRANSIT_CONNECT, VPN)
TRANSIT_TABLE: Final = token("RouteTable", "ec2transitgateway")
TRANSIT_TABLES: Final = (TRANSIT_TABLE, TRANSIT)
TRANSIT_ROUTE: Final = token("Route", "ec2transitgateway")
TRANSIT_ASSOCIATION: Final = token("RouteTableAssociation", "ec2transitgateway")
TRANSIT_PROPAGATION: Final = token("RouteTablePropagation", "ec2transitgateway")
TRANSIT_DEFAULT: Final = token("DefaultRouteTableAssociation", "ec2transitgateway")
TRANSIT_PREFIXES: Final = token("PrefixListReference", "ec2transitgateway")

SUBNET_GROUPS: Final = {
    "dbSubnetGroupName": (token("SubnetGroup", "rds"), token("SubnetGroup", "docdb")),
    "neptuneSubnetGroupName": (token("SubnetGroup", "neptune"),),
    "subnetGroupName": tuple(token("SubnetGroup", module) for module in ("elasticache", "dax", "memorydb")),
    "clusterSubnetGroupName": (token("SubnetGroup", "redshift"),),
    "replicationSubnetGroupId": (token("ReplicationSubnetGroup", "dms"),),
}
"""Properties that name a group of subnets, and the types that such a group has."""
TEMPLATES: Final = (LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION)
BY_NAME: Final = frozenset({*TEMPLATES, *(one for every in SUBNET_GROUPS.values() for one in every)})
"""Types that others refer to by name."""
