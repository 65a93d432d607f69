"""The pack as the engine meets it: a process of its own, asked over the engine's analyzer protocol."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]
import pytest
from enclave_policies.judging.promise import read_promise
from enclave_policies.judging.side_channel import FOLDER, handed_over
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from tests.enclave_policies.sampling import urn

if TYPE_CHECKING:
    from collections.abc import Iterator

PACK = Path(__file__).parents[3] / "policy-packs" / "jurisdiction"
BUCKET = "aws:s3/bucket:Bucket"
DUBLIN = {"region": "eu-west-1"}


def start(pack: Path, **variables: str) -> subprocess.Popen[str]:
    """Start a pack as a language host does."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(pack)]
    environment = {name: value for name, value in os.environ.items() if name != "ENCLAVE_SANDBOX"}
    environment |= variables
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


@pytest.fixture(scope="module")
def analyzer() -> Iterator[Any]:
    """The running pack's client."""
    with start(PACK) as process:
        assert process.stdout is not None
        try:
            with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
                yield analyzer_pb2_grpc.AnalyzerStub(channel)
        finally:
            process.kill()


def question(provider: dict[str, Any] | None = None, **props: Any) -> proto.AnalyzeRequest:
    request = proto.AnalyzeRequest(type=BUCKET, urn=urn(BUCKET, "store"), name="store")
    request.properties.update(props)
    request.provider.type = "pulumi:providers:aws"
    request.provider.name = "dublin-1"
    request.provider.urn = urn("pulumi:providers:aws", "dublin-1")
    request.provider.properties.update(provider or DUBLIN)
    return request


def test_the_engine_is_told_every_promised_rule_as_mandatory(analyzer: Any) -> None:
    policies = analyzer.GetAnalyzerInfo(proto.AnalyzeRequest()).policies
    assert {policy.name for policy in policies} == read_promise(PACK).names
    assert {policy.enforcementLevel for policy in policies} == {proto.MANDATORY}


def test_an_approved_resource_gets_no_diagnostic_and_no_rule_declares_itself_not_applicable(analyzer: Any) -> None:
    answer = analyzer.Analyze(question(region="eu-west-1", bucket=UNKNOWN_STRING_VALUE))
    assert not answer.diagnostics
    assert not answer.not_applicable


def test_london_is_refused_as_mandatory_by_name(analyzer: Any) -> None:
    (diagnostic,) = analyzer.Analyze(question(region="eu-west-2")).diagnostics
    assert diagnostic.enforcementLevel == proto.MANDATORY
    assert "eu-west-2 (London, United Kingdom, GB)" in diagnostic.message


def test_an_unknown_region_is_a_mandatory_refusal_and_no_advisory(analyzer: Any) -> None:
    (diagnostic,) = analyzer.Analyze(question(region=UNKNOWN_STRING_VALUE)).diagnostics
    assert (diagnostic.enforcementLevel, diagnostic.policyName) == (proto.MANDATORY, "unknown-place")


def test_a_secret_region_in_the_approved_country_is_clean(analyzer: Any) -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "eu-west-1"}
    assert not analyzer.Analyze(question(region=secret)).diagnostics


def test_a_gate_that_asks_for_findings_gets_what_the_engine_is_told_as_data(tmp_path: Path) -> None:
    with start(PACK, **{FOLDER: str(tmp_path)}) as process:
        assert process.stdout is not None
        try:
            with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
                analyzer = analyzer_pb2_grpc.AnalyzerStub(channel)
                assert not analyzer.Analyze(question(region="eu-west-1")).diagnostics
                assert handed_over(tmp_path) == {}
                (diagnostic,) = analyzer.Analyze(question(region="eu-west-2")).diagnostics
        finally:
            process.kill()
    ((finding,),) = handed_over(tmp_path).values()
    assert diagnostic.message.endswith(f"\n{finding.message}")
    assert (finding.name, finding.urn) == (diagnostic.policyName, diagnostic.urn)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_a_level_that_a_configuration_lowers_ends_the_run(analyzer: Any) -> None:
    request = proto.ConfigureAnalyzerRequest()
    request.policyConfig["zone"].enforcementLevel = proto.ADVISORY
    with pytest.raises(grpc.RpcError, match="remove zone from the config"):
        analyzer.Configure(request)


def test_a_law_with_a_typo_ends_the_pack_with_file_and_line_and_no_traceback(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(PACK, pack)
    approved = pack / "law" / "approved.yaml"
    approved.write_text(approved.read_text(encoding="utf-8").replace("host:", "hosts:"), encoding="utf-8")
    with start(pack) as process:
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert output == ""
    assert "approved.yaml:5:1: 'hosts' is not a key that the law knows" in errors
    assert "Traceback" not in errors
