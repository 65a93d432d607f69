"""A text of any length and letters is read in time that grows with it: no pattern goes back over what it has read."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.judging.packs import EVERY
from enclave_policies.law.folder.custody import load_custody_law
from enclave_policies.resources.resource import Provider, Resource
from enclave_policies.texts import shapes

LONG = 100_000
PATIENCE = 8.0  # seconds of a busy machine; a square of this length takes minutes
PARTS = ["a", "a.", "1.", "-", "_", "\n", " ", "\t", ":", "/", "//", "s3://a/", "https://a.example/ ", "k=v;", "a: b\n"]
PARTS += ["- a\n", "[", '{"a":', "arn:aws:s3:::a ", "us-east-1 ", "a@b", "a@b.c ", "%41", "${a}", "{{a}}", "<", "#\n"]
AWS = Provider("urn:pulumi:a::b::pulumi:providers:aws::p", "pulumi:providers:aws", "p", {"region": "eu-west-1"})


def pod(container: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "Pod", "metadata": {"name": "x", "namespace": "enclave-app"}, "spec": {"containers": [container]}}


PLACES: dict[str, tuple[str, Any]] = {
    "a function's variable": ("aws:lambda/function:Function", lambda t: {"environment": {"variables": {"URL": t}}}),
    "a variable's name": ("kubernetes:core/v1:Pod", lambda t: pod({"env": [{"name": t, "value": "x"}]})),
    "a machine's data": ("aws:ec2/instance:Instance", lambda t: {"userData": t}),
    "a configuration file": ("kubernetes:core/v1:ConfigMap", lambda t: {"data": {"a.conf": t, "b.yaml": t}}),
    "arguments": ("kubernetes:core/v1:Pod", lambda t: pod({"args": ["--x", t]})),
    "a policy": ("aws:iam/policy:Policy", lambda t: {"policy": f'{{"Statement": [{{"Action": "{t}"}}]}}'}),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_long_text_is_read_in_a_moment(place: str) -> None:
    type_, inputs = PLACES[place]
    law = load_custody_law()
    slow = {}
    for part in PARTS:
        text = (part * (LONG // len(part) + 1))[:LONG]
        resource = Resource(f"urn:pulumi:a::b::{type_}::x", type_, "x", inputs(text), AWS)
        began = time.process_time()
        judge_stack([resource], law, EVERY.rules)
        took = time.process_time() - began
        if took > PATIENCE:
            slow[part] = round(took, 1)
    assert not slow


def test_a_pattern_that_goes_back_would_be_noticed() -> None:
    """The seeded bug of this family: what comments began with once, and empty lines made a square of."""
    going_back = re.compile(r"(?m)^\s*(?:#|//|;).*$")

    def seconds(pattern: re.Pattern[str], length: int) -> float:
        began = time.process_time()
        pattern.sub("", "\n" * length)
        return time.process_time() - began

    assert seconds(going_back, 8_000) > 20 * max(seconds(shapes.COMMENT, 8_000), 0.001)
