"""`python -m sandbox.language_host --runner SCRIPT [options] ENGINE_ADDRESS`: serve until the engine lets go."""

from __future__ import annotations

import argparse
import os
import signal
import stat
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sandbox.language_host.children import Children
from sandbox.language_host.protocol import grpc, language_pb2_grpc
from sandbox.language_host.service import LanguageHost

_WORKERS = 32  # the program and each pack occupy one for the whole run
_LOOK = 0.5  # seconds
_NO_LIMIT = -1  # bytes; a large stack's config must fit


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pulumi-language-python", description=__doc__)
    parser.add_argument("--runner", type=Path, required=True, help="the SDK's pulumi-language-python-exec script")
    parser.add_argument("engine", nargs="?", default="", help="the engine's address, host:port")
    arguments, _ = parser.parse_known_args()  # the engine may add logging and tracing flags
    if not arguments.runner.is_file():
        parser.error(f"--runner {arguments.runner} does not exist; run `make up` to build the toolchain anew")
    return arguments


def _await_orphaned(stop: threading.Event) -> None:
    """Set `stop` when stdin closes: the engine holds its other end as long as it lives, however it ends."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop.set()


def main() -> None:
    """Serve on a free loopback port, printed as the first line, until SIGINT, SIGTERM or the engine's end."""
    arguments = _arguments()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    children = Children()
    server = grpc.server(
        ThreadPoolExecutor(_WORKERS),
        options=[("grpc.max_receive_message_length", _NO_LIMIT), ("grpc.max_send_message_length", _NO_LIMIT)],
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(
        LanguageHost(arguments.engine, arguments.runner, children), server
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    if stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
        threading.Thread(target=_await_orphaned, args=(stop,), daemon=True).start()
    # Not held until we take them: the programs and packs would hold them too. Handlers run when the main thread is up,
    # and a signal that a worker's thread got wakes up nobody.
    while not stop.wait(_LOOK):
        pass
    children.close()
    server.stop(grace=0.5).wait()
    sys.stdout.flush()
    os._exit(0)  # a worker may still be in a read; nothing is left to save


if __name__ == "__main__":
    main()
