"""A message to somebody is data, and the parameters of a call of AWS's own API are settings."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.catalog.payloads import without_payload
from enclave_policies.resources.unknown import UNKNOWN

TARGET = "aws:cloudwatch/eventTarget:EventTarget"
SCHEDULE = "aws:scheduler/schedule:Schedule"
QUEUE = "arn:aws:sqs:eu-west-1:111122223333:jobs"
CALL = "arn:aws:scheduler:::aws-sdk:s3:putObject"


@pytest.mark.parametrize(
    ("target", "read"),
    [
        ({"arn": QUEUE, "input": "x", "roleArn": "r"}, {"arn": QUEUE, "roleArn": "r"}),
        ({"arn": UNKNOWN, "input": "x"}, {"arn": UNKNOWN}),
        ({"arn": CALL, "input": "x"}, {"arn": CALL, "input": "x"}),
        ({"input": "x"}, {"input": "x"}),
        (UNKNOWN, UNKNOWN),
    ],
)
def test_the_message_of_a_schedule_is_left_out_unless_it_may_be_a_call(target: Any, read: Any) -> None:
    assert without_payload(SCHEDULE, {"name": "s", "target": target}) == {"name": "s", "target": read}


@pytest.mark.parametrize("service", ["ssm", "ecs", "batch", "codebuild"])
def test_a_receiver_that_does_what_a_message_says_is_told_settings(service: str) -> None:
    told = {"arn": f"arn:aws:{service}:eu-west-1:111122223333:thing/x", "input": "x"}
    assert without_payload(TARGET, told) == told
    assert without_payload(SCHEDULE, {"target": told}) == {"target": told}


def test_the_message_of_an_event_is_left_out() -> None:
    assert without_payload(TARGET, {"rule": "r", "arn": QUEUE, "input": "x"}) == {"rule": "r", "arn": QUEUE}


def test_other_resources_send_no_message() -> None:
    props = {"target": {"arn": QUEUE, "input": "x"}}
    assert without_payload("aws:sqs/queue:Queue", props) == props
    assert without_payload(SCHEDULE, {}) == {}
