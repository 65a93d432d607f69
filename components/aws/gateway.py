"""Gateway hosts of an AWS site: hosts without a public address, a key pair or SSH, behind an internal load balancer."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from components.access.pseudonyms import pseudonyms_of
from components.access.told import gateways_told
from components.aws.arn import bucket_arn, dns_suffix, role_arn
from components.aws.role_policy import role_policy
from components.aws.storage import log_writer
from components.declaration.physical import (
    CONFIG,
    INSPECTION,
    bucket_name,
    bundle_key,
    bundle_prefix,
    gateway_name,
    gateway_role,
    log_group_name,
)
from components.protection import inside
from hosts.gateway.bundle import digest_of
from hosts.gateway.packed import packed
from hosts.gateway.user_data import user_data_of

if TYPE_CHECKING:
    from components.aws.network import NetworkSegmentation
    from components.aws.storage import Storage
    from components.declaration.model import AwsSite, Gateway
    from components.site import SitePlan

# What the Systems Manager agent needs (AWS managed policy AmazonSSMManagedInstanceCore, without parameter access).
_session_actions = [
    "ec2messages:*",
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
]
# What a launch makes: the tags of the template itself reach none of it.
made_at_launch = ("instance", "network-interface", "volume")
longest_user_data = 16_384
"""Bytes (EC2 API, RunInstances); a bundle would not fit, so it lies in a bucket."""


@dataclass(frozen=True)
class GatewayHostsArgs:
    """What a site's gateway hosts are built from."""

    plan: SitePlan[AwsSite]
    network: NetworkSegmentation
    volume_key_arn: pulumi.Input[str]
    storage: Storage


class GatewayHosts(pulumi.ComponentResource):
    """The hosts of every declared gateway, spread over the site's zones."""

    def __init__(self, name: str, args: GatewayHostsArgs, opts: pulumi.ResourceOptions) -> None:
        told = gateways_told(args.plan.declaration, args.plan.name)
        super().__init__("enclave:aws:GatewayHosts", name, told, opts)
        self.args = args
        self.plan = args.plan
        self.child = pulumi.ResourceOptions(parent=self)
        self.endpoints = {
            gateway: self._gateway(f"{self.plan.name}-{gateway}", gateway, declared)
            for gateway, declared in self.plan.declaration.gateways.items()
        }
        self.register_outputs({"endpoints": self.endpoints})

    def _gateway(self, name: str, gateway: str, declared: Gateway) -> pulumi.Output[str]:
        """Create one gateway; return its address as HOST:PORT."""
        called = gateway_name(self.plan.declaration, self.plan.name, gateway)
        target_group = aws.lb.TargetGroup(
            name,
            name=called,
            vpc_id=self.args.network.vpc.id,
            port=declared.port,
            protocol="TCP",
            target_type="instance",
            preserve_client_ip="false",  # else hosts and their network ACL would see people's addresses (ADR 20)
            proxy_protocol_v2=True,  # and so Envoy is told from where somebody comes
            health_check=aws.lb.TargetGroupHealthCheckArgs(protocol="TCP", port=str(declared.port)),
            tags=self._tags(name, declared),
            opts=self.child,
        )
        storage, isolation = self.args.storage, self.args.network.isolation
        balancer = aws.lb.LoadBalancer(
            name,
            name=called,
            load_balancer_type="network",
            internal=True,
            subnets=self.args.network.subnet_ids(declared.front),
            security_groups=[self.args.network.security_groups[declared.front].id],
            enable_cross_zone_load_balancing=True,
            tags=self._tags(name, declared),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*isolation[declared.front], storage.flow_log]),
        )
        aws.lb.Listener(
            name,
            load_balancer_arn=balancer.arn,
            port=declared.port,
            protocol="TCP",
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=target_group.arn)],
            tags=self._tags(name, declared),
            opts=self.child,
        )
        self._hosts(name, gateway, declared, target_group)
        return pulumi.Output.concat(balancer.dns_name, ":", str(declared.port))

    def _hosts(self, name: str, gateway: str, declared: Gateway, target_group: aws.lb.TargetGroup) -> None:
        called = gateway_name(self.plan.declaration, self.plan.name, gateway)
        files = self.plan.bundle(gateway)
        digest = digest_of(files)
        config, storage = self.args.storage.buckets[CONFIG], self.args.storage
        bundle = aws.s3.BucketObjectv2(
            f"{name}-bundle",
            bucket=config.bucket,
            key=bundle_key(gateway, digest),
            content=packed(files),
            content_type="application/json",
            tags={**self.plan.tags(classes=[]), "Name": f"{name}-bundle"},
            opts=inside(config, [storage.policies[CONFIG]]),
        )
        template = aws.ec2.LaunchTemplate(
            name,
            name=called,
            image_id=declared.machine_images[self.plan.site.region],
            instance_type=declared.instance_type,
            update_default_version=True,
            user_data=base64.b64encode(user_data(self.plan, gateway, declared, digest).encode()).decode(),
            iam_instance_profile=aws.ec2.LaunchTemplateIamInstanceProfileArgs(
                arn=self._profile(name, gateway, declared).arn
            ),
            metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
                http_endpoint="enabled",
                http_tokens="required",
                http_put_response_hop_limit=1,
                instance_metadata_tags="disabled",
            ),
            network_interfaces=[
                aws.ec2.LaunchTemplateNetworkInterfaceArgs(
                    device_index=0,
                    associate_public_ip_address="false",
                    delete_on_termination="true",
                    security_groups=[self.args.network.security_groups[declared.segment].id],
                )
            ],
            block_device_mappings=[
                aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                    device_name="/dev/xvda",
                    ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                        encrypted="true",
                        kms_key_id=self.args.volume_key_arn,
                        volume_type="gp3",
                        volume_size=20,
                        delete_on_termination="true",
                    ),
                )
            ],
            tag_specifications=[
                aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=self._tags(name, declared))
                for kind in made_at_launch
            ],
            tags=self._tags(name, declared),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[bundle]),  # before a host asks for it
        )
        aws.autoscaling.Group(
            name,
            name=called,
            min_size=declared.replicas,
            max_size=declared.replicas + 1,
            desired_capacity=declared.replicas,
            vpc_zone_identifiers=self.args.network.subnet_ids(declared.segment),
            target_group_arns=[target_group.arn],
            health_check_type="ELB",
            health_check_grace_period=120,
            launch_template=aws.autoscaling.GroupLaunchTemplateArgs(
                id=template.id, version=template.latest_version.apply(str)
            ),
            tags=[
                aws.autoscaling.GroupTagArgs(key=key, value=value, propagate_at_launch=True)
                for key, value in sorted(self._tags(name, declared).items())
            ],
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[*self.args.network.isolation[declared.segment], storage.flow_log]
            ),
        )

    def _profile(self, name: str, gateway: str, declared: Gateway) -> aws.iam.InstanceProfile:
        site = self.plan.site
        role = aws.iam.Role(
            name,
            name=gateway_role(self.plan.declaration, self.plan.name, gateway),
            assume_role_policy=json.dumps(host_trust()),
            tags=self._tags(name, declared),
            # The inspector's copy names it, and AWS takes a later role of the same name for somebody else.
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=self.plan.declaration.inspector is not None),
        )
        bundles = f"{bucket_arn(site, config_bucket(self.plan))}/{bundle_prefix(gateway)}*"
        role_of_key = pseudonyms_of(self.plan.declaration, self.plan.name, gateway).get("role")
        acts_as = role_arn(site, role_of_key) if role_of_key else None
        policy = host_policy(log_writer(site, log_group_name(self.plan.declaration, self.plan.name)), bundles, acts_as)
        rights = role_policy(name, role, json.dumps(policy), self.child)
        return aws.iam.InstanceProfile(
            name,
            name=role.name,
            role=role.name,
            tags=self._tags(name, declared),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[rights]),
        )

    def _tags(self, name: str, declared: Gateway) -> dict[str, str]:
        return {**self.plan.tags(declared.segment), "Name": name}


