"""What judges ask of a resource and of its provider."""

from __future__ import annotations

import pytest
from enclave_policies.resources.resource import UNKNOWN, Provider, Resource


@pytest.mark.parametrize(
    ("name", "expected"),
    [("default", True), ("default_7_51_1", True), ("defaults", False), ("dublin-default", False), ("Default", False)],
)
def test_a_provider_that_the_engine_made_is_told_by_its_name(name: str, *, expected: bool) -> None:
    assert Provider("urn", "pulumi:providers:aws", name).is_default is expected


def test_a_provider_is_a_resource_too_and_nothing_else_is_a_provider() -> None:
    props = {"region": "eu-west-1"}
    provider = Resource("urn", "pulumi:providers:aws", "dublin-1", props)
    assert provider.as_provider == Provider("urn", "pulumi:providers:aws", "dublin-1", props)
    assert Resource("urn", "aws:s3/bucket:Bucket", "b", props).as_provider is None


def test_what_is_not_known_yet_shows_as_such_in_a_trace() -> None:
    assert repr(UNKNOWN) == "UNKNOWN"
