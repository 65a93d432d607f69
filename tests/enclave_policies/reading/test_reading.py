"""What a resource says of places is read, unless nothing acts on it."""

from __future__ import annotations

import base64
import json

import pytest
from enclave_policies.law.folder import load_law
from enclave_policies.reading.reading import DEEPEST, REGION_KEYS, Reading, read
from enclave_policies.resources.resource import UNKNOWN, Provider, Resource

LAW = load_law()
DUBLIN = Provider("urn", "pulumi:providers:aws", "dublin-1", {"region": "eu-west-1"})
BUCKET = "aws:s3/bucket:Bucket"
NOBODYS = "acme:index:Thing"


@pytest.mark.parametrize(
    ("type_", "provider", "custom", "expected"),
    [
        (BUCKET, DUBLIN, None, True),
        (BUCKET, None, None, True),
        (BUCKET, DUBLIN, True, True),
        (BUCKET, DUBLIN, False, False),
        (NOBODYS, None, None, False),
        (NOBODYS, None, True, True),
        (NOBODYS, DUBLIN, None, True),
        (NOBODYS, DUBLIN, False, False),
        ("pulumi:pulumi:Stack", None, None, False),
        ("pulumi:providers:aws", None, None, False),
    ],
)
def test_components_and_providers_are_not_read_and_all_else_is(
    type_: str, provider: Provider | None, custom: bool | None, *, expected: bool
) -> None:
    resource = Resource("urn", type_, "r", {"value": "us-east-1"}, provider, custom=custom)
    assert bool(read(resource, LAW).of("place")) is expected


def named(reading: Reading, role: str) -> list[tuple[str, object]]:
    return [(claim.path, claim.value) for claim in reading.of(role)]


def test_mentions_are_in_the_order_of_their_paths() -> None:
    props = {"b": "us-east-1", "a": {"z": "us-west-2", "y": "eu-west-2"}}
    assert named(read(Resource("urn", BUCKET, "r", props, DUBLIN), LAW), "place") == [
        ("a.y", "eu-west-2"),
        ("a.z", "us-west-2"),
        ("b", "us-east-1"),
    ]


def test_an_object_of_a_cluster_is_marked_as_one() -> None:
    assert "object" in read(Resource("urn", "kubernetes:core/v1:Pod", "r", {}, DUBLIN), LAW).mentions
    assert "object" not in read(Resource("urn", BUCKET, "r", {}, DUBLIN), LAW).mentions


def test_inputs_that_are_nested_without_end_break_the_reading() -> None:
    for wrapped in (lambda inner: {"a": inner}, lambda inner: [inner]):
        value: object = "us-east-1"
        for _ in range(DEEPEST):
            value = wrapped(value)
        assert read(Resource("urn", BUCKET, "r", {"a": value}, DUBLIN), LAW).of("place")
        with pytest.raises(RecursionError):
            read(Resource("urn", BUCKET, "r", {"a": wrapped(wrapped(value))}, DUBLIN), LAW)


@pytest.mark.parametrize("holder", ["value", "environment"])
def test_documents_in_texts_count_as_levels_too(holder: str) -> None:
    value: object = '{"b": "arn:aws:sqs:us-east-1:111122223333:q"}'
    for _ in range(DEEPEST - 2):
        value = {"a": value}
    assert read(Resource("urn", BUCKET, "r", {holder: value}, DUBLIN), LAW).of("arn")
    with pytest.raises(RecursionError):
        read(Resource("urn", BUCKET, "r", {holder: {"a": value}}, DUBLIN), LAW)


def test_a_claim_is_of_the_kind_under_which_it_is_mentioned() -> None:
    props = {
        "value": "us-east-1",
        "copies": {"us-east-1": {}},
        "sourceRegion": "us-west-2",
        "endpoint": "evil.net",
        "policy": '{"Statement": []}',
        "other": UNKNOWN,
        "topic": "arn:aws:sns:us-east-1:111122223333:t",
        "environment": {"SINK": "https://evil.net"},
    }
    mentions = read(Resource("urn", BUCKET, "r", props, DUBLIN), LAW).mentions
    assert {"place", "region:destination", "host", "document", "unknown", "arn", "text"} <= mentions.keys()
    for role, claims in mentions.items():
        assert {claim.kind for claim in claims} == {role.partition(":")[0]}