def host_trust() -> dict[str, Any]:
    """Return the trust policy of a gateway host's role."""
    principal = {"Service": "ec2.amazonaws.com"}
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
    }


def host_policy(log_permissions: dict[str, Any], bundles: str, acts_as: str | None = None) -> dict[str, Any]:
    """Return what a gateway host may do: open a recorded session, read its own bundles, write its log.

    ``acts_as`` is the role that may make pseudonyms, where answers leave the gateway.
    """
    session = {"Sid": "Sessions", "Effect": "Allow", "Action": _session_actions, "Resource": "*"}
    bundle = {"Sid": "Bundle", "Effect": "Allow", "Action": "s3:GetObject", "Resource": bundles}
    acting = {"Sid": "Pseudonyms", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": acts_as}
    more = [acting] if acts_as else []
    return {**log_permissions, "Statement": [session, bundle, *more, *log_permissions["Statement"]]}


def config_bucket(plan: SitePlan[AwsSite]) -> str:
    """Return the name of the site's bucket of configuration."""
    return bucket_name(plan.declaration, plan.name, plan.site.account, CONFIG)


def records_bucket(plan: SitePlan[AwsSite]) -> str:
    """Return the bucket that hosts ship their record to, "" where there is no inspector."""
    if plan.declaration.inspector is None:
        return ""
    return bucket_name(plan.declaration, plan.name, plan.site.account, INSPECTION)


def user_data(plan: SitePlan[AwsSite], gateway: str, declared: Gateway, digest: str) -> str:
    """Return the cloud-init document of a host: which image and which bundle it runs, by digest, and no content."""
    region = plan.site.region
    settings = {
        "ENCLAVE_SITE": plan.name,
        "ENCLAVE_GATEWAY": gateway,
        "ENCLAVE_IMAGE": declared.image,
        "ENCLAVE_BUNDLE": (
            f"https://s3.{region}.{dns_suffix(region)}/{config_bucket(plan)}/{bundle_key(gateway, digest)}"
        ),
        "ENCLAVE_BUNDLE_DIGEST": digest,
        "ENCLAVE_REGION": region,
        "ENCLAVE_RECORDS": records_bucket(plan),
    }
    text = user_data_of(settings)
    if (length := len(text.encode())) > longest_user_data:
        raise ValueError(f"the user data of {plan.name}'s {gateway} has {length} bytes, and {longest_user_data} fit")
    return text
