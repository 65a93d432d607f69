"""`enclave-gateway`: fetch the bundle that a host pins, serve Envoy by it, and let Envoy end in peace."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hosts.ending import await_end, hold_signals
from hosts.gateway.alert_sender import Sender
from hosts.gateway.alerts import Alerts
from hosts.gateway.awaited import Awaits
from hosts.gateway.bucket import Bucket
from hosts.gateway.bundle import POLICIES, SCHEMA, SETTINGS, read_bundle, settings_of
from hosts.gateway.checkpoints import Checkpoints, last_head
from hosts.gateway.clock import Clock
from hosts.gateway.decision import Decider
from hosts.gateway.drain import drain
from hosts.gateway.errors import GatewayError
from hosts.gateway.fetch import fetch
from hosts.gateway.grants import Grants
from hosts.gateway.health import is_ready
from hosts.gateway.receiver import Receiver
from hosts.gateway.record import Record
from hosts.gateway.server import serve
from hosts.gateway.service import Service
from hosts.gateway.shipping import EVERY, Shipper, prefix_of
from hosts.key_file import KeyFileError, private_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hosts.gateway.awaited import Maker
    from hosts.gateway.shipping import Store

GOOD: Final = 0
NOT_READY: Final = 1
BAD_INPUT: Final = 2
EPOCHS: Final = "epochs.jsonl"
"""The ledger of epochs, beside the record."""
_LOG = logging.getLogger(__name__)
_LOG_FORMAT: Final = "%(asctime)s %(levelname)s %(message)s"


def main(arguments: Sequence[str] | None = None, beside: Maker | None = None) -> int:
    """Exit 0 when done, 1 when not ready or not drained, 2 with one message when something is wrong.

    ``beside`` makes what answers leave through de-identified; without it none do.
    """
    options = parser().parse_args(arguments)
    logging.basicConfig(format=_LOG_FORMAT, level=logging.INFO, stream=sys.stderr)
    if options.action == "ready":
        return GOOD if is_ready(options.socket) else NOT_READY
    try:
        if options.action == "drain":
            left = drain(options.admin, options.seconds)
            return _not_drained(left) if left else GOOD
        if options.action == "serve":
            _serve(options, beside)
        else:
            {"fetch": _fetch, "ship": _ship}[options.action](options)
    except (GatewayError, KeyFileError) as error:
        sys.stderr.write(f"enclave-gateway: {error}\n")
        return BAD_INPUT
    return GOOD


def _not_drained(left: int) -> int:
    sys.stderr.write(f"enclave-gateway: {left} connections are still open; who has one may get no answer\n")
    return NOT_READY


def parser() -> argparse.ArgumentParser:
    """Return what reads the command's words."""
    made = argparse.ArgumentParser(
        prog="enclave-gateway", description="Decide for Envoy who reaches what, and record it before the answer."
    )
    actions = made.add_subparsers(dest="action", required=True)
    served = actions.add_parser("serve", help="answer Envoy on a unix socket")
    ready = actions.add_parser("ready", help="exit 0 while the authorizer can record, and so say yes")
    fetched = actions.add_parser(
        "fetch", help="bring the bundle from its bucket to the disk: the approved one, or none"
    )
    fetched.add_argument("--from", dest="url", required=True, help="its address, https://s3.REGION.…/BUCKET/KEY")
    fetched.add_argument("--region", required=True, help="the region in which it lies")
    fetched.add_argument("--digest", required=True, help="the digest of the bundle that was approved (64 hex digits)")
    fetched.add_argument("--bundle", type=Path, required=True, help="the folder that it goes to")
    ready.add_argument("--socket", type=Path, required=True, help="the authorizer's unix socket")
    drained = actions.add_parser("drain", help="let Envoy end its connections; exit 0 once it has none")
    drained.add_argument("--admin", type=Path, required=True, help="the unix socket of Envoy's admin interface")
    drained.add_argument("--seconds", type=float, default=10.0, help="how long at most (default 10)")
    shipped = actions.add_parser("ship", help="copy the record to the inspector's bucket or receiver, for ever")
    shipped.add_argument("--record", type=Path, required=True, help="the file of the audit record")
    shipped.add_argument("--checkpoint", type=Path, required=True, help="the file of its latest checkpoint")
    shipped.add_argument("--site", required=True, help="the site of the gateway")
    shipped.add_argument("--gateway", required=True, help="the gateway whose record it is")
    shipped.add_argument("--host-file", type=Path, required=True, help="a file that holds this host's own name")
    where = shipped.add_mutually_exclusive_group(required=True)
    where.add_argument("--bucket", help="the inspector's bucket in AWS")
    where.add_argument("--to", help="the inspector's receiver elsewhere: https://HOST/BUCKET")
    shipped.add_argument("--region", help="the region in which the bucket lies")
    shipped.add_argument("--token", type=Path, help="a file that holds the token for the receiver")
    served.add_argument("--bundle", type=Path, required=True, help="the folder of the configuration bundle")
    served.add_argument("--digest", required=True, help="the digest of the bundle that was approved (64 hex digits)")
    served.add_argument("--record", type=Path, required=True, help="the file of the audit record")
    served.add_argument("--socket", type=Path, required=True, help="the unix socket to listen on")
    served.add_argument("--checkpoint", type=Path, required=True, help="the file that the latest checkpoint goes to")
    served.add_argument("--grants", type=Path, help="the folder of just-in-time grants; absent: no grant counts")
    served.add_argument("--alerts", type=Path, help="the spool of alerts; absent: no break-glass grant counts")
    served.add_argument("--key", type=Path, required=True, help="the Ed25519 key that signs checkpoints (PEM)")
    return made


