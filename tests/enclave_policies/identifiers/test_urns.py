"""The parts of the engine's names."""

from __future__ import annotations

import pytest
from enclave_policies.identifiers.urns import Urn, urn_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("urn:pulumi:local::enclave::aws:s3/bucket:Bucket::x", ("local", "enclave", "aws:s3/bucket:Bucket", "x")),
        ("urn:pulumi:s::p::a:b:C$d:e:F$aws:s3/bucket:Bucket::x", ("s", "p", "aws:s3/bucket:Bucket", "x")),
        ("urn:pulumi:s::p::t::a::b$c", ("s", "p", "t", "a::b$c")),
        ("site dublin", ("", "", "", "site dublin")),
        ("urn:pulumi:s::p", ("", "", "", "urn:pulumi:s::p")),
        ("", ("", "", "", "")),
    ],
)
def test_a_urn_is_told_apart_and_a_name_may_hold_anything(text: str, parts: tuple[str, ...]) -> None:
    assert urn_of(text) == Urn(*parts)
