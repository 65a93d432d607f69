"""One resource of every type of the stand-in, at first or (config `changed`) with something changed in each."""

import json

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
url = config.require("endpoint")
changed = config.get_bool("changed") or False
services = (
    *("autoscaling", "cloudtrail", "ec2", "elbv2", "iam", "kms", "lambda_", "logs", "organizations", "s3", "scheduler"),
    "sts",
)
provider = aws.Provider(
    "local",
    region="eu-west-1",
    access_key="local",
    secret_key=config.require_secret("secretKey"),
    endpoints=[aws.ProviderEndpointArgs(**dict.fromkeys(services, url))],
    skip_credentials_validation=True,
    skip_metadata_api_check=True,
    skip_requesting_account_id=True,
    s3_use_path_style=True,
)
options = pulumi.ResourceOptions(provider=provider)
tags = {"owner": "test", "phase": "second" if changed else "first"}


def policy(action: str, resource: str = "*", **more: object) -> str:
    """A policy document of one statement."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(service: str) -> str:
    """A role's trust in one service."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=not changed, tags=tags, opts=options)
subnets = [
    aws.ec2.Subnet(
        f"subnet-{zone}",
        vpc_id=vpc.id,
        cidr_block=f"10.0.{index}.0/24",
        availability_zone=f"eu-west-1{zone}",
        map_public_ip_on_launch=changed,
        tags=tags,
        opts=options,
    )
    for index, zone in enumerate("ab")
]
table = aws.ec2.RouteTable("table", vpc_id=vpc.id, tags=tags, opts=options)
other_table = aws.ec2.RouteTable("other-table", vpc_id=vpc.id, tags=tags, opts=options)
aws.ec2.RouteTableAssociation(
    "association",
    subnet_id=subnets[0].id,
    route_table_id=(other_table if changed else table).id,
    opts=options,
)
aws.ec2.DefaultRouteTable(
    "default", default_route_table_id=vpc.default_route_table_id, routes=[], tags=tags, opts=options
)
aws.ec2.DefaultNetworkAcl("default", default_network_acl_id=vpc.default_network_acl_id, tags=tags, opts=options)
aws.ec2.DefaultSecurityGroup("default", vpc_id=vpc.id, ingress=[], egress=[], tags=tags, opts=options)
aws.ec2.NetworkAcl(
    "acl",
    vpc_id=vpc.id,
    subnet_ids=[subnet.id for subnet in subnets],
    ingress=[
        aws.ec2.NetworkAclIngressArgs(
            rule_no=100,
            action="allow",
            protocol="tcp",
            cidr_block="10.0.0.0/16",
            from_port=443,
            to_port=8443 if changed else 443,
        ),
        aws.ec2.NetworkAclIngressArgs(
            rule_no=110,
            action="allow",
            protocol="icmp",
            cidr_block="10.0.0.0/16",
            from_port=0,
            to_port=0,
            icmp_type=-1,
            icmp_code=-1,
        ),
    ],
    egress=[
        aws.ec2.NetworkAclEgressArgs(
            rule_no=100, action="allow", protocol="-1", cidr_block="10.0.0.0/16", from_port=0, to_port=0
        )
    ],
    tags=tags,
    opts=options,
)
group = aws.ec2.SecurityGroup("group", vpc_id=vpc.id, description="a group", tags=tags, opts=options)
aws.ec2.SecurityGroup(
    "inline",
    vpc_id=vpc.id,
    ingress=[
        aws.ec2.SecurityGroupIngressArgs(
            protocol="tcp", from_port=443, to_port=443, cidr_blocks=["10.0.1.0/24", "10.0.0.0/24"], self=changed
        )
    ],
    egress=[aws.ec2.SecurityGroupEgressArgs(protocol="-1", from_port=0, to_port=0, security_groups=[group.id])],
    tags=tags,
    opts=options,
)
aws.vpc.SecurityGroupIngressRule(
    "in",
    security_group_id=group.id,
    cidr_ipv4="10.0.0.0/16",
    ip_protocol="tcp",
    from_port=443,
    to_port=8443 if changed else 443,
    description="from inside",
    tags=tags,
    opts=options,
)
aws.vpc.SecurityGroupEgressRule(
    "out",
    security_group_id=group.id,
    referenced_security_group_id=group.id,
    ip_protocol="tcp",
    from_port=444 if changed else 443,
    to_port=444,
    tags=tags,
    opts=options,
)
aws.ec2.VpcEndpoint(
    "interface",
    vpc_id=vpc.id,
    service_name="com.amazonaws.eu-west-1.kms",
    vpc_endpoint_type="Interface",
    private_dns_enabled=True,
    subnet_ids=[subnet.id for subnet in (subnets[:1] if changed else subnets)],
    security_group_ids=[group.id],
    policy=policy("kms:*", Principal={"AWS": "*"}),
    tags=tags,
    opts=options,
)
aws.ec2.VpcEndpoint(
    "gateway",
    vpc_id=vpc.id,
    service_name="com.amazonaws.eu-west-1.s3",
    route_table_ids=[other_table.id],
    policy=policy("s3:Get*" if changed else "s3:*", Principal={"AWS": "*"}),
    tags=tags,
    opts=options,
)

