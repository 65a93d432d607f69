"""Changes made to each type behind the engine's back, with boto3: what somebody does in a console."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.sandbox.aws_plugin.local_aws import LocalAws

SOMEBODYS = "somebody's"  # how what is made here is marked
Change = Callable[[LocalAws, str, Mapping[str, Any]], Any]


def _ec2_tag(aws: LocalAws, identity: str, _outputs: Mapping[str, Any]) -> Any:
    return aws.ec2.create_tags(Resources=[identity], Tags=[{"Key": "owner", "Value": "somebody"}])


def _elb_tag(aws: LocalAws, identity: str, _outputs: Mapping[str, Any]) -> Any:
    return aws.elbv2.add_tags(ResourceArns=[identity], Tags=[{"Key": "owner", "Value": "somebody"}])


def _open_group(aws: LocalAws, identity: str, _outputs: Mapping[str, Any]) -> Any:
    everybody = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    return aws.ec2.authorize_security_group_ingress(GroupId=identity, IpPermissions=[everybody])


def _open_acl(aws: LocalAws, identity: str, _outputs: Mapping[str, Any]) -> Any:
    return aws.ec2.create_network_acl_entry(
        NetworkAclId=identity,
        RuleNumber=1,
        Protocol="-1",
        RuleAction="allow",
        Egress=False,
        CidrBlock="0.0.0.0/0",
    )


def _widen_rule(aws: LocalAws, identity: str, outputs: Mapping[str, Any]) -> Any:
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 65535, "CidrIpv4": "0.0.0.0/0"}
    return aws.ec2.modify_security_group_rules(
        GroupId=outputs["securityGroupId"],
        SecurityGroupRules=[{"SecurityGroupRuleId": identity, "SecurityGroupRule": rule}],
    )


def _other_table(aws: LocalAws, _identity: str, outputs: Mapping[str, Any]) -> Any:
    subnet = outputs["subnetId"]
    vpc = aws.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"]
    marks = [{"ResourceType": "route-table", "Tags": [{"Key": "Name", "Value": SOMEBODYS}]}]
    table = aws.ec2.create_route_table(VpcId=vpc, TagSpecifications=marks)["RouteTable"]["RouteTableId"]
    own = {"Name": "association.subnet-id", "Values": [subnet]}
    association = aws.ec2.describe_route_tables(Filters=[own])["RouteTables"][0]["Associations"][0]
    return aws.ec2.replace_route_table_association(
        AssociationId=association["RouteTableAssociationId"], RouteTableId=table
    )


_OPEN_POLICY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}'
)
_ANYTHING = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
_NOTHING_DENIED = '{"Version": "2012-10-17", "Statement": []}'
_ANYBODY = (
    '{"Version": "2012-10-17", "Statement": '
    '[{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "sts:AssumeRole"}]}'
)


def _other_transit(aws: LocalAws, _identity: str, outputs: Mapping[str, Any]) -> Any:
    gateways = [one["TransitGatewayId"] for one in aws.ec2.describe_transit_gateways()["TransitGateways"]]
    return aws.ec2.replace_route(
        RouteTableId=outputs["routeTableId"],
        DestinationCidrBlock=outputs["destinationCidrBlock"],
        TransitGatewayId=next(one for one in gateways if one != outputs["transitGatewayId"]),
    )


def _suspend(aws: LocalAws, _identity: str, outputs: Mapping[str, Any]) -> Any:
    found = aws.scheduler.get_schedule(Name=outputs["name"], GroupName=outputs["groupName"])
    keys = ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    return aws.scheduler.update_schedule(**{key: found[key] for key in keys}, State="DISABLED")


# Somebody can only remove these, not change them.
REMOVED = frozenset(
    {
        "aws:ec2transitgateway/route:Route",
        "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation",
        "aws:organizations/policyAttachment:PolicyAttachment",
    }
)
CHANGES: Mapping[str, Change] = {
    "aws:lambda/function:Function": lambda aws, identity, _: aws.client(
        "lambda", "eu-west-1"
    ).update_function_configuration(FunctionName=identity, Timeout=900),
    "aws:scheduler/schedule:Schedule": _suspend,
    "aws:autoscaling/group:Group": lambda aws, identity, _: aws.autoscaling.update_auto_scaling_group(
        AutoScalingGroupName=identity, MaxSize=9
    ),
    "aws:cloudtrail/trail:Trail": lambda aws, identity, _: aws.cloudtrail.stop_logging(Name=identity),
    "aws:cloudwatch/logGroup:LogGroup": lambda aws, identity, _: aws.logs.put_retention_policy(
        logGroupName=identity, retentionInDays=1
    ),
    "aws:ec2/customerGateway:CustomerGateway": _ec2_tag,
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": _open_acl,
    "aws:ec2/defaultRouteTable:DefaultRouteTable": _ec2_tag,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _open_group,
    "aws:ec2/flowLog:FlowLog": _ec2_tag,
    "aws:ec2/launchTemplate:LaunchTemplate": lambda aws, identity, _: aws.ec2.create_launch_template_version(
        LaunchTemplateId=identity, LaunchTemplateData={"InstanceType": "m7i.48xlarge"}
    ),
    "aws:ec2/networkAcl:NetworkAcl": _open_acl,
    "aws:ec2/route:Route": _other_transit,
    "aws:ec2/routeTable:RouteTable": _ec2_tag,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _other_table,
    "aws:ec2/securityGroup:SecurityGroup": _open_group,
    "aws:ec2/subnet:Subnet": lambda aws, identity, outputs: aws.ec2.modify_subnet_attribute(
        SubnetId=identity, MapPublicIpOnLaunch={"Value": not outputs["mapPublicIpOnLaunch"]}
    ),
    "aws:ec2/vpc:Vpc": lambda aws, identity, outputs: aws.ec2.modify_vpc_attribute(
        VpcId=identity, EnableDnsHostnames={"Value": not outputs["enableDnsHostnames"]}
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": lambda aws, identity, _: aws.ec2.modify_vpc_endpoint(
        VpcEndpointId=identity, PolicyDocument=_OPEN_POLICY
    ),
    "aws:ec2/vpnConnection:VpnConnection": _ec2_tag,
    "aws:ec2transitgateway/route:Route": lambda aws, _identity, outputs: aws.ec2.delete_transit_gateway_route(
        TransitGatewayRouteTableId=outputs["transitGatewayRouteTableId"],
        DestinationCidrBlock=outputs["destinationCidrBlock"],
    ),
    "aws:ec2transitgateway/routeTable:RouteTable": _ec2_tag,
    "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation": lambda aws, _identity, outputs: (
        aws.ec2.disassociate_transit_gateway_route_table(
            TransitGatewayRouteTableId=outputs["transitGatewayRouteTableId"],
            TransitGatewayAttachmentId=outputs["transitGatewayAttachmentId"],
        )
    ),
    "aws:ec2transitgateway/transitGateway:TransitGateway": lambda aws, identity, _: aws.ec2.modify_transit_gateway(
        TransitGatewayId=identity, Options={"AutoAcceptSharedAttachments": "enable"}
    ),
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": lambda aws, identity, _: (
        aws.ec2.modify_transit_gateway_vpc_attachment(
            TransitGatewayAttachmentId=identity, Options={"DnsSupport": "enable"}
        )
    ),
    "aws:iam/instanceProfile:InstanceProfile": lambda aws, identity, _: aws.iam.tag_instance_profile(
        InstanceProfileName=identity, Tags=[{"Key": "owner", "Value": "somebody"}]
    ),
    "aws:iam/role:Role": lambda aws, identity, _: aws.iam.update_assume_role_policy(
        RoleName=identity, PolicyDocument=_ANYBODY
    ),
    "aws:iam/rolePolicy:RolePolicy": lambda aws, _identity, outputs: aws.iam.put_role_policy(
        RoleName=outputs["role"], PolicyName=outputs["name"], PolicyDocument=_ANYTHING
    ),
    "aws:kms/alias:Alias": lambda aws, identity, _: aws.kms.update_alias(
        AliasName=identity, TargetKeyId=aws.kms.create_key(Description=SOMEBODYS)["KeyMetadata"]["KeyId"]
    ),
    "aws:kms/key:Key": lambda aws, identity, _: aws.kms.disable_key(KeyId=identity),
    "aws:lb/listener:Listener": lambda aws, identity, _: aws.elbv2.modify_listener(ListenerArn=identity, Port=8080),
    "aws:lb/loadBalancer:LoadBalancer": _elb_tag,
    "aws:lb/targetGroup:TargetGroup": lambda aws, identity, _: aws.elbv2.modify_target_group(
        TargetGroupArn=identity, HealthCheckIntervalSeconds=200
    ),
    "aws:organizations/policy:Policy": lambda aws, identity, _: aws.organizations.update_policy(
        PolicyId=identity, Content=_NOTHING_DENIED
    ),
    "aws:organizations/policyAttachment:PolicyAttachment": lambda aws, _identity, outputs: (
        aws.organizations.detach_policy(PolicyId=outputs["policyId"], TargetId=outputs["targetId"])
    ),
    "aws:s3/bucket:Bucket": lambda aws, identity, _: aws.s3.put_bucket_tagging(
        Bucket=identity, Tagging={"TagSet": [{"Key": "owner", "Value": "somebody"}]}
    ),
    "aws:s3/bucketObjectv2:BucketObjectv2": lambda aws, _identity, outputs: aws.s3.put_object_tagging(
        Bucket=outputs["bucket"],
        Key=outputs["key"],
        Tagging={"TagSet": [{"Key": "owner", "Value": "somebody"}]},
    ),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": lambda aws, identity, _: (
        aws.s3.put_object_lock_configuration(
            Bucket=identity,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            },
        )
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": lambda aws, identity, _: (
        aws.s3.put_bucket_ownership_controls(
            Bucket=identity, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        )
    ),
    "aws:s3/bucketPolicy:BucketPolicy": lambda aws, identity, _: aws.s3.put_bucket_policy(
        Bucket=identity, Policy=_OPEN_POLICY
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": lambda aws, identity, _: aws.s3.put_public_access_block(
        Bucket=identity, PublicAccessBlockConfiguration={"BlockPublicAcls": False, "BlockPublicPolicy": False}
    ),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": lambda aws, identity, _: aws.s3.put_bucket_replication(
        Bucket=identity,
        ReplicationConfiguration={
            "Role": "arn:aws:iam::111122223333:role/somebodys",
            "Rules": [{"ID": "all", "Status": "Enabled", "Destination": {"Bucket": f"arn:aws:s3:::{identity}"}}],
        },
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": lambda aws, identity, _: (
        aws.s3.put_bucket_encryption(
            Bucket=identity,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
        )
    ),
    "aws:s3/bucketVersioning:BucketVersioning": lambda aws, identity, outputs: aws.s3.put_bucket_versioning(
        Bucket=identity,
        VersioningConfiguration={
            "Status": "Enabled" if outputs["versioningConfiguration"]["status"] == "Suspended" else "Suspended"
        },
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _ec2_tag,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _widen_rule,
}
