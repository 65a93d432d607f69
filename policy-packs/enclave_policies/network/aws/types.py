"""Type tokens of the resources that make up a network in AWS."""

from __future__ import annotations

from typing import Final


def _ec2(name: str, module: str = "ec2") -> str:
    return f"aws:{module}/{name[0].lower()}{name[1:]}:{name}"


VPC: Final = (_ec2("Vpc"), _ec2("DefaultVpc"))
SUBNET: Final = (_ec2("Subnet"), _ec2("DefaultSubnet"))
IPV4_BLOCK: Final = _ec2("VpcIpv4CidrBlockAssociation")
IPV6_BLOCK: Final = _ec2("VpcIpv6CidrBlockAssociation")

GROUP: Final = _ec2("SecurityGroup")
DEFAULT_GROUP: Final = _ec2("DefaultSecurityGroup")
GROUPS: Final = (GROUP, DEFAULT_GROUP, *VPC)
"""What a security group's id may come from: a VPC tells its default group's."""
GROUP_RULE: Final = _ec2("SecurityGroupRule")
GROUP_INGRESS: Final = _ec2("SecurityGroupIngressRule", "vpc")
GROUP_EGRESS: Final = _ec2("SecurityGroupEgressRule", "vpc")
PREFIX_LIST: Final = _ec2("ManagedPrefixList")
PREFIX_ENTRY: Final = _ec2("ManagedPrefixListEntry")

ACL: Final = _ec2("NetworkAcl")
DEFAULT_ACL: Final = _ec2("DefaultNetworkAcl")
ACLS: Final = (ACL, DEFAULT_ACL, *VPC)
ACL_RULE: Final = _ec2("NetworkAclRule")
ACL_ASSOCIATION: Final = _ec2("NetworkAclAssociation")

TABLE: Final = _ec2("RouteTable")
DEFAULT_TABLE: Final = _ec2("DefaultRouteTable")
TABLES: Final = (TABLE, DEFAULT_TABLE, *VPC)
ROUTE: Final = _ec2("Route")
TABLE_ASSOCIATION: Final = _ec2("RouteTableAssociation")
MAIN_ASSOCIATION: Final = _ec2("MainRouteTableAssociation")

INTERNET_GATEWAY: Final = _ec2("InternetGateway")
INTERNET_ATTACHMENT: Final = _ec2("InternetGatewayAttachment")
EGRESS_ONLY: Final = _ec2("EgressOnlyInternetGateway")
CARRIER: Final = _ec2("CarrierGateway")
NAT: Final = _ec2("NatGateway")
EIP: Final = _ec2("Eip")
EIP_ASSOCIATION: Final = _ec2("EipAssociation")
PEERING: Final = _ec2("VpcPeeringConnection")
PEERING_ACCEPTER: Final = _ec2("VpcPeeringConnectionAccepter")
VPN_GATEWAY: Final = _ec2("VpnGateway")
VPN_ATTACHMENT: Final = _ec2("VpnGatewayAttachment")
VPN_PROPAGATION: Final = _ec2("VpnGatewayRoutePropagation")
VPN: Final = _ec2("VpnConnection")
VPN_ROUTE: Final = _ec2("VpnConnectionRoute")
DIRECT_CONNECT: Final = _ec2("GatewayAssociation", "directconnect")

ENDPOINT: Final = _ec2("VpcEndpoint")
ENDPOINT_SUBNET: Final = _ec2("VpcEndpointSubnetAssociation")
ENDPOINT_GROUP: Final = _ec2("SecurityGroupAssociation")
ENDPOINT_TABLE: Final = _ec2("VpcEndpointRouteTableAssociation")
ENDPOINT_SERVICE: Final = _ec2("VpcEndpointService")
INTERFACE: Final = _ec2("NetworkInterface")
INTERFACE_GROUP: Final = _ec2("NetworkInterfaceSecurityGroupAttachment")
INSTANCE: Final = _ec2("Instance")
LAUNCH_TEMPLATE: Final = _ec2("LaunchTemplate")
LAUNCH_CONFIGURATION: Final = _ec2("LaunchConfiguration")
AUTOSCALING: Final = _ec2("Group", "autoscaling")
_V2: Final = ("lb", "alb", "elasticloadbalancingv2", "applicationloadbalancing")
"""Modules that have the same types; the SDK keeps its older names."""
BALANCERS: Final = (*(_ec2("LoadBalancer", module) for module in _V2), _ec2("LoadBalancer", "elb"))
LISTENERS: Final = tuple(_ec2("Listener", module) for module in _V2)
LISTENER_RULES: Final = tuple(_ec2("ListenerRule", module) for module in _V2)
TARGET_GROUPS: Final = tuple(_ec2("TargetGroup", module) for module in _V2)
TARGET_ATTACHMENTS: Final = tuple(_ec2("TargetGroupAttachment", module) for module in _V2)
CLIENT_VPN: Final = _ec2("Endpoint", "ec2clientvpn")
CLIENT_VPN_NETWORK: Final = _ec2("NetworkAssociation", "ec2clientvpn")

TRANSIT: Final = _ec2("TransitGateway", "ec2transitgateway")
TRANSIT_VPC: Final = _ec2("VpcAttachment", "ec2transitgateway")
TRANSIT_PEERING: Final = _ec2("PeeringAttachment", "ec2transitgateway")
TRANSIT_CONNECT: Final = _ec2("Connect", "ec2transitgateway")
TRANSIT_ATTACHMENTS: Final = (TRANSIT_VPC, TRANSIT_PEERING, TRANSIT_CONNECT, VPN)
TRANSIT_TABLE: Final = _ec2("RouteTable", "ec2transitgateway")
TRANSIT_TABLES: Final = (TRANSIT_TABLE, TRANSIT)
TRANSIT_ROUTE: Final = _ec2("Route", "ec2transitgateway")
TRANSIT_ASSOCIATION: Final = _ec2("RouteTableAssociation", "ec2transitgateway")
TRANSIT_PROPAGATION: Final = _ec2("RouteTablePropagation", "ec2transitgateway")
TRANSIT_DEFAULT: Final = _ec2("DefaultRouteTableAssociation", "ec2transitgateway")
TRANSIT_PREFIXES: Final = _ec2("PrefixListReference", "ec2transitgateway")

SUBNET_GROUPS: Final = {
    "dbSubnetGroupName": (_ec2("SubnetGroup", "rds"), _ec2("SubnetGroup", "docdb")),
    "neptuneSubnetGroupName": (_ec2("SubnetGroup", "neptune"),),
    "subnetGroupName": tuple(_ec2("SubnetGroup", module) for module in ("elasticache", "dax", "memorydb")),
    "clusterSubnetGroupName": (_ec2("SubnetGroup", "redshift"),),
    "replicationSubnetGroupId": (_ec2("ReplicationSubnetGroup", "dms"),),
}
"""Properties that name a group of subnets, and the types that such a group has."""
TEMPLATES: Final = (LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION)
BY_NAME: Final = frozenset({*TEMPLATES, *(one for every in SUBNET_GROUPS.values() for one in every)})
"""Types that others refer to by name."""
