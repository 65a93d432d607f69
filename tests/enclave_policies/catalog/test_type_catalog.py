"""The catalog knows every type of the installed SDKs and what its inputs mean, and its generated lists are fresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from enclave_policies.catalog.type_catalog import (
    KINDS,
    ROLES,
    read_inputs,
    read_models,
    read_switches,
    read_types,
)
from enclave_policies.law.folder import SHIPPED, load_law
from enclave_policies.sdk.gaps import gaps
from enclave_policies.sdk.generate import GENERATED, render_inputs, render_types, sdk

from located_yaml import ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

TYPES = SHIPPED / "law" / "types"
REPAIR = "run python -m enclave_policies.sdk.generate"


def load_all(folder: Path) -> None:
    for read in (read_types, read_inputs, read_switches, read_models):
        read(folder)


@pytest.mark.parametrize("package", sorted(GENERATED))
def test_the_generated_list_of_types_is_what_the_installed_sdk_says(package: str) -> None:
    assert (TYPES / f"{package}.txt").read_text(encoding="utf-8") == render_types(package), REPAIR


def test_the_generated_list_of_inputs_is_what_the_installed_sdk_and_the_names_say() -> None:
    assert (TYPES / "inputs" / "aws.txt").read_text(encoding="utf-8") == render_inputs("aws"), REPAIR


def test_nothing_that_the_installed_sdks_offer_is_unjudged_and_nothing_judged_is_gone() -> None:
    assert gaps(TYPES, {package: sdk(package) for package in GENERATED}) == []


def test_every_type_of_the_sdks_has_a_class() -> None:
    law = load_law()
    assert len(sdk("aws")) == 1748
    assert not [token for token in sdk("aws") if law.kind(token) in (None, "no-region")]
    assert not [token for token in sdk("kubernetes") if law.kind(token) is None]


def test_a_type_that_an_sdk_upgrade_brings_is_refused_until_somebody_judges_it() -> None:
    assert load_law().kind("aws:brand/new:New") is None


def test_the_shipped_law_lies_where_the_packs_are() -> None:
    assert SHIPPED.parts[-2:] == ("policy-packs", "jurisdiction")


def test_an_old_name_of_a_type_is_judged_as_the_type() -> None:
    kinds, inputs = read_types(TYPES), read_inputs(TYPES)
    old, new = "aws:elasticloadbalancingv2/loadBalancer:LoadBalancer", "aws:lb/loadBalancer:LoadBalancer"
    assert kinds[old] == kinds[new] == "regional"
    assert inputs[old] == inputs[new] != {}
    assert kinds["aws:s3/bucketV2:BucketV2"] == "regional"
    bucket = "replicationConfigurations.rules.destinations.bucket"
    assert inputs["aws:s3/bucketV2:BucketV2"][bucket] == "bucket:destination"


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("aws:iam/role:Role", "global"),
        ("aws:iam/serverCertificate:ServerCertificate", "worldwide"),
        ("aws:organizations/policy:Policy", "global"),
        ("aws:route53/zone:Zone", "follows"),
        ("aws:route53/record:Record", "follows"),
        ("aws:acm/certificate:Certificate", "regional"),
        ("aws:cfg/configurationAggregator:ConfigurationAggregator", "regional"),
        ("aws:cloudtrail/trail:Trail", "regional"),
        ("aws:cloudfront/distribution:Distribution", "worldwide"),
        ("aws:cloudformation/stack:Stack", "opaque"),
        ("aws:cloudcontrol/resource:Resource", "opaque"),
        ("command:local:Command", "opaque"),
        ("pulumi-python:dynamic:Resource", "opaque"),
        ("pulumi-nodejs:dynamic:Resource", "opaque"),
        ("kubernetes:helm.sh/v3:Release", "kubernetes-opaque"),
        ("kubernetes:helm.sh/v3:Chart", "component"),
        ("kubernetes:helm.sh/v4:Chart", "component"),
        ("aws-native:s3:Bucket", "foreign"),
        ("azure-native:storage:StorageAccount", "foreign"),
        ("tls:index/privateKey:PrivateKey", "placeless"),
        ("time:index/sleep:Sleep", "placeless"),
    ],
)
def test_the_judged_class_of(token: str, kind: str) -> None:
    assert load_law().kind(token) == kind


@pytest.mark.parametrize(
    ("token", "path", "role"),
    [
        ("aws:dynamodb/table:Table", "replicas.regionName", "region:destination"),
        ("aws:secretsmanager/secret:Secret", "replicas.region", "region:destination"),
        ("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "peerRegion", "region:link"),
        ("aws:route53/record:Record", "latencyRoutingPolicies.region", "region:link"),
        ("aws:ec2/amiCopy:AmiCopy", "sourceAmiRegion", "region:source"),
        (
            "aws:cfg/configurationAggregator:ConfigurationAggregator",
            "accountAggregationSource.regions",
            "region:metadata",
        ),
        ("aws:ssmincidents/replicationSet:ReplicationSet", "region.name", "region:destination"),
        ("aws:servicequotas/template:Template", "region", "region:opens"),
        ("aws:chime/voiceConnector:VoiceConnector", "awsRegion", "region:place"),
        ("aws:s3/directoryBucket:DirectoryBucket", "location.name", "zone"),
        ("aws:directconnect/connection:Connection", "location", "edge"),
        ("aws:ec2/vpc:Vpc", "cidrBlock", "-"),
        ("aws:ec2/route:Route", "destinationCidrBlock", "network"),
        ("aws:cloudwatch/eventRule:EventRule", "eventPattern", "words"),
        ("aws:securityhub/insight:Insight", "filters", "words"),
    ],
)
def test_the_judged_role_of(token: str, path: str, role: str) -> None:
    assert read_inputs(TYPES)[token][path] == role


def test_no_type_with_the_region_override_gives_its_region_another_meaning() -> None:
    inputs = read_inputs(TYPES)
    strange = {token for token, type_ in sdk("aws").items() if type_.region != "override"}
    assert {token for token, paths in inputs.items() if "region" in paths} <= strange


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("judged.txt", "aws:a/b:C regionaly\n", "judged.txt:1:1: 'aws:a/b:C regionaly' is not '<type> <kind>'"),
        ("judged.txt", "aws:a/b:C = x y\n", "is not '<type> <kind>'"),
        ("inputs/judged.txt", "aws:a/b:C\n  path region:nowhere\n", "inputs/judged.txt:2:1"),
        ("inputs/judged.txt", "  path zone\n", "below a type"),
    ],
)
def test_a_line_that_is_not_understood_is_told_with_file_and_line(
    tmp_path: Path, file: str, text: str, expected: str
) -> None:
    for name, content in (("aws.txt", ""), ("models/profiles.txt", ""), (file, text)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        load_all(tmp_path)
    assert expected in str(caught.value)


def test_a_folder_without_lists_is_a_problem_and_not_an_empty_catalog(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="restore it from git"):
        read_types(tmp_path)


def test_every_class_and_role_is_used_or_explained() -> None:
    used = {role for paths in read_inputs(TYPES).values() for role in paths.values()}
    assert used == set(ROLES)
    assert set(read_types(TYPES).values()) == set(KINDS) - {"no-region"}
