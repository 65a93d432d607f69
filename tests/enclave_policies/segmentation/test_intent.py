"""What is meant is read whole or refused; nobody's wish counts for nothing because it was misspelt."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder import load_law
from enclave_policies.network import intent
from enclave_policies.network.intent import TYPE, IntentError, read_intent
from enclave_policies.network.ports import EVERYTHING, PortSet
from enclave_policies.resources.resource import UNKNOWN, Resource
from enclave_policies.rules.segmentation import SEGMENTATION

WAY = {"from": "a/app", "to": "a/store", "protocol": "tcp", "ports": "443"}
GOOD: dict[str, Any] = {
    "networks": {"a/app": "10.0.0.0/24", "a/store": "10.0.1.0/24"},
    "people": ["10.9.0.0/16"],
    "restricted": ["a/store"],
    "ways": [WAY],
    "mustDeny": [],
    "mustPermit": [WAY],
    "mustCross": [{"from": "person", "to": "a/store", "segment": "app"}],
}
SUBNET = "aws:ec2/subnet:Subnet"


def meaning(name: str = "intent", **changes: Any) -> Resource:
    return Resource(f"urn:pulumi:t::t::{TYPE}::{name}", TYPE, name, {**GOOD, **changes})


def said(*resources: Resource) -> list[str]:
    found = judge_stack(resources, load_law(), SEGMENTATION)
    return [finding.message for findings in found.values() for finding in findings]


def test_a_good_intent_is_read_whole() -> None:
    found = read_intent(meaning())
    assert found.declared("a/app", "a/store") == PortSet.of("tcp", (443, 443))
    assert not found.declared("a/store", "a/app")
    every = {**WAY, "protocol": "any", "ports": "1-65535"}
    assert read_intent(meaning(ways=[every])).declared("a/app", "a/store") == EVERYTHING


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "reversed": ({"ways": [{**WAY, "ports": "443-80"}]}, "443-80"),
    "too-high": ({"ways": [{**WAY, "ports": "65536"}]}, "65536"),
    "no-port": ({"ways": [{**WAY, "ports": "https"}]}, "https"),
    "protocol": ({"ways": [{**WAY, "protocol": "tpc"}]}, "tpc"),
    "unknown-end": ({"mustDeny": [{**WAY, "to": "a/stor"}]}, "a/stor"),
    "unknown-gateway": ({"mustCross": [{"from": "person", "to": "a/store", "segment": "gate"}]}, "gate"),
    "unknown-restricted": ({"restricted": ["a/stor"]}, "a/stor"),
    "restricted-text": ({"restricted": "a/store"}, "a text stands where a list should"),
    "ways-missing": ({"ways": None}, "nothing stands where a list should"),
    "way-unknown": ({"ways": [{**WAY, "from": UNKNOWN}]}, "a value that is not known stands where a text should"),
    "network": ({"networks": {"a/app": "10.0.0.0/33", "a/store": "10.0.1.0/24"}}, "10.0.0.0/33"),
    "networks-unknown": ({"networks": UNKNOWN}, "a value that is not known stands where a table should"),
    "ways-number": ({"ways": 7}, "a number stands where a list should"),
    "way-list": ({"ways": [["a/app"]]}, "a list stands where a table should"),
    "people": ({"people": ["everybody"]}, "everybody"),
}


@pytest.mark.parametrize("name", BAD)
def test_an_intent_that_cannot_be_understood_is_refused_by_what_is_wrong(name: str) -> None:
    changes, words = BAD[name]
    with pytest.raises(IntentError, match=words.replace("/", "/")):
        read_intent(meaning(**changes))
    assert any("SEG-001" in message and words in message for message in said(meaning(**changes)))


def test_a_good_intent_alone_is_not_refused_for_what_it_says() -> None:
    assert [message for message in said(meaning(mustPermit=[])) if "SEG-001" in message] == []


def test_a_stack_without_an_intent_or_with_two_is_refused() -> None:
    tags = {"site": "a", "segment": "store"}
    subnet = Resource(f"urn:pulumi:t::t::{SUBNET}::s", SUBNET, "s", {"cidrBlock": "10.0.1.0/28", "tags": tags})
    assert any("SEG-001" in message and "there are 0 resources" in message for message in said(subnet))
    two = said(subnet, meaning(), meaning("again"))
    assert sum("SEG-001" in message and "there are 2 resources" in message for message in two) == 3


def test_tags_that_are_not_known_yet_are_undetermined() -> None:
    props = {"cidrBlock": "10.0.1.0/28", "tags": {"site": "a", "segment": UNKNOWN}}
    found = said(Resource(f"urn:pulumi:t::t::{SUBNET}::s", SUBNET, "s", props), meaning(mustPermit=[]))
    assert any("SEG-001" in message and "cannot be determined" in message for message in found)


def test_a_reader_that_takes_any_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(intent, "_strange", lambda _intent: ())
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        test_an_intent_that_cannot_be_understood_is_refused_by_what_is_wrong("unknown-end")
