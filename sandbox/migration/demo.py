"""`make migration-demo`: two waves out of a site that is left, each killed twice, proved, cut over; the source emptied.

All storages are stand-ins: moto for those in AWS, versitygw before a folder for that in Hamar. The copier is rclone.
Exit codes: 0 all was as promised, 1 something was not; the last line says what.
"""

from __future__ import annotations

import argparse
import contextlib
import filecmp
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hosts.wave.copier import Copier, Limits
from hosts.wave.journal import lines
from hosts.wave.left import left_in
from hosts.wave.progress import size
from hosts.wave.wave import JOURNAL
from sandbox.migration.data import make, planned
from sandbox.migration.declared import TRANSFERS, WORKERS, declared
from sandbox.migration.move import Move
from sandbox.migration.stand_ins import storages
from sandbox.toolchain.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.migration.stand_ins import Storages

ENCLAVE: Final = Path(sys.executable).parent / "enclave"
STACK: Final = "migration"
REGIONS: Final = {"us-exit": "us-east-1", "dublin-1": "eu-west-1", "hamar": "us-east-1"}
WANTED: Final = 0.8
"""Of a plain copy's rate, over all objects together."""
PROMISED_FROM: Final = 10_000
"""Objects from which on the rate is promised: with fewer, starting again is most of what is measured."""
KILLS: Final = 2
PARTS: Final = 16
KILLED_AFTER: Final = 3
"""Parts of a run after which it is killed."""


@dataclass(frozen=True)
class Rate:
    """What was copied in so many seconds."""

    objects: int
    bytes: int
    seconds: float

    def __add__(self, other: Rate) -> Rate:
        """Return the rate of both, one after the other."""
        return Rate(self.objects + other.objects, self.bytes + other.bytes, self.seconds + other.seconds)

    def shares(self, plain: Rate) -> tuple[float, float]:
        """Return its share of a plain copy's rate, by objects and by bytes."""
        by_objects = (self.objects / self.seconds) / (plain.objects / plain.seconds)
        by_bytes = (self.bytes / self.seconds) / (plain.bytes / plain.seconds)
        return by_objects, by_bytes

    def beside(self, plain: Rate) -> str:
        """Return its share of a plain copy's rate in words."""
        by_objects, by_bytes = self.shares(plain)
        return f"÷ plain rclone copy: {by_objects:.2f} by objects, {by_bytes:.2f} by bytes"

    def __str__(self) -> str:
        """Return it in words."""
        return (
            f"{self.objects / self.seconds:,.0f} objects/s, {size(self.bytes / self.seconds)}/s ({self.seconds:.1f} s)"
        )


def main() -> int:
    """Show it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=PROMISED_FROM)
    parser.add_argument("--to", type=Path, help="where evidence is left; absent: a folder that goes")
    asked = parser.parse_args()
    halves = (asked.objects // 2, asked.objects - asked.objects // 2)
    moves = (
        Move("w3", "hamar", "people", "people-in", planned(halves[0], seed=3)),
        Move("w4", "dublin-1", "orders", "orders-in", planned(halves[1], seed=4)),
    )
    with tempfile.TemporaryDirectory(prefix="migration-") as scratch, Progress() as progress:
        folder = Path(scratch)
        with storages(folder / "stand-ins", progress) as both:
            return _show(both, moves, folder, asked.to or folder / "evidence")


def _show(both: Storages, moves: Sequence[Move], folder: Path, evidence: Path) -> int:
    files = _Files.written(folder, both, evidence, moves)
    good, wave, copy = True, Rate(0, 0, 0.0), Rate(0, 0, 0.0)
    for move in moves:
        began = time.monotonic()
        _fill(both, move)
        words = f"{len(move.objects):,} objects in {move.versions:,} versions, {size(move.bytes)}"
        _say(f"\n== {move.wave}: {words}, from us-exit/{move.source} to {move.site}/{move.target}")
        _say(f"the source's stand-in was filled in {time.monotonic() - began:.0f} s")
        plain = _plain(both, move)
        _say(f"plain `rclone copy` of what it can copy: {plain}")
        moved, rate = _moved(both, files, move, plain)
        good, wave, copy = good and moved, wave + rate, copy + plain
    _say(f"\nall of it: {wave}, {wave.beside(copy)}")
    _say(f"\nevidence: {evidence}" if evidence.exists() else "")
    code, words = ending(sum(len(move.objects) for move in moves), min(wave.shares(copy)), moved=good)
    _say(words)
    return code


def ending(objects: int, share: float, *, moved: bool) -> tuple[int, str]:
    """Return the exit code and the last line; ``share`` of a plain copy's rate is the lower one, ``moved`` the rest."""
    if not moved:
        return 1, "not all is as promised: see above"
    if share >= WANTED:
        return 0, f"all as promised, the rate too: {share:.2f} of a plain copy's, and {WANTED} is promised"
    told = f"{share:.2f} of a plain copy's rate, and {WANTED} is promised"
    if objects < PROMISED_FROM:
        return 0, f"all as promised; {told} from {PROMISED_FROM:,} objects on"
    return 1, f"the rate is not as promised: {told}; all else is (is the machine at other work? run it again alone)"


