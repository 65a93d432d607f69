"""`enclave-gateway`: serve Envoy on a gateway's host, and check a record."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hosts.gateway.alert_sender import Sender
from hosts.gateway.alerts import Alerts
from hosts.gateway.bundle import POLICIES, SCHEMA, SETTINGS, read_bundle, settings_of
from hosts.gateway.checkpoints import Checkpoints, last_head
from hosts.gateway.decision import Decider
from hosts.gateway.errors import GatewayError
from hosts.gateway.grants import Grants
from hosts.gateway.health import is_ready
from hosts.gateway.record import Record
from hosts.gateway.server import serve
from hosts.gateway.service import Service

if TYPE_CHECKING:
    from collections.abc import Sequence

GOOD: Final = 0
NOT_READY: Final = 1
BAD_INPUT: Final = 2
_LOG_FORMAT: Final = "%(asctime)s %(levelname)s %(message)s"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 when done, 1 when an asked authorizer is not ready, 2 with one message when something is wrong."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(format=_LOG_FORMAT, level=logging.INFO, stream=sys.stderr)
    if options.action == "ready":
        return GOOD if is_ready(options.socket) else NOT_READY
    try:
        _serve(options)
    except GatewayError as error:
        sys.stderr.write(f"enclave-gateway: {error}\n")
        return BAD_INPUT
    return GOOD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="enclave-gateway", description="Decide for Envoy who reaches what, and record it before the answer."
    )
    actions = parser.add_subparsers(dest="action", required=True)
    served = actions.add_parser("serve", help="answer Envoy on a unix socket")
    ready = actions.add_parser("ready", help="exit 0 while the authorizer can record, and so say yes")
    ready.add_argument("--socket", type=Path, required=True, help="the authorizer's unix socket")
    served.add_argument("--bundle", type=Path, required=True, help="the folder of the configuration bundle")
    served.add_argument("--digest", required=True, help="the digest of the bundle that was approved (64 hex digits)")
    served.add_argument("--record", type=Path, required=True, help="the file of the audit record")
    served.add_argument("--socket", type=Path, required=True, help="the unix socket to listen on")
    served.add_argument("--checkpoint", type=Path, required=True, help="the file that the latest checkpoint goes to")
    served.add_argument("--grants", type=Path, help="the folder of just-in-time grants; absent: no grant counts")
    served.add_argument("--alerts", type=Path, help="the spool of alerts; absent: no break-glass grant counts")
    served.add_argument("--key", type=Path, required=True, help="the Ed25519 key that signs checkpoints (PEM)")
    return parser


def _serve(options: argparse.Namespace) -> None:
    files = read_bundle(options.bundle, options.digest)
    settings = settings_of(files[SETTINGS])
    decider = Decider(files[POLICIES], files[SCHEMA], settings.results)
    grants = Grants(options.grants, settings)
    alerts = Alerts(options.alerts) if options.alerts else None
    origin, key = f"{settings.gateway}.{settings.site}.gateway", _key(options.key)
    record = Record(options.record, last_head(options.checkpoint, origin))
    sender = Sender(options.alerts, settings.alerts, origin, key) if alerts and settings.alerts else None
    checkpoints = Checkpoints(record, origin, key, options.checkpoint)
    checkpoints.start()
    if sender:
        sender.start()
    try:
        serve(Service(settings, decider, record, grants=grants, alerts=alerts), options.socket)
    finally:
        if sender:
            sender.stop()
        record.close()
        checkpoints.stop()


def _key(file: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise GatewayError(f"--key {file} cannot be read ({error}); give an Ed25519 private key in PEM") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise GatewayError(f"--key {file} is no Ed25519 key; give one")
    return key
