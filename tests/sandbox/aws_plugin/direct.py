"""The plugin spoken to without an engine: the quick way to what an engine would hardly send."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.aws_plugin.wire import decode, encode
from tests.sandbox.aws_plugin.engine import SECRET_KEY

SERVICES = (
    *("autoscaling", "cloudtrail", "ec2", "elbv2", "iam", "kms", "lambda", "logs", "organizations", "s3", "scheduler"),
    "sts",
)


def provider_inputs(url: str, **more: Any) -> dict[str, Any]:
    """What the engine sends for a local provider; nested settings are JSON texts there."""
    endpoints = "[{" + ", ".join(f'"{service}": "{url}"' for service in SERVICES) + "}]"
    credentials = {"accessKey": "local", "secretKey": SECRET_KEY}
    given = {"region": "eu-west-1", "endpoints": endpoints, "s3UsePathStyle": "true", **credentials, **more}
    return {key: value for key, value in given.items() if value is not None}


@dataclass(frozen=True)
class Plugin:
    """A running plugin."""

    stub: provider_pb2_grpc.ResourceProviderStub

    @staticmethod
    def urn(token: str, name: str = "it") -> str:
        """The URN of a resource of this type."""
        return f"urn:pulumi:dev::tried::{token}::{name}"

    def configure(self, url: str, **more: Any) -> None:
        """Configure it for a local AWS."""
        self.stub.Configure(provider_pb2.ConfigureRequest(args=encode(provider_inputs(url, **more))))

    def check_config(self, given: Mapping[str, Any]) -> dict[str, str]:
        """The failures that it finds in a configuration, by property."""
        answer = self.stub.CheckConfig(provider_pb2.CheckRequest(news=encode(given)))
        return {failure.property: failure.reason for failure in answer.failures}

    def check(
        self, token: str, given: Mapping[str, Any], before: Mapping[str, Any] | None = None, seed: bytes = b"seed"
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """The checked inputs and the failures, by property."""
        request = provider_pb2.CheckRequest(
            urn=self.urn(token), news=encode(given), olds=encode(before or {}), randomSeed=seed
        )
        answer = self.stub.Check(request)
        return decode(answer.inputs)[0], {failure.property: failure.reason for failure in answer.failures}

    def diff(
        self,
        token: str,
        state: Mapping[str, Any],
        news: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,
        ignore: Sequence[str] = (),
    ) -> Any:
        """The answer about a difference; without inputs of `before`, the state stands for them."""
        request = provider_pb2.DiffRequest(
            id="it",
            urn=self.urn(token),
            olds=encode(state),
            old_inputs=encode(state if before is None else before),
            news=encode(news),
            ignoreChanges=ignore,
        )
        return self.stub.Diff(request)

    def create(self, token: str, inputs: Struct, *, preview: bool = False) -> Any:
        """The answer to a creation."""
        return self.stub.Create(provider_pb2.CreateRequest(urn=self.urn(token), properties=inputs, preview=preview))
