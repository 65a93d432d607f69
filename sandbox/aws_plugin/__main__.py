"""Serve the plugin: prints its port on the first line and works until the engine ends it."""

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from sandbox.language_host.protocol import grpc  # first: it spares the whole SDK's import, half of our start

from pulumi.runtime.proto import provider_pb2_grpc  # isort: skip
from sandbox.aws_plugin.server import Provider  # isort: skip

_WORKERS: Final = 16
_LARGEST_MESSAGE: Final = 400 * 1024 * 1024
_ORPHAN_CHECK_SECONDS: Final = 1.0


def main() -> None:
    """Serve until a signal comes or the engine is gone."""
    server = grpc.server(
        ThreadPoolExecutor(_WORKERS),
        options=[
            ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
            ("grpc.max_send_message_length", _LARGEST_MESSAGE),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    ended = threading.Event()
    # The engine ends a plugin by SIGINT and waits 5 s for each; the user's own Ctrl-C goes to another process group.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: ended.set())
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    engine = os.getppid()
    while not ended.wait(_ORPHAN_CHECK_SECONDS):
        if os.getppid() != engine:
            break
    server.stop(grace=0)


if __name__ == "__main__":
    main()
