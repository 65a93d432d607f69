"""The key custody pack as the engine meets it: a process of its own, asked over the engine's analyzer protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]
import pytest
from enclave_policies.judging.promise import read_promise
from enclave_policies.law.folder.custody import SHIPPED
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc

from tests.enclave_policies.judging.test_pack_process import start
from tests.enclave_policies.sampling import urn

if TYPE_CHECKING:
    from collections.abc import Iterator

QUEUE = "aws:sqs/queue:Queue"


@pytest.fixture(scope="module")
def analyzer() -> Iterator[Any]:
    """The running pack's client."""
    with start(SHIPPED) as process:
        assert process.stdout is not None
        try:
            with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
                yield analyzer_pb2_grpc.AnalyzerStub(channel)
        finally:
            process.kill()


def refusals(analyzer: Any, **props: str) -> list[str]:
    request = proto.AnalyzeRequest(type=QUEUE, urn=urn(QUEUE, "queue"), name="queue")
    request.properties.update(props)
    request.provider.type = "pulumi:providers:aws"
    request.provider.name = "dublin-1"
    request.provider.urn = urn("pulumi:providers:aws", "dublin-1")
    request.provider.properties.update({"region": "eu-west-1"})
    return [found.policyName for found in analyzer.Analyze(request).diagnostics]


def test_the_engine_is_told_every_promised_rule(analyzer: Any) -> None:
    policies = analyzer.GetAnalyzerInfo(proto.AnalyzeRequest()).policies
    assert {policy.name for policy in policies} == read_promise(SHIPPED).names


def test_a_queue_without_a_customer_key_is_refused_before_it_is_created(analyzer: Any) -> None:
    assert refusals(analyzer) == ["customer-key"]
    assert refusals(analyzer, kmsMasterKeyId="alias/aws/sqs") == ["customer-key"]
    assert refusals(analyzer, kmsMasterKeyId="arn:aws:kms:eu-west-1:111122223333:key/1") == []
