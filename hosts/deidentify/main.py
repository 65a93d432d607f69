"""`enclave-deidentify`: make of a file what may leave the enclave, as a flow of a schema says."""

from __future__ import annotations

import argparse
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hosts.deidentify import ledger
from hosts.deidentify.errors import DeidentifyError, ProblemsError, UnavailableError
from hosts.deidentify.files import COLUMNAR, LINES, STDIN
from hosts.deidentify.grouping import opendp
from hosts.deidentify.key_options import add_vault_options, epoch_of, maker_of, seal_of
from hosts.deidentify.keys import run_key
from hosts.deidentify.networks import read_networks
from hosts.deidentify.schema import flow_of
from hosts.deidentify.settling import settled_already
from hosts.deidentify.stream import deidentify, treating
from hosts.deidentify.tally import Tally
from hosts.deidentify.treatments import Means
from hosts.result import ResultError, tell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hosts.deidentify.flow import Flow
    from hosts.deidentify.settling import Settle
    from hosts.deidentify.tokens import Tokens

GOOD: Final = 0
REFUSED: Final = 1
BAD_INPUT: Final = 2
UNAVAILABLE: Final = 3
REVERSE: Final = "reverse"
"""The first word of the command that turns tokens back."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 when every record could be judged, 1 when some were refused, 2 for bad input, 3 without key or ledger."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        if words[:1] == [REVERSE]:
            from hosts.deidentify import reversing  # noqa: PLC0415  of the extra `tokens`

            return reversing.main(words[1:])
        return _run(parser().parse_args(words))
    except (DeidentifyError, ResultError) as error:
        for line in error.problems if isinstance(error, ProblemsError) else (str(error),):
            sys.stderr.write(f"enclave-deidentify: {line}\n")
        return UNAVAILABLE if isinstance(error, UnavailableError) else BAD_INPUT


def parser() -> argparse.ArgumentParser:
    """Return what reads the command's words."""
    made = argparse.ArgumentParser(
        prog="enclave-deidentify",
        description=(
            "Make of a file what may leave the enclave: each field as the schema says, and no other field. "
            "`enclave-deidentify reverse` turns tokens back."
        ),
        epilog="Exit codes: 0 done; 1 done, and some records were refused and stay; 2 bad input; 3 no key or ledger.",
    )
    made.add_argument(
        "--schema", type=Path, required=True, help="the flows of the enclave: `enclave leaving` writes it"
    )
    made.add_argument("--digest", help="the schema's digest that was judged (64 hex digits); no other file is taken")
    made.add_argument("--flow", required=True, help="the flow by which the data leaves")
    made.add_argument("--ledger", type=Path, help="used epochs and spent budgets of this host; it only grows")
    made.add_argument("--epoch", help="of pseudonyms and tokens, such as 2026-w48: each run takes one of its own")
    made.add_argument("--networks", type=Path, help="which country networks are in: NETWORK,COUNTRY on each line")
    made.add_argument("--kms", help="the key for pseudonyms in AWS KMS, by its ARN")
    made.add_argument("--key", help="the label of the key for pseudonyms on the PKCS#11 token")
    add_vault_options(made)
    made.add_argument("files", nargs="+", type=Path, metavar="IN OUT", help="pairs of files; '-' reads standard input")
    return made


def _run(options: argparse.Namespace) -> int:
    flow = flow_of(options)
    pairs = _pairs(options.files)
    networks = None
    if flow.has_countries:
        if options.networks is None:
            raise DeidentifyError(f"flow '{flow.name}' tells countries; name the table of networks: --networks FILE")
        networks = read_networks(options.networks)
    tally = Tally()
    with _paid(options, flow, len(pairs), tally) as paid:
        treat = treating(flow, Means(paid.key, networks, paid.tokens), tally)
        for source, target in pairs:
            deidentify(flow, treat, source, target, tally, settle=paid.settle)
    tell([tally.line(flow.name)])
    return REFUSED if tally.refused else GOOD


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


@dataclass(frozen=True)
class _Paid:
    """What a run has once its epoch and budget are written down as used; ``settle`` fills its vault."""

    key: bytes = b""
    tokens: Tokens | None = None
    settle: Settle = settled_already


@contextmanager
def _paid(options: argparse.Namespace, flow: Flow, tables: int, tally: Tally) -> Iterator[_Paid]:
    noise = flow.groups.noise if flow.groups else None
    if not flow.has_epoch and noise is None:
        yield _Paid()
        return
    epoch = epoch_of(options, flow) if flow.has_epoch else ""
    maker = maker_of(options, flow) if flow.has_pseudonyms else None
    seal = seal_of(options, flow) if flow.has_tokens else None
    if noise is not None:
        opendp()  # before anything is spent
    if options.ledger is None:
        raise DeidentifyError(f"flow '{flow.name}' uses up epochs or a budget; name this host's ledger: --ledger FILE")
    with ledger.opened(options.ledger) as book:
        if epoch:
            book.use_epoch(flow, epoch)
        if noise is not None:
            tally.left = book.spend(flow, noise, tables)
    key = run_key(maker, flow.purpose, flow.recipient, epoch) if maker is not None else b""
    if seal is None:
        yield _Paid(key)
        return
    from hosts.deidentify import vault  # noqa: PLC0415  of the extra `tokens`
    from hosts.deidentify.tokens import Tokens  # noqa: PLC0415  as above

    with vault.made(options.vault, flow, epoch, seal) as filled:
        yield _Paid(key, Tokens(filled), filled.settle)
