"""Whatever the plugin returns is something that the official SDK declares, by name and by type."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.aws_plugin import sdk_contract
from sandbox.aws_plugin.contract import CONTRACT_FILE
from sandbox.aws_plugin.registry import EVERY_TYPE, RESOURCE_TYPES
from tests.sandbox.aws_plugin.story import Story

TYPES, EVERY = sorted(RESOURCE_TYPES), sorted(EVERY_TYPE)
SCALARS: dict[str, type | tuple[type, ...]] = {"str": str, "bool": bool, "int": int, "float": (int, float), "json": str}

pytestmark = pytest.mark.xdist_group("aws-story")


@pytest.fixture(scope="module")
def declared() -> dict[str, Any]:
    """What the SDK declares, asked of the SDK itself."""
    return sdk_contract.contract(EVERY)


def differences(value: Any, notation: str, declared: dict[str, Any], path: str) -> Iterator[str]:
    """Every place at which a value is not of its declared type."""
    if notation in SCALARS:
        if not isinstance(value, SCALARS[notation]) or (isinstance(value, bool) and notation != "bool"):
            yield f"{path} is {value!r}, not {notation}"
        return
    if not isinstance(value, list if notation.startswith("[") else dict):
        yield f"{path} is {value!r}, not {notation}"
        return
    fields = declared["types"].get(notation)
    for key, item in enumerate(value) if isinstance(value, list) else value.items():
        place = f"{path}[{key}]" if isinstance(value, list) else f"{path}.{key}"
        if fields is not None and key not in fields:
            yield f"{place} is not declared"
        else:
            yield from differences(item, fields[key].removesuffix("!") if fields else notation[1:-1], declared, place)


def undeclared(token: str, outputs: dict[str, Any], declared: dict[str, Any]) -> list[str]:
    """Everything in a resource's outputs that its SDK class does not declare so."""
    types = declared["resources"][token]["outputs"]
    found = [f"{key} is not declared" for key in outputs if key not in types and key != "id"]
    for key in outputs.keys() & types.keys():
        found += differences(outputs[key], types[key], declared, key)
    return found


def test_the_committed_contract_is_what_the_sdk_declares_now() -> None:
    assert CONTRACT_FILE.read_text(encoding="utf-8") == sdk_contract.text(EVERY), (
        "the contract is stale; run `python -m sandbox.aws_plugin.sdk_contract`"
    )


@pytest.mark.parametrize("token", TYPES)
@pytest.mark.parametrize("chapter", ["first_state", "second_state"])
def test_every_property_that_is_returned_is_declared(
    story: Story, declared: dict[str, Any], token: str, chapter: str
) -> None:
    resources = [r for r in getattr(story, chapter) if r["type"] == token]
    assert resources, f"the story has no {token}"
    assert {r["urn"]: found for r in resources if (found := undeclared(token, r["outputs"], declared))} == {}


@pytest.mark.parametrize("token", EVERY)
def test_every_table_entry_names_only_what_the_sdk_declares(declared: dict[str, Any], token: str) -> None:
    resource, types = EVERY_TYPE[token], declared["resources"][token]
    assert set(resource.inputs) <= set(types["inputs"])
    assert set(resource.outputs) <= set(types["outputs"])
    assert {key for key, notation in types["inputs"].items() if notation.endswith("!")} <= set(resource.inputs)


@pytest.mark.parametrize("token", EVERY)
def test_every_input_is_replaced_updated_or_remembered(token: str) -> None:
    resource = EVERY_TYPE[token]
    updated = {key for update in resource.updates for key in update.on}
    forgotten = [key for key, spec in resource.inputs.items() if not (spec.replace or spec.kept or key in updated)]
    assert forgotten == []


SEEDED = [
    {"cidrBlok": "10.0.0.0/16"},
    {"cidrBlock": 10},
    {"enableDnsSupport": "true"},
    {"tags": {"a": 1}},
    {"tags": ["a"]},
]


@pytest.mark.parametrize("outputs", SEEDED, ids=json.dumps)
def test_a_seeded_wrong_property_is_caught(declared: dict[str, Any], outputs: dict[str, Any]) -> None:
    assert len(undeclared("aws:ec2/vpc:Vpc", outputs, declared)) == 1


def test_a_seeded_wrong_nested_property_is_caught(declared: dict[str, Any]) -> None:
    rule = {"ruleNo": 1, "action": "allow", "protocol": 6, "fromPorts": 1, "toPort": 2}
    found = undeclared("aws:ec2/networkAcl:NetworkAcl", {"ingress": [rule]}, declared)
    assert found == ["ingress[0].protocol is 6, not str", "ingress[0].fromPorts is not declared"]
