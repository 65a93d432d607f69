"""The catalog knows every type of the installed SDKs and what its inputs mean, and its generated lists are fresh."""

from __future__ import annotations

import pytest
from enclave_policies.catalog.kinds import KINDS
from enclave_policies.catalog.roles import ROLES
from enclave_policies.catalog.stored import FILE, digests, read_catalog, render
from enclave_policies.catalog.tables import offer
from enclave_policies.catalog.tables.compiling import compile_tables
from enclave_policies.law.folder import SHIPPED, load_law
from enclave_policies.sdk.generate import FOLDER, installed_offer, render_sdks, sdk

REPAIR = "run python -m enclave_policies.sdk.generate"
CATALOG = read_catalog(FOLDER)


def test_the_generated_list_is_what_the_installed_sdks_offer() -> None:
    assert (FOLDER / offer.FILE).read_text(encoding="utf-8") == render_sdks(), REPAIR


def test_the_compiled_catalog_is_what_its_tables_say_and_is_written_alike_each_time() -> None:
    compiled = compile_tables(FOLDER)
    assert compiled == CATALOG, REPAIR
    assert (FOLDER / FILE).read_text(encoding="utf-8") == render(compiled, digests(FOLDER)), REPAIR


def test_nothing_that_the_installed_sdks_offer_is_unjudged_and_nothing_judged_is_gone() -> None:
    assert compile_tables(FOLDER, installed_offer()) == CATALOG


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
    kinds, inputs = CATALOG.kinds, CATALOG.inputs
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
        ("aws:ec2/vpc:Vpc", "cidrBlock", "no-place"),
        ("aws:ec2/route:Route", "destinationCidrBlock", "network"),
        ("aws:cloudwatch/eventRule:EventRule", "eventPattern", "words"),
        ("aws:securityhub/insight:Insight", "filters", "words"),
    ],
)
def test_the_judged_role_of(token: str, path: str, role: str) -> None:
    assert CATALOG.inputs[token][path] == role


def test_no_type_with_the_region_override_gives_its_region_another_meaning() -> None:
    inputs = CATALOG.inputs
    strange = {token for token, type_ in sdk("aws").items() if type_.region != "override"}
    told = {token for token, paths in inputs.items() if "region" in paths}
    assert told
    assert told <= strange


def test_every_class_and_role_is_used_or_explained() -> None:
    used = {role for paths in CATALOG.inputs.values() for role in paths.values()}
    assert used == set(ROLES)
    assert set(CATALOG.kinds.values()) == set(KINDS) - {"no-region"}
