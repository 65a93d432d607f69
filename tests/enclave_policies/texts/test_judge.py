"""Claims are held against the law together: an own server beside a bucket or a region answers in AWS's place."""

from __future__ import annotations

import pytest
from enclave_policies.law.folder import load_law
from enclave_policies.resources.claim import Claim
from enclave_policies.texts.judge import judged, own_servers, stores_of_others

LAW = load_law()
BUCKET = Claim("bucket", "b", "bucket", block=("s3",))
REGION = Claim("place", "us-east-1", "region", block=("s3",))


def server(host: str, key: str = "endpoint", block: tuple[str, ...] = ("s3",), *, kind: str = "host") -> Claim:
    return Claim(kind, host, key, block=block)


@pytest.mark.parametrize(
    ("beside", "blocks"),
    [
        (server("minio.hamar.example"), {("s3",)}),
        (server("minio.hamar.example", "s3_endpoint_url"), {("s3",)}),
        (server("minio.hamar.example", block=("s3", "Config")), {("s3", "Config"), ("s3",)}),
        (server("minio.hamar.example", block=("s3", "x")), {("s3", "x")}),
        (server("minio.hamar.example", "proxy"), set()),
        (server("minio.hamar.example", kind="mail"), set()),
        (server("minio"), set()),
        (server("evil.net"), set()),
        (server("s3.eu-west-1.amazonaws.com"), set()),
    ],
)
def test_an_own_server_answers_for_its_block(beside: Claim, blocks: set[tuple[str, ...]]) -> None:
    claims = [BUCKET, REGION, beside]
    assert own_servers(claims, LAW) == blocks
    served = ("s3",) in blocks
    assert stores_of_others(claims, LAW) == ([] if served else [BUCKET])
    assert (REGION in [claim for claim, _ in judged(claims, LAW)]) is not served


def test_a_server_answers_for_the_blocks_below_it_and_for_no_other() -> None:
    below = Claim("bucket", "c", "bucket", block=("s3", "inner"))
    other = Claim("bucket", "d", "bucket", block=("other",))
    assert stores_of_others([below, other, server("minio.hamar.example")], LAW) == [other]


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (Claim("host", "evil.net"), "'evil.net', which is not"),
        (Claim("host", "redis.store", public=True), "'redis.store', which is not"),
        (Claim("store", "gs"), "another cloud's storage (gs://)"),
        (Claim("model", "us.x.y"), "the model profile 'us.x.y', which computes in several regions"),
        (Claim("mail", "a@Evil.net"), "the mailbox at 'evil.net', which is not the enclave's"),
        (Claim("place", "us-east-1", "region"), "us-east-1"),
        (Claim("default", None, words="It is open"), "a place that no setting names: It is open"),
    ],
)
def test_each_kind_of_claim_is_refused_in_its_own_words(claim: Claim, words: str) -> None:
    ((told, refusal),) = judged(iter([claim]), LAW)
    assert told is claim
    assert refusal.words.startswith(words)


@pytest.mark.parametrize(
    "claim",
    [
        *(Claim("host", "redis.store"), Claim("host", "a.hamar.example"), Claim("mail", "a@hamar.example")),
        *(Claim("place", "eu-west-1", "region"), Claim("bucket", "b"), Claim("credential", None)),
    ],
)
def test_what_is_the_enclave_s_own_passes(claim: Claim) -> None:
    assert judged([claim], LAW) == []
