"""What the components register, by shape; that it works is proved in tests/engine."""

from __future__ import annotations

import importlib
import inspect
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from components.declaration import load_declaration
from sandbox.aws_plugin.registry import RESOURCE_TYPES
from tests.components.declarations import local, stacks
from tests.components.shapes import Registered, shape

if TYPE_CHECKING:
    from pathlib import Path

sites = ("dublin-1", "dublin-2", "hamar")


@pytest.fixture(scope="module")
def registered() -> list[Registered]:
    return shape(load_declaration(stacks / "local.yaml"))


def of(resources: list[Registered], type_: str, part: str = "") -> list[Registered]:
    found = [resource for resource in resources if resource.type == type_ and part in resource.name]
    assert found, f"nothing of type {type_} named *{part}*"
    return found


def custom(resources: list[Registered]) -> list[Registered]:
    return [r for r in resources if not r.type.startswith(("enclave:", "pulumi:"))]


def test_every_resource_has_the_explicit_provider_of_its_site(registered: list[Registered]) -> None:
    for resource in custom(registered):
        site = next(site for site in (*sites, "organization") if resource.name.startswith(site))
        kind = "kubernetes" if site == "hamar" else "aws"
        assert f"::{site}-{kind}::" in resource.provider, resource.name


def can_be_tagged(type_: str) -> bool:
    """Whether the SDK's class of an AWS type has an input for tags."""
    module, _, name = type_.removeprefix("aws:").partition("/")
    made = getattr(importlib.import_module(f"pulumi_aws.{module}"), name.partition(":")[2])
    return "tags" in inspect.signature(made._internal_init).parameters


def tags_of(resource: Registered) -> dict[str, str]:
    """The tags of an AWS resource, by key, or the labels of a Kubernetes object without what is before them."""
    if resource.type.startswith("kubernetes:"):
        labels = resource.inputs.get("metadata", {}).get("labels", {})
        return {name.removeprefix("enclave/"): value for name, value in labels.items()}
    given = resource.inputs.get("tags", {})
    return given if isinstance(given, dict) else {each["key"]: each["value"] for each in given}


def without_its_tags(resources: list[Registered]) -> list[str]:
    """Which resources do not say of which enclave, site and segment they are, or say another site."""
    wrong = []
    for resource in custom(resources):
        if resource.type.startswith("aws:") and not can_be_tagged(resource.type):
            continue
        tags = tags_of(resource)
        site = next((name for name in sites if resource.name.startswith(f"{name}-")), None)
        asked = {"owner", "enclave", *(("site", "country", "segment", "data-class") if site else ())}
        if not asked <= {name for name, value in tags.items() if value} or tags.get("site") != site:
            wrong.append(f"{resource.type} {resource.name}")
    return wrong


def test_every_resource_that_can_be_tagged_says_whose_it_is(registered: list[Registered]) -> None:
    assert without_its_tags(registered) == []


@pytest.mark.parametrize(
    "lost",
    [
        "aws:autoscaling/group:Group",
        "aws:organizations/policy:Policy",
        "aws:s3/bucket:Bucket",
        "kubernetes:core/v1:Service",
    ],
)
def test_a_resource_without_its_tags_is_noticed(registered: list[Registered], lost: str) -> None:
    """The seeded bug of that promise: nothing else that a resource has stands in for its tags."""
    one = of(registered, lost)[0]
    bare = {name: {} if name == "metadata" else value for name, value in one.inputs.items() if name != "tags"}
    others = [each for each in registered if each is not one]
    assert without_its_tags([*others, replace(one, inputs=bare)]) == [f"{one.type} {one.name}"]


def test_a_resource_that_says_another_site_is_noticed(registered: list[Registered]) -> None:
    one = of(registered, "aws:ec2/vpc:Vpc", "dublin-1")[0]
    moved = replace(one, inputs={**one.inputs, "tags": {**one.inputs["tags"], "site": "dublin-2"}})
    assert without_its_tags([moved]) == [f"{one.type} {one.name}"]


