"""What there is, read from moto and the API server, and what the state says there is: two lists to compare."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from hosts.gateway.shipping import RECORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tests.engine.place import Place

region = "eu-west-1"
service_control_policy = "aws:organizations/policy:Policy"
role_policy = "aws:iam/rolePolicy:RolePolicy"
RECEIVED = "enclave-europe-hamar"
"""The bucket of the stand-in for the inspector's receiver, which is no resource of the stack."""
bucket_object = "aws:s3/bucketObjectv2:BucketObjectv2"
Inventory = set[tuple[str, str]]


def client(place: Place, service: str, where: str = region, given: Mapping[str, str] | None = None) -> Any:
    """Return a boto3 client of the stand-in; ``given``: the credentials of a role that was assumed."""
    make: Any = boto3.client
    own = given or {"AccessKeyId": "sandbox", "SecretAccessKey": "sandbox"}
    return make(
        service,
        region_name=where,
        endpoint_url=place.register.aws_endpoint,
        aws_access_key_id=own["AccessKeyId"],
        aws_secret_access_key=own["SecretAccessKey"],
        aws_session_token=own.get("SessionToken"),
        config=Config(s3={"addressing_style": "path"}),
    )


def _pages(place: Place, where: str, service: str, operation: str, key: str, **arguments: Any) -> list[dict[str, Any]]:
    asked = client(place, service, where)
    if asked.can_paginate(operation):
        return [item for page in asked.get_paginator(operation).paginate(**arguments) for item in page[key]]
    return list(getattr(asked, operation)(**arguments)[key])


# How moto is asked for all that it has of a type: service, operation, list in the answer, id in an entry.
questions: dict[str, tuple[str, str, str, str]] = {
    "aws:ec2/vpc:Vpc": ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    "aws:ec2/subnet:Subnet": ("ec2", "describe_subnets", "Subnets", "SubnetId"),
    "aws:ec2/routeTable:RouteTable": ("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    "aws:ec2/networkAcl:NetworkAcl": ("ec2", "describe_network_acls", "NetworkAcls", "NetworkAclId"),
    "aws:ec2/securityGroup:SecurityGroup": ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    "aws:ec2/flowLog:FlowLog": ("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    "aws:ec2/launchTemplate:LaunchTemplate": (
        "ec2",
        "describe_launch_templates",
        "LaunchTemplates",
        "LaunchTemplateId",
    ),
    "aws:autoscaling/group:Group": (
        "autoscaling",
        "describe_auto_scaling_groups",
        "AutoScalingGroups",
        "AutoScalingGroupName",
    ),
    "aws:lb/loadBalancer:LoadBalancer": ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
    "aws:lb/targetGroup:TargetGroup": ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupArn"),
    "aws:ec2/customerGateway:CustomerGateway": (
        "ec2",
        "describe_customer_gateways",
        "CustomerGateways",
        "CustomerGatewayId",
    ),
    "aws:ec2/vpnConnection:VpnConnection": ("ec2", "describe_vpn_connections", "VpnConnections", "VpnConnectionId"),
    "aws:ec2transitgateway/transitGateway:TransitGateway": (
        "ec2",
        "describe_transit_gateways",
        "TransitGateways",
        "TransitGatewayId",
    ),
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": (
        "ec2",
        "describe_transit_gateway_vpc_attachments",
        "TransitGatewayVpcAttachments",
        "TransitGatewayAttachmentId",
    ),
    "aws:ec2transitgateway/routeTable:RouteTable": (
        "ec2",
        "describe_transit_gateway_route_tables",
        "TransitGatewayRouteTables",
        "TransitGatewayRouteTableId",
    ),
    "aws:cloudtrail/trail:Trail": ("cloudtrail", "describe_trails", "trailList", "TrailARN"),
    "aws:cloudwatch/logGroup:LogGroup": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "aws:iam/role:Role": ("iam", "list_roles", "Roles", "RoleName"),
    "aws:iam/instanceProfile:InstanceProfile": (
        "iam",
        "list_instance_profiles",
        "InstanceProfiles",
        "InstanceProfileName",
    ),
    "aws:kms/alias:Alias": ("kms", "list_aliases", "Aliases", "AliasName"),
    "aws:lambda/function:Function": ("lambda", "list_functions", "Functions", "FunctionName"),
    "aws:s3/bucket:Bucket": ("s3", "list_buckets", "Buckets", "Name"),
}


def _lives(item: dict[str, Any]) -> bool:
    return item["State"] not in ("deleting", "deleted")


