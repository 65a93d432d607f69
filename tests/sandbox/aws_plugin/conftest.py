"""One moto for all tests of the plugin, an engine for each story, and the plugin itself without an engine."""

import os
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from filelock import FileLock
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox import toolchain
from sandbox.aws_plugin.server import Provider
from tests.sandbox.aws_plugin import engine, local_aws
from tests.sandbox.aws_plugin.direct import Plugin
from tests.sandbox.aws_plugin.local_aws import LocalAws
from tests.sandbox.aws_plugin.story import EVERY_TYPE, Story, tell

MakeEngine = Callable[..., engine.Engine]


@pytest.fixture(scope="session")
def tools() -> toolchain.Toolchain:
    return toolchain.ensure()


@pytest.fixture(scope="session")
def moto() -> Iterator[LocalAws]:
    with local_aws.running() as aws:
        yield aws


@pytest.fixture(scope="module")
def make_engine(tools: toolchain.Toolchain, tmp_path_factory: pytest.TempPathFactory) -> MakeEngine:
    def make(*arguments: Any, **more: Any) -> engine.Engine:
        return engine.make(tmp_path_factory.mktemp("engine"), tools, *arguments, **more)

    return make


@pytest.fixture(scope="module")
def plugin() -> Iterator[Plugin]:
    """The plugin's service, spoken to directly."""
    server = grpc.server(ThreadPoolExecutor(2))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Plugin(provider_pb2_grpc.ResourceProviderStub(channel))
    server.stop(None)


@pytest.fixture(scope="session")
def story(tools: toolchain.Toolchain, moto: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The story, told by one of pytest's workers and shared by all."""
    shared = tmp_path_factory.getbasetemp().parent / "aws-story"
    with FileLock(f"{shared}.lock"):
        if shared.exists():
            kept: Story = pickle.loads(shared.read_bytes())  # noqa: S301 # our own, from another worker of this run
            return kept
        told = tell(engine.make(tmp_path_factory.mktemp("story"), tools, EVERY_TYPE), moto)
        if "PYTEST_XDIST_WORKER" in os.environ:  # without workers that folder outlives the run
            shared.write_bytes(pickle.dumps(told))
        return told
