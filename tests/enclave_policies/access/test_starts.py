"""What ACC-013 says of how gateways start: each fault by its words, and clean ones stay clean."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from enclave_policies.access.hosts import LAUNCHING
from enclave_policies.access.launched import GROUP, named
from enclave_policies.judging.judge import judge_stack, try_read
from enclave_policies.reading.stack import Stack
from enclave_policies.resources.resource import Resource

from hosts.gateway.bundle import SETTINGS, digest_of
from tests.enclave_policies.access.cases import law
from tests.enclave_policies.access.starts import RULES, Case, starts

FAULTS, NEAR_MISSES = 30, 14
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


@pytest.mark.parametrize("case", starts(), ids=lambda case: case.name)
def test_a_start_is_judged_as_the_case_says(case: Case) -> None:
    assert case.differences() == []


def test_there_are_as_many_faults_and_near_misses_as_promised() -> None:
    faults = [case for case in starts() if case.expect]
    assert len(faults) >= FAULTS
    assert len(starts()) - len(faults) >= NEAR_MISSES


def test_a_gateway_that_sees_who_comes_needs_nobody_to_tell_it() -> None:
    """Its balancer must say nothing then: Envoy would take it for a request."""
    shipped = Case("", {"set": {"TargetGroup dublin-1-employees": {"proxyProtocolV2": False}}}).stack()
    (bundle,) = (one for one in shipped if one.name == "dublin-1-employees-bundle")
    files = json.loads(bundle.props["content"])
    told = digest_of(files)
    files[SETTINGS] = files[SETTINGS].replace('"told"', '"seen"')
    stack = []
    for one in shipped:
        props = json.loads(json.dumps(dict(one.props)).replace(told, digest_of(files)))
        if one is bundle:
            props["content"] = json.dumps(files)
        if "userData" in props:
            text = base64.b64decode(props["userData"]).decode().replace(told, digest_of(files))
            props["userData"] = base64.b64encode(text.encode()).decode()
        stack.append(replace(one, props=props))
    assert not [finding for found in judge_stack(stack, law(), RULES).values() for finding in found]


@pytest.mark.parametrize(
    ("outputs", "called"),
    [
        ({"id": "lt-1"}, True),
        ({"arn": "arn:aws:ec2:eu-west-1:111122223333:launch-template/lt-1"}, True),
        ({"arn": "arn:aws:ec2:eu-west-1:111122223333:launch-template/lt-2"}, False),
        ({}, False),
    ],
    ids=["as a state tells it", "as a finished run tells it", "another one", "as nobody tells it"],
)
def test_hosts_are_found_by_their_id_whether_a_state_or_a_run_tells_it(outputs: dict[str, str], called: bool) -> None:
    """A finished run tells packs no id of what it made; a rule that needs one says no to what an audit finds clean."""
    urn = "urn:pulumi:local::enclave::{}::{}"
    template = Resource(urn.format(TEMPLATE, "hosts"), TEMPLATE, "hosts", {}, outputs=outputs)
    group = Resource(urn.format(GROUP, "hosts"), GROUP, "hosts", {"launchTemplate": {"id": "lt-1", "version": "1"}})
    stack = Stack([try_read(template, law()), try_read(group, law())], "local")
    found = named(stack.readings[group.urn], "launchTemplate", LAUNCHING, stack)
    assert [one.resource.type for one in found] == [TEMPLATE] * called


def test_a_command_that_nobody_compares_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: containers whose start nobody looks at."""
    monkeypatch.setattr("enclave_policies.access.pods_started._of_container", lambda *_: iter(()))
    fault = next(case for case in starts() if any("by another command" in words for words in case.expect))
    assert fault.differences() != []
