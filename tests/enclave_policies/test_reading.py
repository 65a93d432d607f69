"""What a resource says of places is read, unless nothing acts on it."""

from __future__ import annotations

import pytest
from enclave_policies.law import load_law
from enclave_policies.reading import DEEPEST, Mention, read
from enclave_policies.resource import UNKNOWN, Provider, Resource

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


def test_mentions_are_in_the_order_of_their_paths() -> None:
    props = {"b": "us-east-1", "a": {"z": "us-west-2", "y": "eu-west-2"}}
    assert read(Resource("urn", BUCKET, "r", props, DUBLIN), LAW).of("place") == [
        Mention("a.y", "eu-west-2"),
        Mention("a.z", "us-west-2"),
        Mention("b", "us-east-1"),
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


def test_a_value_that_is_not_known_yet_is_mentioned_as_such() -> None:
    found = read(Resource("urn", BUCKET, "r", {"value": UNKNOWN, "sourceRegion": UNKNOWN}, DUBLIN), LAW)
    assert found.of("unknown") == [Mention("value", UNKNOWN)]
    assert found.of("region:destination") == [Mention("sourceRegion", UNKNOWN)]