def test_what_an_object_leaves_out_is_told_with_the_block_that_leaves_it_out() -> None:
    spec = {"containers": [{"env": [{"name": "DD_API_KEY", "value": "x"}]}]}
    (claim,) = read(Resource("urn", "kubernetes:core/v1:Pod", "r", {"spec": spec}, DUBLIN), LAW).claims
    assert (claim.kind, claim.path) == ("default", "spec.containers.0.env")
    assert claim.block == ("", "spec", "containers", "0", "env")


def test_what_a_program_is_told_is_read_as_a_command_or_as_settings_with_its_secrets() -> None:
    secrets = [{"name": "TOKEN", "valueFrom": "arn:aws:ssm:eu-west-1:111122223333:parameter/t"}]
    variables = [{"name": "SINK", "value": "https://evil.net"}]

    def told(**container: object) -> list[tuple[str, object, bool]]:
        found = read(Resource("urn", BUCKET, "r", {"container": container}, DUBLIN), LAW).of("text")
        return [(claim.value.key, claim.value.value, claim.value.command) for claim in found]

    assert told(command=["curl", "evil.net"]) == [("command", ["curl", "evil.net"], True)]
    assert told(environment=variables) == [("environment", variables, False)]
    assert told(environment=variables, secrets=secrets) == [("environment", [*variables, *secrets], False)]
    assert told(secrets=secrets) == [("environment", secrets, False)]


def test_a_value_that_is_not_known_yet_is_mentioned_as_such() -> None:
    found = read(Resource("urn", BUCKET, "r", {"value": UNKNOWN, "sourceRegion": UNKNOWN}, DUBLIN), LAW)
    assert named(found, "unknown") == [("value", UNKNOWN)]
    assert named(found, "region:destination") == [("sourceRegion", UNKNOWN)]


def test_a_place_that_is_a_key_is_mentioned_with_the_input_that_has_it() -> None:
    found = read(Resource("urn", BUCKET, "r", {"copies": {"us-east-1": {"enabled": True}}}, DUBLIN), LAW)
    assert named(found, "place") == [("copies", "us-east-1")]
    type_, input_ = next((t, i) for t, table in LAW.inputs.items() for i, role in table.items() if role == REGION_KEYS)
    props: object = {"us-east-1": "x"}
    for key in reversed(input_.split(".")):
        props = {key: props}
    assert isinstance(props, dict)
    found = read(Resource("urn", type_, "r", props, DUBLIN), LAW)
    assert (named(found, REGION_KEYS), named(found, "place")) == ([(input_, "us-east-1")], [])


def test_only_what_may_be_written_in_base64_is_decoded() -> None:
    text = base64.b64encode(b"region: us-east-1").decode()
    scraper = "aws:amp/scraper:Scraper"
    for type_, name in ((scraper, "scrapeConfiguration"), (BUCKET, "userData")):
        assert read(Resource("urn", type_, "r", {name: text}, DUBLIN), LAW).of("place")
    assert read(Resource("urn", BUCKET, "r", {"value": text}, DUBLIN), LAW).of("place") == []


def test_texts_that_are_documents_count_towards_the_depth() -> None:
    inner = "us-east-1"
    for _ in range(5):
        inner = json.dumps([inner])
    for levels, ends in ((DEEPEST - 10, True), (DEEPEST - 9, False)):
        value: object = inner
        for _ in range(levels):
            value = [value]
        resource = Resource("urn", BUCKET, "r", {"a": value}, DUBLIN)
        if ends:
            assert read(resource, LAW).of("place")
        else:
            with pytest.raises(RecursionError):
                read(resource, LAW)