key = aws.kms.Key(
    "key",
    description="second" if changed else "first",
    enable_key_rotation=not changed,
    deletion_window_in_days=30,
    policy=policy("kms:*", Principal={"AWS": "arn:aws:iam::111122223333:root"}),
    tags=tags,
    opts=options,
)
mac = aws.kms.Key(
    "mac",
    description="pseudonyms",
    key_usage="GENERATE_VERIFY_MAC",
    customer_master_key_spec="HMAC_256",
    multi_region=False,
    deletion_window_in_days=7,
    tags=tags,
    opts=options,
)
aws.kms.Alias("alias", target_key_id=(mac if changed else key).key_id, opts=options)

log_group = aws.cloudwatch.LogGroup(
    "logs", kms_key_id=key.arn, retention_in_days=60 if changed else 30, tags=tags, opts=options
)
role = aws.iam.Role(
    "role",
    assume_role_policy=trust("ec2.amazonaws.com" if changed else "vpc-flow-logs.amazonaws.com"),
    permissions_boundary="arn:aws:iam::111122223333:policy/boundary",
    force_detach_policies=True,
    tags=tags,
    opts=options,
)
aws.iam.RolePolicy("role-policy", role=role.name, policy=policy("logs:Put*" if changed else "logs:*"), opts=options)
profile = aws.iam.InstanceProfile("profile", role=None if changed else role.name, tags=tags, opts=options)
aws.ec2.FlowLog(
    "flow-log",
    vpc_id=vpc.id,
    traffic_type="ALL",
    log_destination=log_group.arn,
    iam_role_arn=role.arn,
    max_aggregation_interval=60,
    tags=tags,
    opts=options,
)

template = aws.ec2.LaunchTemplate(
    "template",
    image_id="ami-0123456789abcdef0",
    instance_type="t3.small" if changed else "t3.micro",
    update_default_version=True,
    iam_instance_profile=aws.ec2.LaunchTemplateIamInstanceProfileArgs(arn=profile.arn),
    metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
        http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
    ),
    network_interfaces=[
        aws.ec2.LaunchTemplateNetworkInterfaceArgs(
            device_index=0,
            associate_public_ip_address="false",
            delete_on_termination="true",
            security_groups=[group.id],
        )
    ],
    block_device_mappings=[
        aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
            device_name="/dev/xvda",
            ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                encrypted="true", kms_key_id=key.arn, volume_size=8, volume_type="gp3"
            ),
        )
    ],
    tag_specifications=[
        aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags={"Name": "other" if changed else "host"})
        for kind in ("instance", "network-interface", "volume")
    ],
    tags=tags,
    opts=options,
)
target_group = aws.lb.TargetGroup(
    "targets",
    vpc_id=vpc.id,
    port=443,
    protocol="TCP",
    deregistration_delay=60 if changed else 300,
    preserve_client_ip="true" if changed else "false",
    health_check=aws.lb.TargetGroupHealthCheckArgs(
        protocol="TCP", port="443", interval=10 if changed else 30, healthy_threshold=3, unhealthy_threshold=3
    ),
    tags=tags,
    opts=options,
)
balancer = aws.lb.LoadBalancer(
    "balancer",
    load_balancer_type="network",
    internal=True,
    subnets=[subnet.id for subnet in subnets],
    security_groups=[group.id],
    enable_cross_zone_load_balancing=not changed,
    tags=tags,
    opts=options,
)
aws.lb.Listener(
    "listener",
    load_balancer_arn=balancer.arn,
    port=444 if changed else 443,
    protocol="TCP",
    default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=target_group.arn)],
    tags=tags,
    opts=options,
)
aws.autoscaling.Group(
    "hosts",
    min_size=1,
    max_size=3 if changed else 2,
    desired_capacity=1,
    vpc_zone_identifiers=[subnet.id for subnet in subnets],
    target_group_arns=[target_group.arn],
    health_check_type="ELB",
    launch_template=aws.autoscaling.GroupLaunchTemplateArgs(id=template.id, version=template.latest_version.apply(str)),
    tags=[aws.autoscaling.GroupTagArgs(key=k, value=v, propagate_at_launch=True) for k, v in tags.items()],
    opts=options,
)