def _fetch(options: argparse.Namespace) -> None:
    new = fetch(options.url, options.region, options.digest, options.bundle)
    _LOG.info("the bundle %s %s in %s", options.digest, "is now" if new else "was already", options.bundle)


def _ship(options: argparse.Namespace) -> None:
    hold_signals()
    try:
        host = options.host_file.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise GatewayError(f"--host-file {options.host_file} cannot be read ({error}); name a file that can") from None
    shipper = Shipper(
        options.record,
        options.checkpoint,
        f"{options.gateway}.{options.site}.gateway",
        _store(options, host),
        prefix_of(options.gateway, host),
    )
    shipper.tried()
    while not await_end(EVERY):
        shipper.tried()
    shipper.tried()


def _store(options: argparse.Namespace, host: str) -> Store:
    if options.bucket:
        if not options.region:
            raise GatewayError("--bucket needs --region; name the region in which it lies")
        return Bucket(options.bucket, options.region)
    if not options.token:
        raise GatewayError("--to needs --token; name the file that holds the token for the receiver")
    return Receiver(options.to, options.token, host)


def _serve(options: argparse.Namespace, maker: Maker | None) -> None:
    hold_signals()
    files = read_bundle(options.bundle, options.digest)
    settings = settings_of(files[SETTINGS])
    decider = Decider(files[POLICIES], files[SCHEMA], settings.results)
    grants = Grants(options.grants, settings)
    alerts = Alerts(options.alerts) if options.alerts else None
    origin, key = f"{settings.gateway}.{settings.site}.gateway", private_key(options.key)
    record = Record(options.record, last_head(options.checkpoint, origin))
    clock = Clock()
    clock.check_not_behind(record.latest)
    awaits = Awaits()
    beside = maker(settings, options.record.with_name(EPOCHS), awaits, record, clock) if maker else None
    sender = Sender(options.alerts, settings.alerts, origin, key) if alerts and settings.alerts else None
    checkpoints = Checkpoints(record, origin, key, options.checkpoint)
    checkpoints.start()
    if sender:
        sender.start()
    try:
        flows = beside.flows if beside else None
        service = Service(settings, decider, record, clock, grants=grants, alerts=alerts, awaits=awaits, flows=flows)
        serve(service, options.socket, beside)
    finally:
        if sender:
            sender.stop()
        record.close()
        checkpoints.stop()
