"""A flow has two ends, and its basis is looked for in the direction that the data takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from enclave_policies.law.folder import load_law
from enclave_policies.law.instruments import REGIMES, TransferRule
from enclave_policies.reading.flow import flow, lacking, movement_of
from enclave_policies.reading.reading import read
from enclave_policies.resources.claim import Claim
from enclave_policies.resources.resource import Provider, Resource

if TYPE_CHECKING:
    from enclave_policies.law import Law
    from enclave_policies.law.instruments import Movement
    from enclave_policies.resources.claim import Effect

LAW = load_law()
OUTWARDS = TransferRule(
    "o", "transitional", frozenset({"IE"}), frozenset({"US"}), frozenset({"copy", "import"}), frozenset(REGIMES)
)


def allowed(there: str | None, movement: Movement, *, region: str | None = "eu-west-1", law: Law = LAW) -> bool:
    props = {"region": region} if region else {}
    provider = Provider("urn", "pulumi:providers:aws", "p", props)
    return (
        flow(read(Resource("urn", "aws:s3/bucket:Bucket", "b", {}, provider), law), there, movement).basis is not None
    )


def test_data_flows_between_approved_countries_and_nowhere_else() -> None:
    assert allowed("NO", "copy")
    assert not allowed("US", "copy")
    assert not allowed(None, "copy")
    assert not allowed("IE", "copy", region="us-east-1")


def test_a_resource_whose_place_nobody_knows_may_reach_an_approved_country_alone() -> None:
    assert allowed("IE", "copy", region=None)
    assert not allowed("US", "copy", region=None)
    assert not allowed(None, "copy", region=None)


@pytest.mark.parametrize(
    ("effect", "movement"),
    [
        ("kept", "copy"),
        ("copied", "copy"),
        ("linked", "link"),
        ("asked", "import"),
        ("identity", "link"),
        ("payload", "link"),
    ],
)
def test_what_an_input_does_tells_how_data_moves_and_a_mere_name_is_a_link(effect: Effect, movement: Movement) -> None:
    assert movement_of(Claim("host", "evil.net", effect=effect)) == movement


def test_an_import_takes_the_way_from_there_to_here() -> None:
    law = replace(LAW, transfers=(replace(OUTWARDS, last_day=date(2030, 1, 1)),), day=date(2026, 11, 22))
    assert allowed("US", "copy", law=law)
    assert not allowed("US", "import", law=law)
    assert allowed("IE", "import", law=law, region="us-east-1")


@pytest.mark.parametrize(
    ("movement", "words"),
    [
        ("copy", "a copy from IE to US that no transfer rule allows"),
        ("link", "a link from IE to US that no transfer rule allows"),
        ("remote_access", "remote access from IE to US that no transfer rule allows"),
        ("import", "an import from US to IE that no transfer rule allows"),
    ],
)
def test_what_lacks_a_basis_says_the_way(movement: Movement, words: str) -> None:
    provider = Provider("urn", "pulumi:providers:aws", "p", {"region": "eu-west-1"})
    reading = read(Resource("urn", "aws:s3/bucket:Bucket", "b", {}, provider), LAW)
    assert lacking(flow(reading, "US", movement)) == words
    nowhere = lacking(flow(reading, None, movement))
    assert "an unknown country" in nowhere
    assert nowhere.endswith("that no transfer rule allows")
