"""`enclave-watch`: what a CronJob or a schedule runs beside the gateways; `enclave watch` does it from outside."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hosts.gateway.starting import HOST_FILE
from hosts.key_file import KeyFileError, private_key
from hosts.result import ResultError, tell
from hosts.watch.approved import approved_in
from hosts.watch.cluster import OWN, SERVER, Cluster
from hosts.watch.differences import KINDS, Limits, differences
from hosts.watch.errors import WatchError
from hosts.watch.looking import Look
from hosts.watch.routes import route_of
from hosts.watch.scheduled import Order, ran, receiver
from hosts.watch.watching import Signer, Teller

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hosts.watch.approved import Approved
    from hosts.watch.differences import Difference

GOOD: Final = 0
DIFFERS: Final = 1
BAD_INPUT: Final = 2
UNHEARD: Final = 3
"""Nobody took what it tells, or that it ran."""
EVERY: Final = 15.0
"""Seconds between two looks."""
LATE: Final = 180.0
"""Seconds after which a record without news is late: three times as long as a shipper may be silent."""
_LOG_FORMAT: Final = "%(asctime)s %(levelname)s %(message)s"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 where all is as approved, 1 where something differs, 2 with one message for bad input.

    A run by itself (``--from``) exits 0 where it was heard, whatever it tells, and 3 where it was not.
    """
    options = _parser().parse_args(arguments)
    logging.basicConfig(format=_LOG_FORMAT, level=logging.WARNING, stream=sys.stderr)
    try:
        if options.from_:
            return _by_itself(options)
        approved = of_site(approved_in(_text(options.approved)), options.site)
        teller = Teller(
            approved.enclave,
            {address: route_of(address) for address in approved.alerts},
            Signer(options.name, private_key(options.key)),
        )
        look = Look(approved, lambda _site: Cluster.own())
        code = GOOD
        for found in watched(look, teller, timedelta(seconds=options.late), None if options.once else options.every):
            code = DIFFERS if found else GOOD
            tell(map(line_of, found))
    except (WatchError, KeyFileError, ResultError) as error:
        sys.stderr.write(f"enclave-watch: {error}\n")
        return BAD_INPUT
    return code


def _by_itself(options: argparse.Namespace) -> int:
    """Run once for a CronJob: it did its work where it was heard. Raises WatchError, KeyFileError."""
    host = _text(options.host_file).strip()
    key = private_key(options.key)
    order = Order(host, options.site, options.alert, key, options.next)
    own = Cluster.own(options.account, options.server)
    found, heard = ran(
        order,
        receiver(options.from_, options.token, host),
        lambda approved: Look(approved, lambda _site: own),
    )
    tell(map(line_of, found))
    return GOOD if heard else UNHEARD


def watched(look: Look, teller: Teller | None, late: timedelta, every: float | None) -> Iterator[list[Difference]]:
    """Look, tell, and yield what differs; for ever, or once where ``every`` is None."""
    while True:
        began = time.monotonic()
        seen, now = look.once(), datetime.now(UTC)
        found = differences(look.approved, seen, Limits(now, late))
        if teller:
            teller.tell(found, now)
        yield found
        if every is None:
            return
        time.sleep(max(0.0, every - (time.monotonic() - began)))


def line_of(each: Difference) -> str:
    """Return a difference in one line for a person."""
    where = f"{each.site}/{each.gateway}" if each.gateway else each.site
    told = f"{each.subject}: approved {cut(each.approved)}, found {cut(each.found)}"
    return f"{where}: {KINDS[each.kind]} ({each.kind}): {told}"


def cut(value: str, longest: int = 160) -> str:
    """Return a value as far as it is worth reading."""
    return value if len(value) <= longest else f"{value[:longest]}…"


def of_site(approved: Approved, site: str | None) -> Approved:
    """Return what concerns one site, all where None. Raises WatchError."""
    if site is None:
        return approved
    sites = tuple(each for each in approved.sites if each.name == site)
    if not sites:
        known = ", ".join(each.name for each in approved.sites)
        raise WatchError(f"there is no site '{site}'; the document has: {known}")
    return replace(approved, sites=sites, gateways=approved.of(site))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="enclave-watch", description="Hold what runs against what was approved.")
    measure = parser.add_mutually_exclusive_group(required=True)
    measure.add_argument("--approved", type=Path, help="the document that `enclave watch` writes")
    measure.add_argument("--from", dest="from_", metavar="URL", help="the receiver that has it: run once, by itself")
    parser.add_argument("--token", type=Path, default=OWN / "token", help="the token that the receiver knows")
    parser.add_argument("--host-file", type=Path, default=Path(HOST_FILE), help="says under which name it runs")
    parser.add_argument("--alert", default="", help="where alerts go, of a run by itself")
    parser.add_argument("--next", type=int, default=300, help="seconds until the next run")
    parser.add_argument("--account", type=Path, default=OWN, help="the folder of the pod's account")
    parser.add_argument("--server", default=SERVER, help="the API server")
    parser.add_argument("--site", help="look at this site only; absent: at all")
    parser.add_argument("--once", action="store_true", help="look once; absent: for ever")
    parser.add_argument("--every", type=float, default=EVERY, help="seconds between two looks")
    parser.add_argument("--late", type=float, default=LATE, help="seconds after which a silent record is late")
    parser.add_argument("--key", type=Path, required=True, help="the Ed25519 key that signs alerts (PEM)")
    parser.add_argument("--name", default="watch", help="the name of that key")
    return parser


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WatchError(f"{file} cannot be read ({error}); name another file") from None
