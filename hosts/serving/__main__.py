"""`enclave-gateway`, and `python -m hosts.serving`: main, with the poller that answers soonest.

gRPC reads the variable once, when it is imported. Its newer poller ("event engine") hands each question over to another
thread first, which takes some 60 µs of Envoy's time (`benchmarks/gateway`). A gRPC that knows the names no more passes
over them.
"""

import os
import sys

os.environ.setdefault("GRPC_EXPERIMENTS", "-event_engine_listener,-event_engine_client")

from hosts.serving.main import main

if __name__ == "__main__":
    sys.exit(main())
