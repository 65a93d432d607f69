"""While a site drains nobody is given the right to write people's data there (JUR-051); what reads stays."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.key_custody import writing
from enclave_policies.law.folder.custody import load_custody_law
from enclave_policies.resources.resource import Provider, Resource
from enclave_policies.rules.jurisdiction import site_stage

import located_yaml
from components.declaration import load_declaration
from tests.enclave_policies.network.aws.own_stack import registered
from tests.enclave_policies.shipped import CLOUDS, STACKS

CASES = located_yaml.load(Path(__file__).with_name("draining.yaml")).data
LAW = load_custody_law()
DUBLIN = Provider("urn:dublin", "pulumi:providers:aws", "dublin-1", {"region": "eu-west-1"})
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234"
TYPES = {
    "role": "aws:iam/rolePolicy:RolePolicy",
    "bucket": "aws:s3/bucketPolicy:BucketPolicy",
    "endpoint": "aws:ec2/vpcEndpoint:VpcEndpoint",
    "grant": "aws:kms/grant:Grant",
}
Raw = dict[str, Any]


def _made(type_: str, name: str, props: Raw, **more: Any) -> Resource:
    return Resource(f"urn:pulumi:local::enclave::{type_}::{name}", type_, name, props, DUBLIN, **more)


def _stack(raw: Raw) -> list[Resource]:
    held = raw.get("class", "restricted")
    tags = {"site": "dublin-1", **({"data-class": held} if held else {})}
    given = json.dumps({"Statement": raw.get("key", [])})
    props: dict[str, Raw] = {
        "role": {"role": "app", "policy": json.dumps({"Statement": raw.get("role")})},
        "bucket": {"bucket": raw.get("of"), "policy": json.dumps({"Statement": raw.get("bucket")})},
        "endpoint": {"serviceName": "s3", "policy": json.dumps({"Statement": raw.get("endpoint")})},
        "grant": {"keyId": KEY, "operations": raw.get("grant")},
    }
    root = "enclave:index:Enclave"
    sites = {"dublin-1": {"stage": raw.get("stage", "draining")}, "hamar": {"stage": "live"}}
    return [
        Resource(f"urn:pulumi:local::enclave::{root}::europe", root, "europe", {"sites": sites}, None, custom=False),
        _made("aws:s3/bucket:Bucket", "people", {"bucket": "people", "tags": tags}),
        _made("aws:s3/bucket:Bucket", "counts", {"bucket": "counts", "tags": {**tags, "data-class": "telemetry"}}),
        _made("aws:kms/key:Key", "people", {"policy": given, "tags": tags}, outputs={"arn": KEY, "keyId": "1234"}),
        *(_made(type_, "it", props[kind]) for kind, type_ in TYPES.items() if kind in raw),
    ]


def _said(resources: list[Resource]) -> list[str]:
    found = judge_stack(resources, LAW, [site_stage.rule]).values()
    return [finding.message for each in found for finding in each]


@pytest.mark.parametrize("raw", CASES, ids=lambda raw: raw["case"])
def test_who_may_write_where_a_site_drains_is_refused_and_who_reads_is_not(raw: Raw) -> None:
    said = _said(_stack(raw))
    assert len(said) == ("refused" in raw), said
    assert all(raw["refused"] in each for each in said)


def test_a_reader_that_knows_no_wildcards_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(writing, "_holds", lambda pattern, bucket: pattern == f"arn:aws:s3:::{bucket}/*")
    missed = {raw["case"] for raw in CASES if len(_said(_stack(raw))) != ("refused" in raw)}
    assert missed == {
        "a role that may put objects below one name",
        "a role that may put objects into any bucket",
        "a role that may do everything but delete",
    }


@cache
def _at(stage: str) -> list[Resource]:
    """The shipped stack with Dublin at a stage, as it would be made."""
    declaration = load_declaration(STACKS / "local.yaml")
    dublin = declaration.sites["dublin-1"].model_copy(update={"lifecycle": stage})
    sites = {**declaration.sites, "dublin-1": dublin}
    return registered(declaration.model_copy(update={"sites": sites}), CLOUDS, whole=True)


def _policies(stage: str) -> dict[str, str]:
    return {
        f"{one.type.rpartition(':')[2]} {one.name}": str(one.props["policy"])
        for one in _at(stage)
        if "policy" in one.props and "dublin-1" in one.name
    }


def test_what_components_make_of_a_site_that_drains_lets_nobody_write_and_the_rest_stays() -> None:
    assert _said(_at("draining")) == []
    live, draining = _policies("live"), _policies("draining")
    assert live.keys() == draining.keys()
    changed = {name for name in live if live[name] != draining[name]}
    assert changed == {"Key dublin-1-store", "Key dublin-1-tokens", "BucketPolicy dublin-1-store"}
    assert '"kms:Decrypt"' in draining["Key dublin-1-store"]
    assert not any("kms:GenerateDataKey" in draining[f"Key dublin-1-{key}"] for key in ("store", "tokens"))
    assert '"Sid": "NoNewData", "Effect": "Deny"' in draining["BucketPolicy dublin-1-store"]


def test_what_components_make_of_a_live_site_is_refused_once_it_drains() -> None:
    """What JUR-051 asks is asked of our own components, too: a key that still encrypts is found."""
    (root,) = (one for one in _at("draining") if one.type == "enclave:index:Enclave")
    rest = [one for one in _at("live") if one.type != "enclave:index:Enclave"]
    said = _said([root, *rest])
    assert any("by dublin-1-store of site 'dublin-1'" in each for each in said)
    assert any("write data of class restricted below /records/ at site 'dublin-1' (content)" in each for each in said)
    assert not any("/metrics/" in each for each in said)