def _moved(both: Storages, files: _Files, move: Move, plain: Rate) -> tuple[bool, Rate]:
    files.enclave("plan", move, "--versions", str(max(20, move.versions // PARTS)))
    seconds, kills = _killed(files, move)
    wave = Rate(move.versions, move.bytes, seconds)
    _say(f"the wave, {kills} times killed and resumed among it: {wave}")
    _say(wave.beside(plain))
    files.enclave("verify", move)
    manifests = files.evidence / STACK / "waves" / move.wave / move.source / "manifests"
    pairs = [(each, each.with_name(each.name.replace(".source.", ".target."))) for each in manifests.glob("*.source.*")]
    equal = all(filecmp.cmp(*pair, shallow=False) for pair in pairs)
    told = sum(len(one.read_bytes().splitlines()) for one, _ in pairs)
    _say(f"manifests of {told:,} versions in {len(pairs)} parts: {'equal, byte by byte' if equal else 'NOT EQUAL'}")
    files.enclave("cut-over", move, "--write")
    files.enclave("purge", move, "--yes")
    files.enclave("status", move, "--as-of", "2027-04-01")
    left = left_in([both.store("us-exit", move.source, REGIONS["us-exit"])])
    _say(f"listing of the source: {left}")
    return equal and left.empty and kills == KILLS and told == move.versions, wave


def _fill(both: Storages, move: Move) -> None:
    make(both.client(both.aws, REGIONS["us-exit"]), move.source, list(move.objects))
    for bucket in (move.target, f"{move.target}-plain"):
        target = both.store(move.site, bucket, REGIONS[move.site], ours=move.site == "hamar")
        make(target.client, bucket, [])


def _plain(both: Storages, move: Move) -> Rate:
    """Copy with rclone alone what it can copy: the newest versions, under names that both ends take."""
    source = both.store("us-exit", move.source, REGIONS["us-exit"])
    target = both.store(move.site, f"{move.target}-plain", REGIONS[move.site], ours=move.site == "hamar")
    began = time.monotonic()
    copier = Copier(both.copier, source, target, Limits(1, WORKERS * TRANSFERS))
    with contextlib.suppress(RuntimeError):  # of names that it makes others of, it tells; they are not counted
        copier.run(["--include", "/users/**"], lambda _objects, _bytes: None)
    seconds = time.monotonic() - began
    arrived = list(target.versions())  # what it really copied, and not what it should have
    return Rate(len(arrived), sum(each.size for each in arrived), seconds)


def _killed(files: _Files, move: Move) -> tuple[float, int]:
    """Run the wave, kill it with SIGKILL twice on the way, and let it go on; return the seconds that it ran."""
    journal = files.evidence / STACK / "waves" / move.wave / move.source / JOURNAL
    seconds, kills = 0.0, 0
    while True:
        began = time.monotonic()
        running = subprocess.Popen(files.command("run", move), env=files.environment(), start_new_session=True)
        before = _done(journal)
        while running.poll() is None:
            if kills < KILLS and _done(journal) >= before + KILLED_AFTER:
                time.sleep(0.5)  # into the next part
                os.kill(running.pid, signal.SIGKILL)
                running.wait()
                break
            time.sleep(0.05)
        seconds += time.monotonic() - began
        if running.returncode != -signal.SIGKILL:
            if running.returncode:
                raise SystemExit(f"`enclave wave run` ended with {running.returncode}")
            return seconds, kills
        kills += 1
        _say(f"SIGKILL after {_done(journal)} parts; it is started again")


def _done(journal: Path) -> int:
    return sum(line["step"] == "copied" for line in lines(journal))


@dataclass(frozen=True)
class _Files:
    """What the commands are told: a declaration, profiles, the copier, and where evidence goes."""

    declaration: Path
    profiles: Path
    copier: Path
    evidence: Path

    @classmethod
    def written(cls, folder: Path, both: Storages, evidence: Path, moves: Sequence[Move]) -> _Files:
        """Write them: the stack `local`, with a site that is left and the waves out of it."""
        declaration, profiles = folder / f"{STACK}.yaml", folder / "profiles"
        declaration.write_text(declared(moves), encoding="utf-8")
        profiles.write_text(both.profiles(REGIONS, own="hamar"), encoding="utf-8")
        return cls(declaration, profiles, both.copier, evidence.resolve())

    def environment(self) -> dict[str, str]:
        """Return the environment of `enclave`."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return {**kept, "AWS_CONFIG_FILE": str(self.profiles), "ENCLAVE_EVIDENCE": str(self.evidence)}

    def command(self, step: str, move: Move, *options: str) -> list[str]:
        """Return a command line."""
        more = ["--rclone", str(self.copier)] if step == "run" else []
        return [str(ENCLAVE), "wave", step, STACK, move.wave, "--declaration", str(self.declaration), *more, *options]

    def enclave(self, step: str, move: Move, *options: str) -> None:
        """Run a step and show it. Raises SystemExit where it fails."""
        _say(f"$ enclave wave {' '.join((step, STACK, move.wave, *options))}")
        began = time.monotonic()
        code = subprocess.run(self.command(step, move, *options), env=self.environment(), check=False).returncode
        if code:
            raise SystemExit(f"`enclave wave {step}` ended with {code}")
        _say(f"  ({time.monotonic() - began:.1f} s)")


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