transit = [
    aws.ec2transitgateway.TransitGateway(
        name,
        description="second" if changed else "first",
        amazon_side_asn=65020,
        transit_gateway_cidr_blocks=["10.250.0.0/24"],
        default_route_table_association="disable",
        default_route_table_propagation="disable",
        dns_support="enable" if changed else "disable",
        vpn_ecmp_support="disable",
        tags=tags,
        opts=options,
    )
    for name in ("transit", "other-transit")
]
attachments = [
    aws.ec2transitgateway.VpcAttachment(
        name,
        transit_gateway_id=gateway.id,
        vpc_id=vpc.id,
        subnet_ids=[subnet.id for subnet in (subnets if changed else subnets[:1])],
        dns_support="disable",
        transit_gateway_default_route_table_association=False,
        transit_gateway_default_route_table_propagation=False,
        tags=tags,
        opts=options,
    )
    for name, gateway in zip(("transit", "other-transit"), transit, strict=True)
]
device = aws.ec2.CustomerGateway(
    "device", type="ipsec.1", ip_address="10.251.0.10", bgp_asn="65010", tags=tags, opts=options
)
connection = aws.ec2.VpnConnection(
    "connection",
    type="ipsec.1",
    customer_gateway_id=device.id,
    transit_gateway_id=transit[0].id,
    outside_ip_address_type="PrivateIpv4",
    static_routes_only=True,
    local_ipv4_network_cidr="10.9.0.0/16",
    remote_ipv4_network_cidr="10.0.0.0/16",
    preshared_key_storage="SecretsManager",
    tunnel1_ike_versions=["ikev2"],
    tunnel1_phase1_encryption_algorithms=["AES256-GCM-16"],
    tunnel1_phase1_integrity_algorithms=["SHA2-384", "SHA2-512"],
    tunnel1_phase1_dh_group_numbers=[20, 21],
    tunnel1_phase1_lifetime_seconds=3600,
    tunnel1_dpd_timeout_action="restart",
    tunnel1_log_options=aws.ec2.VpnConnectionTunnel1LogOptionsArgs(
        cloudwatch_log_options=aws.ec2.VpnConnectionTunnel1LogOptionsCloudwatchLogOptionsArgs(
            log_enabled=True, log_group_arn=log_group.arn, log_output_format="json"
        )
    ),
    tags=tags,
    opts=options,
)
transit_table = aws.ec2transitgateway.RouteTable("transit", transit_gateway_id=transit[0].id, tags=tags, opts=options)
aws.ec2transitgateway.RouteTableAssociation(
    "transit",
    transit_gateway_attachment_id=attachments[0].id,
    transit_gateway_route_table_id=transit_table.id,
    replace_existing_association=changed,  # nothing else of an association can change
    opts=options,
)
aws.ec2transitgateway.Route(
    "transit",
    destination_cidr_block="10.9.0.0/20",
    transit_gateway_attachment_id=connection.transit_gateway_attachment_id,
    transit_gateway_route_table_id=transit_table.id,
    opts=options,
)
aws.ec2.Route(
    "route",
    route_table_id=table.id,
    destination_cidr_block="10.9.0.0/20",
    transit_gateway_id=transit[1 if changed else 0].id,
    opts=pulumi.ResourceOptions(provider=provider, depends_on=attachments),
)

