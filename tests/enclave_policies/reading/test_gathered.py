"""One resource that breaks what is gathered of a stack is left out and named, and no other with it."""

from __future__ import annotations

from enclave_policies.law.folder import load_law
from enclave_policies.reading.gathered import each
from enclave_policies.reading.reading import Reading, read
from enclave_policies.reading.stack import Stack
from enclave_policies.resources.resource import Resource


def test_a_resource_that_breaks_is_named_with_its_error_and_the_others_are_read() -> None:
    law = load_law()
    readings = [read(Resource(urn, "aws:s3/bucket:Bucket", urn, {}), law) for urn in ("a", "b", "c")]
    stack = Stack(readings)

    def name(reading: Reading) -> str:
        if reading.resource.urn == "b":
            raise KeyError(reading.resource.urn)
        return reading.resource.name

    assert list(each(stack, readings, name)) == ["a", "c"]
    assert stack.broken == {"b": "KeyError"}
