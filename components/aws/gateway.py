"""Gateway hosts of an AWS site: hosts without a public address, a key pair or SSH, behind an internal load balancer."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from components.aws.role_policy import role_policy
from components.aws.storage import log_writer
from components.declaration.physical import gateway_name, gateway_role, log_group_name

if TYPE_CHECKING:
    from components.aws.network import NetworkSegmentation
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


@dataclass(frozen=True)
class GatewayHostsArgs:
    """What a site's gateway hosts are built from."""

    plan: SitePlan[AwsSite]
    network: NetworkSegmentation
    volume_key_arn: pulumi.Input[str]


class GatewayHosts(pulumi.ComponentResource):
    """The hosts of every declared gateway, spread over the site's zones."""

    def __init__(self, name: str, args: GatewayHostsArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:aws:GatewayHosts", name, None, opts)
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
            health_check=aws.lb.TargetGroupHealthCheckArgs(protocol="TCP", port=str(declared.port)),
            tags=self._tags(name, declared),
            opts=self.child,
        )
        balancer = aws.lb.LoadBalancer(
            name,
            name=called,
            load_balancer_type="network",
            internal=True,
            subnets=self.args.network.subnet_ids(declared.front),
            security_groups=[self.args.network.security_groups[declared.front].id],
            enable_cross_zone_load_balancing=True,
            tags=self._tags(name, declared),
            opts=self.child,
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
        template = aws.ec2.LaunchTemplate(
            name,
            name=called,
            image_id=declared.machine_images[self.plan.site.region],
            instance_type=declared.instance_type,
            update_default_version=True,
            user_data=base64.b64encode(user_data(self.plan, gateway, declared).encode()).decode(),
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
            opts=self.child,
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
            opts=self.child,
        )

    def _profile(self, name: str, gateway: str, declared: Gateway) -> aws.iam.InstanceProfile:
        site = self.plan.site
        role = aws.iam.Role(
            name,
            name=gateway_role(self.plan.declaration, self.plan.name, gateway),
            assume_role_policy=json.dumps(host_trust()),
            tags=self._tags(name, declared),
            opts=self.child,
        )
        policy = host_policy(log_writer(site, log_group_name(self.plan.declaration, self.plan.name)))
        role_policy(name, role, json.dumps(policy), self.child)
        return aws.iam.InstanceProfile(
            name, name=role.name, role=role.name, tags=self._tags(name, declared), opts=self.child
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


def host_policy(log_permissions: dict[str, Any]) -> dict[str, Any]:
    """Return what a gateway host may do: open a recorded session, write its log."""
    session = {"Sid": "Sessions", "Effect": "Allow", "Action": _session_actions, "Resource": "*"}
    return {**log_permissions, "Statement": [session, *log_permissions["Statement"]]}


def user_data(plan: SitePlan[AwsSite], gateway: str, declared: Gateway) -> str:
    """Return the cloud-init document that tells a host which gateway image to run."""
    settings = {"ENCLAVE_SITE": plan.name, "ENCLAVE_GATEWAY": gateway, "ENCLAVE_IMAGE": declared.image}
    content = "".join(f"{key}={value}\n" for key, value in settings.items())
    document = {"write_files": [{"path": "/etc/enclave/gateway.env", "permissions": "0444", "content": content}]}
    return "#cloud-config\n" + json.dumps(document)
