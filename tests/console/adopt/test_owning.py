"""Whose an object is, and what no site has: by what it says of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from enclave_policies.judging.packs import EVERY

from components.declaration import load_declaration
from console.adopt.judging import Judged, Reason
from console.adopt.objects import Object, Part
from console.adopt.owning import objections

LOCAL = load_declaration(Path(__file__).parents[3] / "stacks" / "local.yaml")
LAW = EVERY.load(None, None)
KEY, NAMESPACE, BUCKET = "aws:kms/key:Key", "kubernetes:core/v1:Namespace", "aws:s3/bucket:Bucket"
HAMAR = {"enclave/enclave": "europe", "enclave/site": "hamar"}


def entry(type_: str, **inputs: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:local::enclave::{type_}::x", "type": type_, "id": "x", "inputs": inputs, "outputs": {}}


def said(one: Object, *entries: dict[str, Any]) -> list[str]:
    return [reason.name for reason in objections(one, entries, LOCAL, LAW)]


KEYS = [
    ({}, []),
    ({"enclave": "europe", "site": "dublin-1", "country": "IE", "owner": "enclave-platform"}, []),
    ({"managed-by": "pulumi", "cost-centre": "1"}, []),
    ({"enclave": "asia"}, ["other-owner"]),
    ({"site": "dublin-2"}, ["other-owner"]),
    ({"owner": "payments", "country": "US"}, ["other-owner"]),
    ({"managed-by": "terraform"}, ["other-owner"]),
    ({"aws:cloudformation:stack-name": "x"}, ["held"]),
    ({"owner": "payments", "aws:cloudformation:stack-name": "x"}, ["other-owner", "held"]),
]


@pytest.mark.parametrize(("tags", "names"), KEYS, ids=str)
def test_tags_say_whose_a_key_is(tags: dict[str, str], names: list[str]) -> None:
    assert said(Object("dublin-1", "key", Part(KEY, "x")), entry(KEY, tags=tags)) == names


NAMESPACES = [
    ({"labels": HAMAR}, []),
    ({"labels": {**HAMAR, "app.kubernetes.io/managed-by": "pulumi"}}, []),
    ({"labels": {**HAMAR, "app.kubernetes.io/managed-by": "Helm"}}, ["other-owner"]),
    ({"labels": {**HAMAR, "enclave/site": "dublin-1"}}, ["other-owner"]),
    ({"annotations": {"meta.helm.sh/release-name": "x"}}, ["held"]),
    ({"annotations": {"argocd.argoproj.io/tracking-id": "x"}}, ["held"]),
    ({"ownerReferences": [{"kind": "Tenant", "name": "x"}]}, ["held"]),
]


@pytest.mark.parametrize(("metadata", "names"), NAMESPACES, ids=str)
def test_labels_and_annotations_say_whose_a_namespace_is(metadata: dict[str, Any], names: list[str]) -> None:
    assert said(Object("hamar", "namespace", Part(NAMESPACE, "x")), entry(NAMESPACE, metadata=metadata)) == names


def test_a_part_of_another_owner_keeps_the_whole_out() -> None:
    one = Object("dublin-1", "vpc", Part("aws:ec2/vpc:Vpc", "x"))
    subnet = entry("aws:ec2/subnet:Subnet", tags={"enclave": "asia"})
    assert said(one, entry("aws:ec2/vpc:Vpc"), subnet) == ["other-owner"]


def test_a_bucket_without_its_settings_is_no_bucket_of_a_site() -> None:
    assert said(Object("dublin-1", "bucket", Part(BUCKET, "x")), entry(BUCKET)) == ["as-made"] * 3


def test_no_bucket_goes_to_a_site_that_takes_no_user_data_but_a_key_may() -> None:
    sites = {**LOCAL.sites, "dublin-1": LOCAL.sites["dublin-1"].model_copy(update={"lifecycle": "testing"})}
    testing = LOCAL.model_copy(update={"sites": sites})
    bucket, key = Object("dublin-1", "bucket", Part(BUCKET, "x")), Object("dublin-1", "key", Part(KEY, "x"))
    assert "stage" in [each.name for each in objections(bucket, (entry(BUCKET),), testing, LAW)]
    assert list(objections(key, (entry(KEY),), testing, LAW)) == []


def test_what_a_cloud_told_speaks_against_an_object() -> None:
    one = Object("dublin-1", "vpc", Part("aws:ec2/vpc:Vpc", "x"), against=("is peered",))
    assert said(one, entry("aws:ec2/vpc:Vpc")) == ["as-made"]


def test_the_gravest_reason_answers() -> None:
    one = Object("dublin-1", "key", Part(KEY, "x"))
    fail, open_ = (Reason("X-1", "x", verdict, "x", "x") for verdict in ("fail", "undetermined"))
    answers = [Judged(one, reasons).answer for reasons in ((), (open_,), (open_, fail))]
    assert answers == ["adoptable", "undetermined", "refused"]
