"""`enclave-deidentify`: make of a file what may leave the enclave, as a flow of a schema says."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hosts.deidentify import ledger
from hosts.deidentify.errors import DeidentifyError, ProblemsError, UnavailableError
from hosts.deidentify.files import COLUMNAR, LINES, STDIN
from hosts.deidentify.grouping import opendp
from hosts.deidentify.keys import Hsm, Kms, StandIn, run_key
from hosts.deidentify.networks import read_networks
from hosts.deidentify.schema import read_schema
from hosts.deidentify.stream import deidentify, treating
from hosts.deidentify.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hosts.deidentify.flow import Flow
    from hosts.deidentify.keys import Maker

GOOD: Final = 0
REFUSED: Final = 1
BAD_INPUT: Final = 2
UNAVAILABLE: Final = 3
_EPOCH: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_EPOCH: Final = 64


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 when every record could be judged, 1 when some were refused, 2 for bad input, 3 without key or ledger."""
    options = parser().parse_args(arguments)
    try:
        return _run(options)
    except DeidentifyError as error:
        for line in error.problems if isinstance(error, ProblemsError) else (str(error),):
            sys.stderr.write(f"enclave-deidentify: {line}\n")
        return UNAVAILABLE if isinstance(error, UnavailableError) else BAD_INPUT


def parser() -> argparse.ArgumentParser:
    """Return what reads the command's words."""
    made = argparse.ArgumentParser(
        prog="enclave-deidentify",
        description="Make of a file what may leave the enclave: each field as the schema says, and no other field.",
        epilog="Exit codes: 0 done; 1 done, and some records were refused and stay; 2 bad input; 3 no key or ledger.",
    )
    made.add_argument(
        "--schema", type=Path, required=True, help="the flows of the enclave: `enclave leaving` writes it"
    )
    made.add_argument("--digest", help="the schema's digest that was judged (64 hex digits); no other file is taken")
    made.add_argument("--flow", required=True, help="the flow by which the data leaves")
    made.add_argument("--ledger", type=Path, help="used epochs and spent budgets of this host; it only grows")
    made.add_argument("--epoch", help="of the pseudonyms, such as 2026-w48: each run takes one of its own")
    made.add_argument("--networks", type=Path, help="which country networks are in: NETWORK,COUNTRY on each line")
    made.add_argument("--kms", help="the key for pseudonyms in AWS KMS, by its ARN")
    made.add_argument("--region", help="the region of --kms")
    made.add_argument("--module", type=Path, help="the HSM maker's PKCS#11 library")
    made.add_argument("--token", help="the token's label")
    made.add_argument("--key", help="the label of the key for pseudonyms on the token")
    made.add_argument("--pin-file", type=Path, help="holds the token's user PIN; mode 0600")
    made.add_argument("--stand-in", action="store_true", help="a public key, for the flows of a sandbox only")
    made.add_argument("files", nargs="+", type=Path, metavar="IN OUT", help="pairs of files; '-' reads standard input")
    return made


def _run(options: argparse.Namespace) -> int:
    flow = _flow(options)
    pairs = _pairs(options.files)
    networks = None
    if flow.has_countries:
        if options.networks is None:
            raise DeidentifyError(f"flow '{flow.name}' tells countries; name the table of networks: --networks FILE")
        networks = read_networks(options.networks)
    tally = Tally()
    key = _paid(options, flow, len(pairs), tally)
    treat = treating(flow, key, networks, tally)
    for source, target in pairs:
        deidentify(flow, treat, source, target, tally)
    sys.stdout.write(tally.line(flow.name) + "\n")
    return REFUSED if tally.refused else GOOD


def _flow(options: argparse.Namespace) -> Flow:
    flows = read_schema(options.schema, options.digest)
    if options.flow not in flows:
        raise DeidentifyError(
            f"--flow {options.flow[:64]} is not in {options.schema}; it has: {', '.join(sorted(flows))}"
        )
    return flows[options.flow]


def _pairs(files: Sequence[Path]) -> list[tuple[Path, Path]]:
    if len(files) % 2:
        raise DeidentifyError(f"files come in pairs, IN OUT, and {len(files)} are given; add the one that is missing")
    pairs = list(zip(files[::2], files[1::2], strict=True))
    problems = []
    for source, target in pairs:
        if str(source) != STDIN and source.suffix not in (*COLUMNAR, *LINES):
            problems.append(f"{source}: its name tells no form; let it end with {', '.join((*LINES, *COLUMNAR))}")
        if target.suffix not in (*COLUMNAR, *LINES):
            problems.append(f"{target}: its name tells no form; let it end with {', '.join((*LINES, *COLUMNAR))}")
        if target.exists():
            problems.append(f"{target}: is there already; name a new file")
    if len({target.absolute() for _, target in pairs}) != len(pairs):
        problems.append("two pairs have the same OUT; give each its own")
    if problems:
        raise ProblemsError(problems)
    return pairs


def _paid(options: argparse.Namespace, flow: Flow, tables: int, tally: Tally) -> bytes:
    """Return the run's key once its epoch and budget are written down as used; b"" for a flow without pseudonyms."""
    noise = flow.groups.noise if flow.groups else None
    if not flow.has_pseudonyms and noise is None:
        return b""
    maker = _maker(options, flow) if flow.has_pseudonyms else None
    if noise is not None:
        opendp()  # before anything is spent
    if options.ledger is None:
        raise DeidentifyError(f"flow '{flow.name}' uses up epochs or a budget; name this host's ledger: --ledger FILE")
    with ledger.opened(options.ledger) as book:
        if maker is not None:
            book.use_epoch(flow, options.epoch)
        if noise is not None:
            tally.left = book.spend(flow, noise, tables)
    return run_key(maker, flow.purpose, flow.recipient, options.epoch) if maker is not None else b""


def _maker(options: argparse.Namespace, flow: Flow) -> Maker:
    if not (options.epoch and _EPOCH.fullmatch(options.epoch) and len(options.epoch) <= _LONGEST_EPOCH):
        raise DeidentifyError(
            f"flow '{flow.name}' makes pseudonyms; name their epoch in lower case: --epoch 2026-w48, one for each run"
        )
    ways = [bool(options.kms), bool(options.module), options.stand_in]
    if sum(ways) != 1:
        raise DeidentifyError(
            "name one key for pseudonyms: --kms with --region, --module with the token, or --stand-in"
        )
    if options.stand_in:
        if not flow.sandbox:
            raise DeidentifyError("--stand-in hides nobody, so it is for a sandbox's flows; name the real key")
        sys.stderr.write("enclave-deidentify: a stand-in makes the pseudonyms: anybody can compute them\n")
        return StandIn()
    if options.kms:
        if not options.region:
            raise DeidentifyError("--kms needs --region; name the region in which the key lies")
        return Kms(options.kms, options.region)
    if not (options.token and options.key and options.pin_file):
        raise DeidentifyError("--module needs --token, --key and --pin-file; name all of them")
    return Hsm(options.module, options.token, options.key, options.pin_file)
