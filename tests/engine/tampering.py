"""What somebody with rights in the clouds could do behind the engine's back: each with the difference it makes."""

from __future__ import annotations

import base64
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.engine.inventory import client, region

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.engine.place import Place

GATEWAYS = "enclave-gateway"
OTHER = "registry.hamar.example/enclave/gateway@sha256:" + "0" * 64


@dataclass(frozen=True)
class Tampering:
    """``kind`` is the difference that the watch must tell, ``at`` the site."""

    kind: str
    at: str
    done: Callable[[Place], AbstractContextManager[None]]

    def __str__(self) -> str:
        return f"{self.at}: {self.kind}: {self.done.__name__}"


def patched(place: Place, change: list[dict[str, Any]]) -> None:
    """Change the gateway's StatefulSet, and wait until its pods are those."""
    where = ("-n", GATEWAYS, "statefulset/employees")
    place.kubectl("patch", "--type=json", "-p", json.dumps(change), *where)
    place.kubectl("rollout", "status", "--timeout=60s", *where)


def _read(place: Place, *what: str) -> Any:
    return json.loads(place.kubectl("get", *what, "-o", "json"))


@contextmanager
def another_image(place: Place) -> Iterator[None]:
    path = "/spec/template/spec/containers/0/image"
    image = _read(place, "statefulset/employees", "-n", GATEWAYS)["spec"]["template"]["spec"]["containers"][0]["image"]
    patched(place, [{"op": "replace", "path": path, "value": OTHER}])
    yield
    patched(place, [{"op": "replace", "path": path, "value": image}])


@contextmanager
def fewer_hosts(place: Place) -> Iterator[None]:
    patched(place, [{"op": "replace", "path": "/spec/replicas", "value": 2}])
    yield
    patched(place, [{"op": "replace", "path": "/spec/replicas", "value": 3}])


@contextmanager
def an_open_policy(place: Place) -> Iterator[None]:
    policy = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "own", "namespace": "enclave-store"},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{}]},
    }
    file = place.folder / "own-policy.json"
    file.write_text(json.dumps(policy), encoding="utf-8")
    place.kubectl("apply", "-f", str(file))
    yield
    place.kubectl("delete", "-f", str(file))


@contextmanager
def a_wider_policy(place: Place) -> Iterator[None]:
    policies = _read(place, "networkpolicies", "-n", "enclave-store")["items"]
    found = next(each for each in policies if each["spec"].get("ingress"))
    name = found["metadata"]["name"]
    _policy(place, name, [{}])
    yield
    _policy(place, name, found["spec"]["ingress"])


def _policy(place: Place, name: str, ingress: Any) -> None:
    change = json.dumps([{"op": "replace", "path": "/spec/ingress", "value": ingress}])
    place.kubectl("patch", "networkpolicy", name, "-n", "enclave-store", "--type=json", "-p", change)


@contextmanager
def an_open_group(place: Place) -> Iterator[None]:
    ec2 = client(place, "ec2")
    group = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["dublin-1-store"]}])
    rule = {
        "GroupId": group["SecurityGroups"][0]["GroupId"],
        "IpPermissions": [
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "203.0.113.0/24"}]}
        ],
    }
    ec2.authorize_security_group_ingress(**rule)
    yield
    ec2.revoke_security_group_ingress(**rule)


@contextmanager
def an_acl_that_lets_in(place: Place) -> Iterator[None]:
    ec2 = client(place, "ec2")
    acls = ec2.describe_network_acls(Filters=[{"Name": "tag:Name", "Values": ["dublin-1-store"]}])["NetworkAcls"]
    entry = {"NetworkAclId": acls[0]["NetworkAclId"], "RuleNumber": 50, "Egress": False}
    ec2.create_network_acl_entry(**entry, Protocol="-1", RuleAction="allow", CidrBlock="0.0.0.0/0")
    yield
    ec2.delete_network_acl_entry(**entry)


@contextmanager
def a_host_of_its_own(place: Place) -> Iterator[None]:
    ec2 = client(place, "ec2")
    subnets = ec2.describe_subnets(Filters=[{"Name": "tag:site", "Values": ["dublin-1"]}])["Subnets"]
    made = ec2.run_instances(
        ImageId="ami-0e5ba9f1f0c0ffee0",
        InstanceType="m7i.large",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnets[0]["SubnetId"],
    )
    name = made["Instances"][0]["InstanceId"]
    yield
    ec2.terminate_instances(InstanceIds=[name])


@contextmanager
def another_bundle_in_its_place(place: Place) -> Iterator[None]:
    s3 = client(place, "s3")
    bucket, key = _bundle(place)
    good = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    files = {**json.loads(good), "policies.cedar": "permit (principal, action, resource);"}
    put = s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(files).encode())
    yield
    s3.delete_object(Bucket=bucket, Key=key, VersionId=put["VersionId"])  # the version before is there again


def _bundle(place: Place) -> tuple[str, str]:
    """Return where the bundle of the gateway in Dublin lies, as its hosts' user data says."""
    ec2 = client(place, "ec2", region)
    versions = ec2.describe_launch_template_versions(LaunchTemplateName="dublin-1-employees", Versions=["$Latest"])
    data = versions["LaunchTemplateVersions"][0]["LaunchTemplateData"]["UserData"]
    text = base64.b64decode(data).decode()
    bucket, _, key = text.partition("ENCLAVE_BUNDLE=")[2].partition("\\n")[0].split("/", 3)[3].partition("/")
    return bucket, key


TAMPERINGS = (
    Tampering("image-unapproved", "hamar", another_image),
    Tampering("fleet-differs", "hamar", fewer_hosts),
    Tampering("rule-unknown", "hamar", an_open_policy),
    Tampering("rule-changed", "hamar", a_wider_policy),
    Tampering("rule-unknown", "dublin-1", an_open_group),
    Tampering("rule-unknown", "dublin-1", an_acl_that_lets_in),
    Tampering("gateway-unknown", "dublin-1", a_host_of_its_own),
    Tampering("configuration-changed", "dublin-1", another_bundle_in_its_place),
)
