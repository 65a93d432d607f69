"""The replicas of a stack as commands: what its failover declares, by the engine that waves have, told and signed."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from components.declaration.words import undeclared
from console import terminal
from console.document import document
from console.exit_codes import GOOD, REFUSED
from console.gate import stack as stacks
from console.gate.errors import RefusedError
from console.recording.replicas import folder_of
from console.wave import proofs
from console.wave.stores import store
from console.wave.working import copier_at, working
from hosts.wave.behind import compared, minutes
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from components.declaration import Declaration
    from components.declaration.model import Replica
    from hosts.wave.behind import Compared
    from hosts.wave.wave import Wave

PART = (100_000, 10**12)
"""The most versions and bytes of a part, as of a wave."""
NAMED = 20
"""How many objects a message names; the count tells of all."""


@dataclass(frozen=True, eq=False)
class Pair:
    """A bucket of a replica, and the one that it is copied to."""

    stack: str
    name: str
    replica: Replica
    declaration: Declaration
    source: str
    target: str

    @property
    def folder(self) -> Path:
        """Where its journal and its manifests are."""
        return folder_of(self.stack, self.name) / self.source

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.name}: {self.replica.from_}/{self.source} -> {self.replica.to}/{self.target}"


def sync(stack: str, names: Sequence[str], file: Path | None, rclone: Path | None, *, json: bool) -> int:
    """Copy what each copy lacks, and name what has two contents.

    What one replica cannot bring may be newer at the other side: a replica of that direction brings it back, so each
    that left something is asked once more after all the others.
    """
    program, pairs = copier_at(rclone), _pairs(stack, names, file)
    done = {pair: _copied(pair, program) for pair in pairs}
    for pair in [pair for pair in pairs if done[pair]["differences"]]:
        again = _copied(pair, program)
        done[pair] = {**again, **{each: done[pair][each] + again[each] for each in ("copied", "bytes")}}
    lines = []
    for pair, told in done.items():
        lines.append(f"{pair}: {told['copied']:,} versions copied")
        lines += _shown("differs", told["differences"])
    good = not any(each["differences"] for each in done.values())
    verdict, code = ("copied", GOOD) if good else ("differs", REFUSED)
    return _told("sync", stack, verdict, list(done.values()), lines, json=json, code=code)


def _copied(pair: Pair, program: Path) -> dict[str, Any]:
    with _at_work(pair, program) as wave:
        if not wave.target.versioned():
            raise RefusedError(f"{wave.target} does not keep versions, and would lose those of the source; turn it on")
        wave.plan(*PART)
        state, left = wave.run_around()
        differences = [f"{each!r} has other data at the target, and is left as it is" for each in left]
        told = {"copied": state.copied_objects, "bytes": state.copied_bytes, "differences": differences}
        return {**_named(pair), **told}


def verify(stack: str, names: Sequence[str], file: Path | None, key: str | None, *, json: bool) -> int:
    """Hold each copy against its source, and sign what is in order."""
    told, lines, good = list[dict[str, Any]](), list[str](), True
    for pair in _pairs(stack, names, file):
        with _at_work(pair) as wave:
            wave.plan(*PART)
            differences = wave.compare()
            found = compared(wave.behind(), differences, pair.replica.lag_minutes * 60, time.time())
            good &= found.good
            signed = _signed(pair, wave, found, key) if found.good else None
        told.append(
            {
                **_named(pair),
                "lag_seconds": round(found.lag),
                "allowed_seconds": pair.replica.lag_minutes * 60,
                "late": list(found.late),
                "waiting": list(found.waiting),
                "differences": list(found.wrong),
                "signed": str(signed) if signed else None,
            }
        )
        lines.extend(_words(pair, found, signed))
    verdict = "in_order" if good else "behind" if all(not each["differences"] for each in told) else "differs"
    return _told("verify", stack, verdict, told, lines, json=json, code=GOOD if good else REFUSED)


def _words(pair: Pair, found: Compared, signed: Path | None) -> Iterator[str]:
    allowed = minutes(pair.replica.lag_minutes * 60)
    if not (found.late or found.waiting or found.wrong):
        yield f"{pair}: equal, version by version"
    else:
        yield f"{pair}: the copy is {minutes(found.lag)} behind; {allowed} are allowed"
    for what, sentences in (("late", found.late), ("waits", found.waiting), ("differs", found.wrong)):
        yield from _shown(what, sentences)
    if signed:
        yield f"  signed: {signed}"


def _shown(what: str, sentences: Sequence[str]) -> Iterator[str]:
    yield from (f"  {what}: {each}" for each in sentences[:NAMED])
    if len(sentences) > NAMED:
        yield f"  {what}: and {len(sentences) - NAMED:,} more"


def _signed(pair: Pair, wave: Wave, found: Compared, key: str | None) -> Path:
    """Sign how the copy stands; names of objects stay out of it, as they may be data about people."""
    told = {
        "replica": pair.name,
        "classes": list(pair.replica.classes),
        "source": str(wave.source),
        "target": str(wave.target),
        "versions": sum(each["lines"] for each in wave.state.compared.values()),
        "waiting": len(found.waiting),
        "lag_seconds": round(found.lag),
        "allowed_seconds": pair.replica.lag_minutes * 60,
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    digests = proofs.listed(wave.folder, wave.files())
    proofs.sign(wave.folder, proofs.REPLICA, digests, told, key, sandbox=pair.declaration.sandbox)
    return wave.folder / proofs.REPLICA


def _named(pair: Pair) -> dict[str, Any]:
    replica = pair.replica
    return {
        "replica": pair.name,
        "from": f"{replica.from_}/{pair.source}",
        "to": f"{replica.to}/{pair.target}",
        "classes": list(replica.classes),
    }


@contextmanager
def _at_work(pair: Pair, program: Path | None = None) -> Iterator[Wave]:
    """Yield the engine over a pair of buckets. Raises ProblemsError, RefusedError, EngineError."""
    replica = pair.replica
    source, target = (
        store(pair.declaration, site, bucket, replica.endpoints.get(site))
        for site, bucket in ((replica.from_, pair.source), (replica.to, pair.target))
    )
    with working(pair.declaration, pair.folder, (source, target), replica.limits, program) as wave:
        yield wave


def _pairs(stack: str, names: Sequence[str], file: Path | None) -> list[Pair]:
    declaration, where = stacks.declared_at(stack, file)
    known = declaration.failover.replicas if declaration.failover else {}
    unknown = [name for name in names if name not in known]
    if unknown or not known:
        words = [undeclared("replica", name, known) for name in unknown] or ["no replica is declared (failover)"]
        raise ProblemsError([Problem(Position(str(where), 1, 1), each) for each in words])
    return [
        Pair(stack, name, known[name], declaration, source, target)
        for name in names or known
        for source, target in known[name].buckets.items()
    ]


def _told(
    command: str,
    stack: str,
    verdict: str,
    told: list[dict[str, Any]],
    lines: list[str],
    *,
    json: bool,
    code: int = GOOD,
) -> int:
    if json:
        fields = {"verdict": verdict, "stack": stack, "replicas": told}
        terminal.document(document(f"failover {command}", fields))
    else:
        terminal.out(lines)
    return code
