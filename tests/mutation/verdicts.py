"""`python -m tests.mutation.verdicts`: write down what the rules say of every case of the corpus, to the letter.

The labels of the corpus say whether a case is refused and by which rule; this also pins down the resource, the verdict,
the place and the words. So a change of any rule shows as changed lines of verdicts.txt, to be reviewed,
and a fault that mutation testing seeds is noticed although the case is still refused for another reason.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from enclave_policies.judging.judge import judge_stack
from enclave_policies.judging.packs import EVERY
from enclave_policies.law.folder import load_law
from enclave_policies.reading.advice import SOME_REGION
from enclave_policies.rules.jurisdiction import JURISDICTION

from tests.corpus_cases import Case, as_resources, load_cases, pack_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.resources.resource import Resource

TODAY = date(2026, 11, 22)  # for a case without a day: a verdict that is written down must not change over night
FILE = Path(__file__).with_name("verdicts.txt")
HEADING = (
    "# Made by `python -m tests.mutation.verdicts`: case, resource, rule, verdict, where, country: problem "
    "[what to do, where it is more than the rule's own remedy] [exception]"
)
REMEDIES = {rule.id: rule.remedy.replace(SOME_REGION, "the region eu-west-1") for rule in EVERY.rules}


def said(case: Case, law: Law) -> list[str]:
    """Return one line per finding on a case."""
    resources = [replace(resource) for resource in _resources(case.id)]  # what one has worked out is not kept
    return [
        _line(case, finding) for findings in judge_stack(resources, law, JURISDICTION).values() for finding in findings
    ]


@cache
def law_of(case_id: str) -> Law:
    """Return the law that a case is judged under; most are judged under the shipped one."""
    case = _cases()[case_id]
    day = case.as_of or TODAY
    if not case.law:
        return load_law(as_of=day)
    with tempfile.TemporaryDirectory() as folder:
        return load_law(pack_of(case, Path(folder)), as_of=day)


def recorded(file: Path = FILE) -> Mapping[str, Sequence[str]]:
    """Return the lines of each case in the file; a case of which nothing is said has none."""
    found: dict[str, list[str]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            found.setdefault(line.partition(" ")[0], []).append(line)
    return found


def record(cases: Iterable[Case], file: Path = FILE) -> None:
    """Write what is said of every case."""
    lines = [line for case in cases for line in said(case, law_of(case.id))]
    file.write_text("".join(f"{line}\n" for line in [HEADING, *lines]), encoding="utf-8")


@cache
def _cases() -> Mapping[str, Case]:
    return {case.id: case for case in load_cases()}


@cache
def _resources(case_id: str) -> Sequence[Resource]:
    return as_resources(_cases()[case_id])


def _line(case: Case, finding: Finding) -> str:
    name, where = (part.replace(" ", "_").replace("\n", "_") for part in (finding.subject.name, str(finding.where)))
    remedy = f" [{finding.remedy}]" if finding.remedy != REMEDIES[finding.rule] else ""
    exception = f" [{finding.waiver.id}]" if finding.waiver else ""
    said = f"{finding.problem}{remedy}{exception}"
    return f"{case.id} {name} {finding.rule} {finding.verdict} {where} {finding.country}: {said}"


if __name__ == "__main__":
    before = recorded() if FILE.exists() else {}
    record(load_cases())
    after = recorded()
    changed = [case for case in sorted({*before, *after}) if before.get(case) != after.get(case)]
    sys.stdout.write(f"{sum(map(len, after.values()))} verdicts; other than before: {len(changed)} cases\n")
