"""`python -m sandbox.services.moto_server HOST PORT`: moto's server without a log line per request.

It judges buckets' policies by what they say without conditions, as moto can judge none, and lists versions as S3 does.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from importlib import import_module
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket, S3Backend
from moto.server import main as serve

from sandbox.services.moto_listing import listed

# Loaded ahead: a user's first call to a service would otherwise wait up to a second for it.
_SOON_NEEDED = ("ec2", "s3", "kms", "cloudtrail", "iam", "sts", "logs", "autoscaling", "elbv2")


def _warm() -> None:
    for name in _SOON_NEEDED:
        import_module(f"moto.{name}.responses")


def _unconditional(bucket: FakeBucket, action: str, resource: str) -> Any:
    """Return what a bucket's policy says whatever the circumstances are: moto looks at no condition.

    By itself it would refuse everything that is denied without TLS, or with another key.
    """
    policy = json.loads(bucket.policy.decode()) if bucket.policy else {}
    said = policy.get("Statement", [])
    kept = [each for each in (said if isinstance(said, list) else [said]) if not each.get("Condition")]
    if not kept:
        return PermissionResult.NEUTRAL
    return IAMPolicy(json.dumps({**policy, "Statement": kept})).is_action_permitted(action, resource)


def main() -> None:
    """Serve until SIGTERM."""
    FakeBucket.get_permission = _unconditional  # type: ignore[method-assign,assignment]
    S3Backend.list_object_versions = listed  # type: ignore[method-assign,assignment]
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    host, port = sys.argv[1:]
    threading.Thread(target=_warm, daemon=True).start()
    serve(["-H", host, "-p", port])


if __name__ == "__main__":
    main()
