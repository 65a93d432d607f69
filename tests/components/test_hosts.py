"""What the hosts of gateways get on each kind of site: their own bundle by digest, and a record that outlives them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from components.declaration import load_declaration
from hosts.gateway.bundle import ENVOY, digest_of
from hosts.gateway.packed import files_in
from tests.components.declarations import stacks
from tests.components.shapes import Registered, shape

TEMPLATE, OBJECT = "aws:ec2/launchTemplate:LaunchTemplate", "aws:s3/bucketObjectv2:BucketObjectv2"
SITES = ("dublin-1", "dublin-2")


@pytest.fixture(scope="module")
def registered() -> list[Registered]:
    return shape(load_declaration(stacks / "local.yaml"))


def of(resources: list[Registered], type_: str, name: str = "") -> list[Registered]:
    found = [each for each in resources if each.type == type_ and name in ("", each.name)]
    assert found, f"nothing of type {type_} named {name}"
    return found


def settings_of(template: Registered) -> dict[str, str]:
    """Return what user data tells a host."""
    text = base64.b64decode(template.inputs["userData"]).decode().removeprefix("#cloud-config\n")
    (file,) = json.loads(text)["write_files"]
    return dict(line.split("=", 1) for line in file["content"].splitlines())


def listeners(files: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(files[ENVOY])["static_resources"]["listeners"]
    return found


@pytest.mark.parametrize("site", SITES)
def test_a_host_pins_the_bundle_that_lies_in_its_sites_own_bucket(site: str, registered: list[Registered]) -> None:
    (template,) = of(registered, TEMPLATE, f"{site}-employees")
    (bundle,) = of(registered, OBJECT, f"{site}-employees-bundle")
    told, files = settings_of(template), files_in(bundle.inputs["content"])
    assert files is not None
    assert told["ENCLAVE_BUNDLE_DIGEST"] == digest_of(files)
    assert bundle.inputs["key"] == f"gateways/employees/{digest_of(files)}.json"
    assert bundle.inputs["bucket"] == f"europe-{site}-config-111122223333"
    assert (
        told["ENCLAVE_BUNDLE"] == f"https://s3.eu-west-1.amazonaws.com/{bundle.inputs['bucket']}/{bundle.inputs['key']}"
    )
    assert "@sha256:" in told["ENCLAVE_IMAGE"]


@pytest.mark.parametrize("site", SITES)
def test_a_host_reads_its_own_gateways_bundles_and_nothing_else_of_any_bucket(
    site: str, registered: list[Registered]
) -> None:
    (policy,) = of(registered, "aws:iam/rolePolicy:RolePolicy", f"{site}-employees")
    said = json.loads(policy.inputs["policy"])["Statement"]
    reading = [each for each in said if "s3:GetObject" in str(each["Action"])]
    assert [each["Resource"] for each in reading] == [
        f"arn:aws:s3:::europe-{site}-config-111122223333/gateways/employees/*"
    ]
    assert not [each for each in said if "s3:*" in str(each["Action"]) or "s3:List" in str(each["Action"])]


@pytest.mark.parametrize("site", SITES)
def test_nobody_of_another_account_reaches_the_bucket_of_bundles(site: str, registered: list[Registered]) -> None:
    (policy,) = of(registered, "aws:s3/bucketPolicy:BucketPolicy", f"{site}-config")
    said = {each["Sid"]: each for each in json.loads(policy.inputs["policy"])["Statement"]}
    assert said["OwnAccountOnly"]["Condition"] == {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}
    assert {each["Effect"] for each in said.values()} == {"Deny"}
    (versioning,) = of(registered, "aws:s3/bucketVersioning:BucketVersioning", f"{site}-config")
    assert versioning.inputs["versioningConfiguration"]["status"] == "Enabled"


def test_envoy_takes_from_a_balancer_or_front_where_people_come_from(
    registered: list[Registered],
) -> None:
    for group in of(registered, "aws:lb/targetGroup:TargetGroup"):
        assert group.inputs["proxyProtocolV2"] is True
    for bundle in of(registered, OBJECT):
        files = files_in(bundle.inputs["content"])
        assert files is not None
        assert [each["listener_filters"][0]["name"] for each in listeners(files)] == [
            "envoy.filters.listener.proxy_protocol"
        ]
    (held,) = of(registered, "kubernetes:core/v1:ConfigMap", "hamar-employees-bundle")  # its front tells, too
    assert all(listener["listener_filters"] for listener in listeners(held.inputs["data"]))


def test_a_pods_record_lies_on_an_encrypted_volume_that_stays(registered: list[Registered]) -> None:
    (pods,) = of(registered, "kubernetes:apps/v1:StatefulSet")
    spec = pods.inputs["spec"]
    (claim,) = spec["volumeClaimTemplates"]
    assert (claim["metadata"]["name"], claim["spec"]["storageClassName"]) == ("record", "encrypted")
    assert set(spec["persistentVolumeClaimRetentionPolicy"].values()) == {"Retain"}
    volumes = {each["name"]: each for each in spec["template"]["spec"]["volumes"]}
    assert [name for name, each in volumes.items() if "emptyDir" in each] == ["socket"]