bucket = aws.s3.Bucket("bucket", object_lock_enabled=True, tags=tags, opts=options)
open_bucket = aws.s3.Bucket("open-bucket", force_destroy=True, tags=tags, opts=options)
aws.s3.BucketObjectv2(
    "object",
    bucket=open_bucket.bucket,
    key="folder/object.json",
    content='{"changed": true}' if changed else "{}",
    content_type="application/json",
    tags=tags,
    opts=options,
)
versioning = aws.s3.BucketVersioning(
    "versioning",
    bucket=open_bucket.id,
    versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(
        status="Suspended" if changed else "Enabled"
    ),
    opts=options,
)
aws.s3.BucketObjectLockConfiguration(
    "object-lock",
    bucket=bucket.id,
    rule=aws.s3.BucketObjectLockConfigurationRuleArgs(
        default_retention=aws.s3.BucketObjectLockConfigurationRuleDefaultRetentionArgs(
            mode="COMPLIANCE", days=60 if changed else 30
        )
    ),
    opts=options,
)
aws.s3.BucketReplicationConfig(
    "replication",
    bucket=bucket.bucket,
    role="arn:aws:iam::111122223333:role/replicates",
    rules=[
        aws.s3.BucketReplicationConfigRuleArgs(
            id="all",
            priority=1,
            status="Disabled" if changed else "Enabled",
            filter=aws.s3.BucketReplicationConfigRuleFilterArgs(prefix=""),
            delete_marker_replication=aws.s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs(status="Disabled"),
            destination=aws.s3.BucketReplicationConfigRuleDestinationArgs(
                bucket=open_bucket.arn,
                encryption_configuration=aws.s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs(
                    replica_kms_key_id=key.arn
                ),
            ),
            source_selection_criteria=aws.s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs(
                sse_kms_encrypted_objects=aws.s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs(
                    status="Enabled"
                )
            ),
        )
    ],
    opts=pulumi.ResourceOptions(provider=provider, depends_on=[versioning]),
)
aws.s3.BucketPublicAccessBlock(
    "public-access",
    bucket=bucket.id,
    block_public_acls=True,
    block_public_policy=True,
    ignore_public_acls=True,
    restrict_public_buckets=changed,
    opts=options,
)
aws.s3.BucketOwnershipControls(
    "ownership",
    bucket=bucket.id,
    rule=aws.s3.BucketOwnershipControlsRuleArgs(
        object_ownership="BucketOwnerPreferred" if changed else "BucketOwnerEnforced"
    ),
    opts=options,
)
aws.s3.BucketServerSideEncryptionConfiguration(
    "encryption",
    bucket=bucket.id,
    rules=[
        aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
            apply_server_side_encryption_by_default=aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                sse_algorithm="aws:kms", kms_master_key_id=key.arn
            ),
            bucket_key_enabled=not changed,
        )
    ],
    opts=options,
)
aws.s3.BucketPolicy(
    "bucket-policy",
    bucket=bucket.id,
    policy=bucket.arn.apply(
        lambda arn: policy("s3:GetObject" if changed else "s3:*", f"{arn}/*", Principal={"AWS": "111122223333"})
    ),
    opts=options,
)
selector_field = aws.cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs
aws.cloudtrail.Trail(
    "trail",
    s3_bucket_name=bucket.bucket,
    kms_key_id=key.arn,
    enable_log_file_validation=not changed,
    include_global_service_events=False,
    advanced_event_selectors=[
        aws.cloudtrail.TrailAdvancedEventSelectorArgs(
            name="objects",
            field_selectors=[
                selector_field(field="eventCategory", equals=["Data"]),
                selector_field(field="resources.type", equals=["AWS::S3::Object"]),
                selector_field(
                    field="resources.ARN",
                    starts_withs=[bucket.arn.apply(lambda arn: f"{arn}/{'b' if changed else 'a'}")],
                ),
            ],
        )
    ],
    tags=tags,
    opts=options,
)
guard = aws.organizations.Policy(
    "guard",
    description="second" if changed else "first",
    content=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "organizations:Leave*", "Resource": "*"}]}
    ),
    tags=tags,
    opts=options,
)
aws.organizations.PolicyAttachment(
    "guard",
    policy_id=guard.id,
    target_id=config.require("root"),
    skip_destroy=not changed,  # nothing else of an attachment can change; at the end it is removed
    opts=options,
)
pulumi.export("vpc", vpc.id)

program = aws.iam.Role("program", assume_role_policy=trust("lambda.amazonaws.com"), tags=tags, opts=options)
function = aws.lambda_.Function(
    "function",
    description="second" if changed else "first",
    role=program.arn,
    package_type="Image",
    image_uri=f"111122223333.dkr.ecr.eu-west-1.amazonaws.com/gateway@sha256:{'b' * 64 if changed else 'a' * 64}",
    image_config=aws.lambda_.FunctionImageConfigArgs(entry_points=["enclave-watch"]),
    environment=aws.lambda_.FunctionEnvironmentArgs(variables={"PHASE": tags["phase"]}),
    memory_size=512,
    timeout=60 if changed else 50,
    tags=tags,
    opts=options,
)
aws.scheduler.Schedule(
    "schedule",
    schedule_expression="rate(5 minutes)" if changed else "rate(1 minute)",
    flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
    target=aws.scheduler.ScheduleTargetArgs(
        arn=function.arn,
        role_arn=program.arn,
        input=json.dumps({"phase": tags["phase"]}),
        retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
            maximum_event_age_in_seconds=60, maximum_retry_attempts=0
        ),
    ),
    opts=options,
)