def test_a_site_has_no_way_to_the_internet(registered: list[Registered]) -> None:
    forbidden = ("internetGateway", "natGateway", "Eip", "egressOnly", "vpcPeering")
    assert not [r.type for r in registered if any(word in r.type for word in forbidden)]
    for resource in registered:
        assert "0.0.0.0/0" not in json.dumps(resource.inputs, default=str), resource.name
        assert "::/0" not in json.dumps(resource.inputs, default=str), resource.name


def test_segments_are_subnets_in_three_zones(registered: list[Registered]) -> None:
    subnets = of(registered, "aws:ec2/subnet:Subnet", "dublin-1")
    assert len(subnets) == 6 * 3
    assert {r.inputs["availabilityZone"] for r in subnets} == {"eu-west-1a", "eu-west-1b", "eu-west-1c"}
    assert not any(r.inputs["mapPublicIpOnLaunch"] for r in subnets)


def test_only_declared_paths_are_open_and_each_at_both_ends(registered: list[Registered]) -> None:
    ingress = {r.name for r in of(registered, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "dublin-1")}
    egress = {r.name for r in of(registered, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "dublin-1")}
    assert "dublin-1-app-to-store-tcp-5432" in ingress & egress
    assert not any("-ingress-to-store-" in name or "-gateway-to-store-" in name for name in ingress | egress)
    own = {name for name in ingress ^ egress if "10.32." not in name}
    assert own == {"dublin-1-10.200.0.0_16-to-ingress-tcp-443"}


def test_a_network_acl_answers_each_permitted_way(registered: list[Registered]) -> None:
    store = of(registered, "aws:ec2/networkAcl:NetworkAcl", "dublin-1-store")[0].inputs
    app, keys = "10.16.32.0/20", "10.16.64.0/20"
    assert {(e["cidrBlock"], e["fromPort"], e["toPort"]) for e in store["ingress"]} >= {(app, 5432, 5432)}
    assert {(e["cidrBlock"], e["fromPort"], e["toPort"]) for e in store["egress"]} >= {
        (app, 1024, 65535),
        (keys, 443, 443),
    }
    assert all(e["action"] == "allow" for e in [*store["ingress"], *store["egress"]])
    assert not any(e["cidrBlock"] == "10.16.0.0/20" for e in store["ingress"]), "ingress segment reaches the store"


def test_keys_stay_home_rotate_and_wait_thirty_days(registered: list[Registered]) -> None:
    keys = of(registered, "aws:kms/key:Key", "dublin-1")
    assert {r.name for r in keys} == {
        f"dublin-1-{p}" for p in ("store", "logs", "volumes", "pseudonyms", "tokens", "inspection")
    }
    for key in keys:
        hmac = key.name.endswith("pseudonyms")
        assert key.inputs["multiRegion"] is False
        assert key.inputs["deletionWindowInDays"] == 30
        assert key.inputs["enableKeyRotation"] is not hmac
        assert key.inputs["keyUsage"] == ("GENERATE_VERIFY_MAC" if hmac else "ENCRYPT_DECRYPT")


def test_who_administers_a_key_cannot_use_it(registered: list[Registered]) -> None:
    for key in of(registered, "aws:kms/key:Key"):
        may: dict[str, set[str]] = {}
        for statement in json.loads(key.inputs["policy"])["Statement"]:
            principals: Any = next(iter(statement["Principal"].values()))
            for principal in principals if isinstance(principals, list) else [principals]:
                assert "*" not in principal
                may.setdefault(principal, set()).update(statement["Action"])
        administer, use = {"kms:PutKeyPolicy"}, {"kms:Decrypt", "kms:GenerateMac"}
        assert [who for who, what in may.items() if what & administer]
        assert not [who for who, what in may.items() if what & administer and what & use]


def test_gateway_hosts_have_no_public_address_key_pair_or_old_metadata(registered: list[Registered]) -> None:
    template = of(registered, "aws:ec2/launchTemplate:LaunchTemplate", "dublin-1")[0].inputs
    assert "keyName" not in template
    assert template["metadataOptions"]["httpTokens"] == "required"
    assert template["networkInterfaces"][0]["associatePublicIpAddress"] == "false"
    assert template["blockDeviceMappings"][0]["ebs"]["kmsKeyId"].endswith("dublin-1-volumes")
    assert of(registered, "aws:lb/loadBalancer:LoadBalancer", "dublin-1")[0].inputs["internal"] is True


