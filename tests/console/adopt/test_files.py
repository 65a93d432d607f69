"""What is written of objects that pass: links to the resources that they name, and what a person must say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from components.adopted import Adopted, adopted_in
from components.declaration import load_declaration
from console.adopt.files import Standing, files
from console.adopt.judging import Judged
from console.adopt.objects import Object, Part, Place

LOCAL = load_declaration(Path(__file__).parents[3] / "stacks" / "local.yaml")
URN = "urn:pulumi:local::enclave::enclave:aws:EnclaveRegion$"
KEY, ALIAS = "aws:kms/key:Key", "aws:kms/alias:Alias"
PLACES = {"dublin-1": Place("urn:region", "urn:provider::7")}


def entry(type_: str, id_: str, inputs: dict[str, Any], **outputs: Any) -> dict[str, Any]:
    return {
        "urn": f"{URN}{type_}::{id_}",
        "type": type_,
        "custom": True,
        "id": id_,
        "inputs": inputs,
        "outputs": outputs,
    }


STORE = entry(KEY, "store", {}, arn="arn:aws:kms:eu-west-1:111122223333:key/store")
PASSED = [
    Judged(
        Object("dublin-1", "key", Part(KEY, "k-1")),
        (),
        (
            entry(KEY, "k-1", {"policy": "x", "__defaults": [], "tags": {"owner": "enclave-platform"}}),
            entry(ALIAS, "alias/old", {"name": "alias/old", "targetKeyId": "k-1", "other": STORE["outputs"]["arn"]}),
        ),
    )
]


def made(**before: list[Adopted]) -> dict[str, Any]:
    standing = Standing({"resources": [STORE]}, PLACES, before)
    content = files("local", LOCAL, PASSED, standing)
    assert list(content) == ["adopted.json", "import.json", "stubs.yaml"]
    return {name: yaml.safe_load(text) for name, text in content.items()}


def test_what_names_a_resource_of_the_stack_is_linked_to_it() -> None:
    key, alias = made()["adopted.json"]["dublin-1"]
    assert key["sources"] == {}
    assert alias["sources"] == {"k-1": [KEY, "k-1", "id"], STORE["outputs"]["arn"]: [KEY, "store", "arn"]}


def test_what_the_engine_keeps_for_itself_is_left_out() -> None:
    assert made()["adopted.json"]["dublin-1"][0]["inputs"] == {"policy": "x", "tags": {"owner": "enclave-platform"}}


def test_what_was_adopted_before_stays_adopted(tmp_path: Path) -> None:
    old = Adopted("aws:ec2/vpc:Vpc", "vpc-1", "vpc-1", {"cidrBlock": "10.0.0.0/16"})
    told = made(**{"dublin-1": [old]})["adopted.json"]
    assert [each["name"] for each in told["dublin-1"]] == ["vpc-1", "k-1", "alias/old"]
    (tmp_path / "x.json").write_text(json.dumps(told), encoding="utf-8")
    assert adopted_in(tmp_path / "x.json", LOCAL)["dublin-1"][0] == old


def test_the_engine_s_file_names_site_and_provider() -> None:
    told = made()["import.json"]
    assert told["nameTable"] == {"site dublin-1": "urn:region", "provider of dublin-1": "urn:provider"}
    assert {(each["parent"], each["provider"]) for each in told["resources"]} == {
        ("site dublin-1", "provider of dublin-1")
    }


def test_a_person_is_asked_for_what_no_tag_says() -> None:
    (stub,) = made()["stubs.yaml"]["adopted"].values()
    assert (stub["segment"], stub["classes"], stub["owner"]) == ("COMPLETE", "COMPLETE", "enclave-platform")
    assert {"enclave", "site", "segment", "data-class"} <= stub["set"].keys()
    assert "owner" not in stub["set"]