# What AWS makes by itself, as moto does: with every account, and with every VPC.
_ours: dict[str, Callable[[dict[str, Any]], bool]] = {
    "aws:ec2/vpc:Vpc": lambda item: not item["IsDefault"],
    "aws:ec2/subnet:Subnet": lambda item: not item["DefaultForAz"],
    "aws:ec2/routeTable:RouteTable": lambda item: not any(a.get("Main") for a in item["Associations"]),
    "aws:ec2/networkAcl:NetworkAcl": lambda item: not item["IsDefault"],
    "aws:ec2/securityGroup:SecurityGroup": lambda item: item["GroupName"] != "default",
    # AWS shows what is deleted for a while, moto for ever
    "aws:ec2/vpcEndpoint:VpcEndpoint": _lives,
    "aws:ec2/customerGateway:CustomerGateway": _lives,
    "aws:ec2/vpnConnection:VpnConnection": _lives,
    # a connection brings an attachment, a transit gateway a table
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": lambda item: bool(item.get("VpcId")),
    "aws:ec2transitgateway/routeTable:RouteTable": lambda item: (
        _lives(item) and not item["DefaultAssociationRouteTable"]
    ),
    "aws:kms/alias:Alias": lambda item: not item["AliasName"].startswith("alias/aws/"),
    "aws:s3/bucket:Bucket": lambda item: item["Name"] != RECEIVED,
}


def in_moto(place: Place, where: str = region) -> Inventory:
    """Return (type, id) of everything that moto has in a region, but for what AWS makes by itself."""
    found = {
        (type_, str(item[key]))
        for type_, (service, operation, answer, key) in questions.items()
        for item in _pages(place, where, service, operation, answer)
        if _ours.get(type_, bool)(item)
    }
    keys = client(place, "kms", where)
    listed = [item["KeyId"] for item in _pages(place, where, "kms", "list_keys", "Keys")]
    described = [keys.describe_key(KeyId=key)["KeyMetadata"] for key in listed]
    found |= {
        ("aws:kms/key:Key", key["KeyId"])
        for key in described
        if key["KeyManager"] == "CUSTOMER" and key["KeyState"] != "PendingDeletion"
    }
    iam = client(place, "iam", where)
    found |= {
        (role_policy, f"{role['RoleName']}:{name}")
        for role in _pages(place, where, "iam", "list_roles", "Roles")
        for name in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
    }
    s3 = client(place, "s3", where)
    found |= {
        (bucket_object, f"{bucket['Name']}/{each['Key']}")
        for bucket in _pages(place, where, "s3", "list_buckets", "Buckets")
        if bucket["Name"] != RECEIVED
        for each in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", ())
        if not each["Key"].startswith(f"{RECORDS}/")  # of the gateways' hosts, which the engine does not know
    }
    policies = client(place, "organizations", where).list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    return found | {(service_control_policy, policy["Id"]) for policy in policies if not policy["AwsManaged"]}


def copies(place: Place, site: str, *reading: str) -> Inventory:
    """Return (type, id) of what stays of a site of `europe` with one gateway: the inspector's copy, and who uses it.

    ``reading`` are the roles of the inspector's that read, beside its own.
    """
    alias = f"alias/europe/{site}/inspection"
    looking = ("inspector", *reading)
    roles = [f"europe-{site}-{of}" for of in (*looking, "inspector-keeper", "employees-gateway")]
    return {
        ("aws:s3/bucket:Bucket", f"europe-{site}-inspection-111122223333"),
        ("aws:kms/key:Key", client(place, "kms").describe_key(KeyId=alias)["KeyMetadata"]["KeyId"]),
        ("aws:kms/alias:Alias", alias),
        *(("aws:iam/role:Role", role) for role in roles),
        *((role_policy, f"europe-{site}-{of}:{site}-{of}") for of in looking),
    }


def in_kubernetes(place: Place) -> Inventory:
    """Return (kind, namespace/name) of everything in the API server that carries an enclave's label."""
    kinds = (
        "namespaces,networkpolicies,resourcequotas,limitranges,deployments,statefulsets,cronjobs,services,serviceaccounts,"
        "poddisruptionbudgets,configmaps,roles,rolebindings,clusterroles,clusterrolebindings,validatingadmissionpolicies,validatingadmissionpolicybindings"
    )
    items = json.loads(place.kubectl("get", kinds, "-A", "-l", "enclave/site", "-o", "json"))["items"]
    return {(item["kind"], _place_of(item["metadata"])) for item in items}


def aws_in(state: Iterable[dict[str, Any]]) -> Inventory:
    """Return (type, id) of the AWS resources in a state, of the types that moto is asked for."""
    asked = {*questions, "aws:kms/key:Key", service_control_policy, role_policy, bucket_object}
    return {(resource["type"], resource["id"]) for resource in state if resource["type"] in asked}


def kubernetes_in(state: Iterable[dict[str, Any]]) -> Inventory:
    """Return (kind, namespace/name) of the Kubernetes resources in a state."""
    objects = [resource["outputs"] for resource in state if resource["type"].startswith("kubernetes:")]
    return {(item["kind"], _place_of(item["metadata"])) for item in objects}


def _place_of(metadata: dict[str, Any]) -> str:
    return f"{metadata.get('namespace', '')}/{metadata['name']}"