def test_what_a_launch_makes_says_whose_it_is(registered: list[Registered]) -> None:
    for template in of(registered, "aws:ec2/launchTemplate:LaunchTemplate"):
        tagged = {each["resourceType"]: each["tags"] for each in template.inputs["tagSpecifications"]}
        assert set(tagged) == {"instance", "network-interface", "volume"}
        assert all(tags == template.inputs["tags"] for tags in tagged.values())


def test_gateway_hosts_see_their_balancer_and_not_peoples_addresses(registered: list[Registered]) -> None:
    for group in of(registered, "aws:lb/targetGroup:TargetGroup"):
        assert group.inputs["preserveClientIp"] == "false"
    acl = of(registered, "aws:ec2/networkAcl:NetworkAcl", "dublin-1-gateway")[0].inputs
    assert not [entry for entry in acl["ingress"] if entry["cidrBlock"].startswith("10.200.")]


def test_the_log_bucket_is_write_once_and_the_store_bucket_is_not(registered: list[Registered]) -> None:
    locks = of(registered, "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    assert {r.name for r in locks} == {f"dublin-{n}-{purpose}" for n in "12" for purpose in ("logs", "inspection")}
    assert all(r.inputs["rule"]["defaultRetention"]["mode"] == "COMPLIANCE" for r in locks)


def test_each_namespace_denies_both_ways_first(registered: list[Registered]) -> None:
    policies = of(registered, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "default-deny")
    assert len(policies) == 6
    for policy in policies:
        assert policy.inputs["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_an_operator_reads_no_secret_and_opens_no_shell(registered: list[Registered]) -> None:
    for role in of(registered, "kubernetes:rbac.authorization.k8s.io/v1:Role", "operators"):
        resources = {resource for rule in role.inputs["rules"] for resource in rule["resources"]}
        assert not resources & {"secrets", "pods/exec", "pods/attach", "pods/ephemeralcontainers", "*"}


def test_a_site_that_is_planned_or_retired_has_no_resources(tmp_path: Path) -> None:
    resources = shape(local(tmp_path, ("lifecycle: building", "lifecycle: planned")))
    assert not [r.name for r in resources if r.name.startswith("dublin-2")]
    assert [r.name for r in resources if r.name.startswith("dublin-1")]


def test_a_fourth_site_brings_the_same_resources_as_the_third(tmp_path: Path) -> None:
    block = """sites:
  cork:
    kind: aws
    country: IE
    region: eu-west-1
    account: "111122223333"
    zones: [a, b, c]
    cidr: 10.18.0.0/16
    lifecycle: building
"""
    resources = shape(local(tmp_path, ("sites:\n", block)))

    def inventory(site: str) -> list[tuple[str, str]]:
        return sorted((r.type, r.name.removeprefix(site)) for r in resources if r.name.startswith(site))

    assert inventory("cork") == inventory("dublin-2")


def test_a_path_that_is_not_declared_is_missed(tmp_path: Path) -> None:
    """The seeded bug of this family: a removed path must change what is registered."""
    way = "dublin-1-app-to-store-tcp-5432"
    promise = ("to: [store], ports: [443, 5432]", "to: [store], ports: [443]")
    without = shape(local(tmp_path, ("to: store, ports: [443, 5432]", "to: store, ports: [443]"), promise))
    assert way not in {r.name for r in without}


def test_whatever_the_cloud_would_name_by_itself_has_a_name(registered: list[Registered]) -> None:
    """A made-up name differs with each try, so nobody finds what a killed run has made under it."""
    made_up = {each.token: each.auto_name.key for each in RESOURCE_TYPES.values() if each.auto_name}
    everything = [*registered, *shape(load_declaration(stacks / "inspector.yaml"))]
    named = [resource for resource in custom(everything) if resource.type in made_up]
    assert {resource.type for resource in named} == set(made_up)
    assert [resource.name for resource in named if not resource.inputs.get(made_up[resource.type])] == []
