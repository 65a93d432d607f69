"""`enclave-deidentify reverse`: turn tokens back by a signed grant; the record knows before anybody sees a value."""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from hosts.deidentify.errors import DeidentifyError, ProblemsError, UnavailableError
from hosts.deidentify.key_options import add_vault_options, epoch_of, seal_of
from hosts.deidentify.schema import flow_of
from hosts.deidentify.vault_form import path_of
from hosts.deidentify.vault_reading import found as found_in
from hosts.deidentify.vault_reading import heads

try:
    from hosts.deidentify.reversal import Earlier, Files, Wanted, granted, missing_tokens, refusals, strange_tokens
    from hosts.gateway.record import Record
except ImportError:
    raise DeidentifyError("this host cannot check grants; install enclave's extra 'tokens'") from None
from hosts.gateway.clock import Clock
from hosts.gateway.errors import ClockError, RecordError
from hosts.gateway.grant_reasons import REVOKED
from hosts.gateway.grant_terms import ID
from hosts.gateway.granted import GRANT_FILE, REVOCATION_FILE, bytes_of
from hosts.gateway.signed_terms import shown
from hosts.result import tell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from hosts.deidentify.flow import Reversal
    from hosts.deidentify.reversal import Refusal
    from hosts.deidentify.reversal_terms import ReversalTerms
    from hosts.deidentify.seals import Seal
    from hosts.gateway.granted import Approved

SHOWN: Final = "shown"
REFUSED: Final = "refused"


def main(words: Sequence[str]) -> int:
    """Exit 0 once all values are shown. Raises DeidentifyError where none is."""
    options = parser().parse_args(words)
    flow = flow_of(options)
    if flow.reversal is None:
        raise DeidentifyError(f"flow '{flow.name}' has no tokens, so nothing of it can be turned back; name another")
    epoch, seal = epoch_of(options, flow), seal_of(options, flow)
    tokens = tuple(dict.fromkeys(options.tokens))
    with _record(options.record) as (record, now):
        wanted = Wanted(flow, epoch, tokens, _earlier(options.record, options.grant), now)
        return _Request(options, flow.reversal, wanted, record).answer(seal)


def parser() -> argparse.ArgumentParser:
    """Return what reads the command's words."""
    made = argparse.ArgumentParser(
        prog="enclave-deidentify reverse",
        description="Turn tokens back into the values that they stand for, as a signed grant allows.",
        epilog="Exit codes: 0 shown; 2 refused or bad input; 3 no key, vault or record. Only with 0 is a value shown.",
    )
    made.add_argument("--schema", type=Path, required=True, help="the flows of the enclave, as for the run")
    made.add_argument("--digest", help="the schema's digest that was judged (64 hex digits); no other file is taken")
    made.add_argument("--flow", required=True, help="the flow by which the tokens left")
    made.add_argument("--epoch", help="the epoch of the run")
    made.add_argument("--grant", required=True, metavar="ID", help="the grant: `enclave access reversal` asks for one")
    made.add_argument("--grants", type=Path, required=True, help="the folder of grants and revocations on this host")
    made.add_argument("--record", type=Path, required=True, help="what was turned back on this host; it only grows")
    add_vault_options(made)
    made.add_argument("tokens", nargs="+", metavar="TOKEN", help="as it left: tok-…")
    return made


@dataclass(frozen=True)
class _Request:
    """One request to turn tokens back, and the record that learns of it whatever comes out."""

    options: argparse.Namespace
    reversal: Reversal
    wanted: Wanted
    record: Record

    def answer(self, seal: Seal) -> int:
        """Show the values, or raise ProblemsError with every reason against it; the record has either before."""
        wanted, folder, files = self.wanted, self.options.vault, self._files()
        tokens, path = wanted.tokens, path_of(folder, wanted.flow, wanted.epoch)
        known = dict(heads(folder))
        own = known.get(path)
        if own is not None and own.flow != wanted.flow.name:
            own = None  # another flow to the same recipient has people of its own who approve
        problems = list(strange_tokens(tokens, {head.id: head for head in known.values()}, own))
        proved = self._granted(files)
        if isinstance(proved, tuple):
            self._refuse({}, [proved, *problems])
        terms = proved.terms
        told = {"requester": terms.requester, "approvers": list(proved.approvers)}
        told |= {"purpose": terms.purpose, "ticket": terms.ticket}
        if problems := [*refusals(files, terms, self.reversal, wanted), *problems]:
            self._refuse(told, problems)
        found = found_in(folder, wanted.flow, wanted.epoch, frozenset(tokens), seal)
        if problems := list(missing_tokens(tokens, found)):
            self._refuse(told, problems)
        self.record.add({**self._told(), **told, "result": SHOWN, "tokens": list(tokens)})
        values = [(token, *found.values[token]) for token in tokens]
        tell(json.dumps({"token": token, "field": field, "value": value}) for token, field, value in values)
        left = terms.most - len(wanted.earlier.tokens | set(tokens))
        sys.stderr.write(f"enclave-deidentify: grant {terms.id} turns back {left} more tokens\n")
        return 0

    def _told(self) -> dict[str, Any]:
        name, flow = self.options.grant, self.wanted.flow
        return {
            "at": shown(self.wanted.now),
            "event": "reversal",
            "grant": name if ID.fullmatch(name) else "",
            "flow": flow.name,
            "recipient": flow.recipient,
            "epoch": self.wanted.epoch,
            "uid": os.getuid(),
        }

    def _files(self) -> Files:
        name, folder = self.options.grant, self.options.grants
        if not ID.fullmatch(name):
            return Files(name[:40], None, None)
        return Files(name, bytes_of(f"{folder}/{name}{GRANT_FILE}"), bytes_of(f"{folder}/{name}{REVOCATION_FILE}"))

    def _granted(self, files: Files) -> Approved[ReversalTerms] | Refusal:
        try:
            return granted(files, self.reversal)
        except ValueError as error:
            raise DeidentifyError(f"{error}, and deploy the schema again") from None

    def _refuse(self, told: dict[str, Any], problems: list[Refusal]) -> NoReturn:
        reasons = sorted({reason for reason, _ in problems})
        self.record.add(
            {**self._told(), **told, "result": REFUSED, "asked": len(self.wanted.tokens), "reasons": reasons}
        )
        raise ProblemsError(words for _, words in problems)


@contextmanager
def _record(path: Path) -> Iterator[tuple[Record, datetime]]:
    """Give the record to this process alone, with the time by a clock that is not behind. Raises UnavailableError."""
    if not path.is_file():
        hint = "a host's first one is an empty file; one that was lost takes along what grants have turned back"
        raise UnavailableError(f"--record {path} is no file; {hint}")
    try:
        record = Record(path)
        try:
            clock = Clock()
            clock.check_not_behind(record.latest)
            yield record, clock.now()
        finally:
            record.close()
    except (RecordError, ClockError) as error:
        raise UnavailableError(str(error)) from None


def _earlier(path: Path, grant: str) -> Earlier:
    """Return what the record, which is open and so whole, says of a grant."""
    tokens: set[str] = set()
    revoked = False
    with path.open("rb") as lines:
        for line in lines:
            entry = json.loads(line)
            if entry.get("grant") == grant:
                tokens.update(entry.get("tokens", ()))
                revoked |= REVOKED in entry.get("reasons", ())
    return Earlier(frozenset(tokens), revoked)
