"""`python -m tests.mutation [MODULE…]`: seed faults into readers and rules, and see which ones go unnoticed.

MODULE is a path below enclave_policies, such as places/hosts.py, or a pattern such as `texts/*`; all by default.
`--sample 3000 --seed 11` tries so many of the mutants, drawn by the seed: about an hour on two quiet cores.
While you write tests for what went unnoticed: `--again .mutation --folder .again --tests tests/…/test_x.py 'network/*'`
asks those files alone about those mutants, in seconds. What other tests notice counts as unnoticed then.
Exit codes: 0 enough was noticed, 1 too little was (or an entry of equivalent.yaml is stale), 2 bad input, or mutants
that could not be tried.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.mutation import equivalent, targets
from tests.mutation.sample import LeftOver, Sample
from tests.mutation.score import Score, read, rooms, total
from tests.mutation.workshop import MutationError, lay_out, try_mutants

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = targets.ROOT / ".mutation"


def main(arguments: Sequence[str]) -> int:
    """Try the mutants of the named modules, print the score of each, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to work; its content is removed first")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="how many mutants at a time")
    parser.add_argument("--sample", type=int, metavar="N", help="try N mutants only, of every module some")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="what draws the sample")
    parser.add_argument("--again", type=Path, metavar="FOLDER", help="try what went unnoticed in that folder")
    parser.add_argument(
        "--tests", nargs="+", metavar="FILE", help="ask these files of tests alone, and no tables of cases"
    )
    parser.add_argument("--resume", action="store_true", help="go on with a run that was stopped, of the code it had")
    chosen = parser.parse_args(arguments)
    known = targets.modules()
    unknown = targets.unused(chosen.modules, known)
    if unknown:
        parser.error(f"'{unknown[0]}' is not mutated; mutated are: {', '.join(known)}")
    modules = targets.modules(chosen.modules or ["*"])
    sample = LeftOver(chosen.again) if chosen.again else Sample(chosen.sample, chosen.seed) if chosen.sample else None
    asked: dict[str, Any] = {"tests": chosen.tests, "checks": ()} if chosen.tests else {"tests": targets.tests()}
    listed = equivalent.load()
    try:
        missed = [] if chosen.resume else lay_out(chosen.folder, modules, **asked, sample=sample)
        try_mutants(chosen.folder, chosen.workers)
        scores = read(chosen.folder, modules, listed)
    except (MutationError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    stale = [] if sample else equivalent.stale(listed, total(scores).equivalent, modules)
    sys.stdout.writelines(f"stale in {equivalent.FILE.name}: {each}\n" for each in stale)
    return 1 if report(scores, missed) or stale else 0


def report(scores: Sequence[Score], missed: Sequence[str]) -> bool:
    """Print what survived, then a line per module and the total; return whether something falls short."""
    whole = total(scores)
    rows = [(score, targets.least(score.module)) for score in scores]
    rows += [(score, targets.LEAST_OF_ROOMS.get(score.module, 0.0)) for score in rooms(scores)]
    rows.append((whole, targets.LEAST_TOTAL))
    low = [score.module for score, least in rows if score.share < least]
    lines = [f"survived: {survivor}" for survivor in whole.survivors]
    lines += [
        "",
        f"{'module':<48}{'mutants':>9}{'noticed':>9}{'survived':>10}{'equivalent':>12}{'score':>9}{'least':>8}",
    ]
    for score, least in rows:
        counts = f"{score.tried:>9}{score.noticed:>9}{len(score.survivors):>10}{len(score.equivalent):>12}"
        asked = f"{least:>8.0%}" if least else ""
        lines.append(
            f"{score.module:<48}{counts}{score.share:>9.1%}{asked}{'  TOO LOW' if score.module in low else ''}"
        )
    if missed:
        lines.append(f"not mutated, for they are decorated: {', '.join(missed)}")
    lines.append(f"mutation score {whole.share:.1%} of {whole.tried} mutants; too low: {', '.join(low) or 'none'}")
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return bool(low)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
