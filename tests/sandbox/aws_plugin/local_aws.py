"""moto as these tests see it: started, asked what is in it, and changed behind the engine's back."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import boto3
import pytest
from botocore.config import Config

from sandbox.services import ports
from sandbox.services.moto import ACCOUNT
from sandbox.services.ports import LOOPBACK

REGION = "eu-west-1"


class LocalAws:
    """A moto server and clients for it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://{LOOPBACK}:{port}"
        self._clients: dict[str, Any] = {}

    def __getattr__(self, service: str) -> Any:
        """The client of a service in the usual region."""
        if service not in self._clients:
            self._clients[service] = self.client(service, REGION)
        return self._clients[service]

    def client(self, service: str, region: str) -> Any:
        """A client of a service in a region."""
        make: Any = boto3.Session("test", "test", region_name=region).client
        config = Config(s3={"addressing_style": "path"}, proxies={})
        return make(service, endpoint_url=self.url, config=config)

    def forget(self) -> None:
        """Lose everything, as moto does when it is restarted."""
        self.ask("POST", "/moto-api/reset")

    def organize(self) -> str:
        """Make the account an organization's management account; return the id of the root."""
        self.organizations.create_organization(FeatureSet="ALL")
        root: str = self.organizations.list_roots()["Roots"][0]["Id"]
        self.organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
        return root

    def ask(self, method: str, path: str) -> None:
        """Make a plain request of moto's own interface; OSError when it does not answer."""
        connection = HTTPConnection(LOOPBACK, self.port, timeout=30)
        connection.request(method, path)
        connection.getresponse().read()
        connection.close()

    def inventory(self) -> set[str]:
        """Everything in it that is not AWS's own."""
        return {f"{kind} {name}" for kind, names in _INVENTORY.items() for name in names(self)}


_INVENTORY: Mapping[str, Callable[[LocalAws], list[str]]] = {
    "vpc": lambda aws: [v["VpcId"] for v in aws.ec2.describe_vpcs()["Vpcs"] if not v["IsDefault"]],
    "subnet": lambda aws: [s["SubnetId"] for s in aws.ec2.describe_subnets()["Subnets"] if not s["DefaultForAz"]],
    "group": lambda aws: [
        g["GroupId"] for g in aws.ec2.describe_security_groups()["SecurityGroups"] if g["GroupName"] != "default"
    ],
    "acl": lambda aws: [
        a["NetworkAclId"] for a in aws.ec2.describe_network_acls()["NetworkAcls"] if not a["IsDefault"]
    ],
    "table": lambda aws: [
        t["RouteTableId"]
        for t in aws.ec2.describe_route_tables()["RouteTables"]
        if not any(a["Main"] for a in t["Associations"])
    ],
    "transit gateway": lambda aws: [
        g["TransitGatewayId"] for g in aws.ec2.describe_transit_gateways()["TransitGateways"]
    ],
    "attachment": lambda aws: [
        a["TransitGatewayAttachmentId"]
        for a in aws.ec2.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
        if _is_there(a)
    ],
    "customer gateway": lambda aws: [
        g["CustomerGatewayId"] for g in aws.ec2.describe_customer_gateways()["CustomerGateways"] if _is_there(g)
    ],
    "connection": lambda aws: [
        c["VpnConnectionId"] for c in aws.ec2.describe_vpn_connections()["VpnConnections"] if _is_there(c)
    ],
    "endpoint": lambda aws: [
        e["VpcEndpointId"] for e in aws.ec2.describe_vpc_endpoints()["VpcEndpoints"] if e["State"] != "deleted"
    ],
    "flow log": lambda aws: [f["FlowLogId"] for f in aws.ec2.describe_flow_logs()["FlowLogs"]],
    "template": lambda aws: [t["LaunchTemplateId"] for t in aws.ec2.describe_launch_templates()["LaunchTemplates"]],
    "hosts": lambda aws: [
        g["AutoScalingGroupName"] for g in aws.autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]
    ],
    "balancer": lambda aws: [b["LoadBalancerArn"] for b in aws.elbv2.describe_load_balancers()["LoadBalancers"]],
    "targets": lambda aws: [g["TargetGroupArn"] for g in aws.elbv2.describe_target_groups()["TargetGroups"]],
    "trail": lambda aws: [t["Name"] for t in aws.cloudtrail.describe_trails()["trailList"]],
    "log group": lambda aws: [g["logGroupName"] for g in aws.logs.describe_log_groups()["logGroups"]],
    "role": lambda aws: [
        r["RoleName"] for r in aws.iam.list_roles()["Roles"] if not r["Path"].startswith("/aws-service-role/")
    ],
    "profile": lambda aws: [p["InstanceProfileName"] for p in aws.iam.list_instance_profiles()["InstanceProfiles"]],
    "key": lambda aws: [k["KeyId"] for k in aws.kms.list_keys()["Keys"] if _is_alive(aws, k["KeyId"])],
    "alias": lambda aws: [
        a["AliasName"] for a in aws.kms.list_aliases()["Aliases"] if not a["AliasName"].startswith("alias/aws/")
    ],
    "policy": lambda aws: [
        p["Id"]
        for p in aws.organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
        if not p["AwsManaged"]
    ],
    "bucket": lambda aws: [b["Name"] for b in aws.s3.list_buckets()["Buckets"]],
}


def _is_there(item: Mapping[str, Any]) -> bool:
    """Whether AWS does more than remember that something was deleted."""
    return bool(item["State"] != "deleted")


def _is_alive(aws: LocalAws, key: str) -> bool:
    metadata = aws.kms.describe_key(KeyId=key)["KeyMetadata"]
    return bool(metadata["KeyState"] != "PendingDeletion" and metadata["KeyManager"] == "CUSTOMER")


# The server ends when its stdin does, hence with the test run, however that ends.
_PROGRAM = """
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from sandbox.services.moto_server import main
main()
"""
_SECONDS_TO_START = 60


def start() -> tuple["subprocess.Popen[bytes]", LocalAws]:
    """Start moto and wait until it answers."""
    port = ports.choose(["moto"], {}, [])["moto"]
    server = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, LOOPBACK, str(port)],
        env={"MOTO_ACCOUNT_ID": ACCOUNT, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    aws = LocalAws(port)
    deadline = time.monotonic() + _SECONDS_TO_START
    while not _answers(aws):
        if time.monotonic() > deadline:
            server.kill()
            pytest.fail(f"moto did not answer at {aws.url} within {_SECONDS_TO_START} s")
        time.sleep(0.1)
    return server, aws


@contextmanager
def running() -> Iterator[LocalAws]:
    """Yield a moto that ends with what is done with it."""
    server, aws = start()
    yield aws
    server.kill()
    server.communicate()


def shell(aws: LocalAws) -> dict[str, str]:
    """Return the variables by which a program finds it."""
    return {
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
    }


def _answers(aws: LocalAws) -> bool:
    try:
        aws.ask("GET", "/moto-api/")
    except OSError:
        return False
    return True
