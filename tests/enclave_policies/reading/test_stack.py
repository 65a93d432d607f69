"""A stack knows its own buckets and names, as far as these are known."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.law.folder import load_law
from enclave_policies.reading.reading import read
from enclave_policies.reading.stack import Stack
from enclave_policies.resources.resource import UNKNOWN, Resource

LAW = load_law()


def stack(props: dict[str, Any], outputs: dict[str, Any]) -> Stack:
    resource = Resource("urn", "aws:s3/bucket:Bucket", "r", props, outputs=outputs)
    return Stack([read(resource, LAW)])


@pytest.mark.parametrize(
    ("props", "outputs", "names"),
    [
        ({"bucket": "logs"}, {}, {"logs"}),
        ({}, {"bucket": "logs-1f2e"}, {"logs-1f2e"}),
        ({}, {"id": "logs-1f2e"}, {"logs-1f2e"}),
        ({"bucket": UNKNOWN}, {"bucket": ""}, set()),
    ],
)
def test_a_bucket_is_known_by_every_name_that_is_told(
    props: dict[str, Any], outputs: dict[str, Any], names: set[str]
) -> None:
    assert set(stack(props, outputs).buckets) == names
