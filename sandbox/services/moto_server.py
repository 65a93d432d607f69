"""`python -m sandbox.services.moto_server HOST PORT`: moto's server without a log line per request."""

from __future__ import annotations

import logging
import sys
import threading
from importlib import import_module

from moto.server import main as serve

# Loaded ahead: a user's first call to a service would otherwise wait up to a second for it.
_SOON_NEEDED = ("ec2", "s3", "kms", "iam", "sts", "logs", "autoscaling", "elbv2")


def _warm() -> None:
    for name in _SOON_NEEDED:
        import_module(f"moto.{name}.responses")


def main() -> None:
    """Serve until SIGTERM."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    host, port = sys.argv[1:]
    threading.Thread(target=_warm, daemon=True).start()
    serve(["-H", host, "-p", port])


if __name__ == "__main__":
    main()
