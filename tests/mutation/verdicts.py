"""`python -m tests.mutation.verdicts`: write down what the rules say of every case of the corpus, in words.

The labels of the corpus say whether a case is refused and by which rule; this also pins down the resource, the verdict,
the place and the words. So a change of any rule shows as changed lines in verdicts/, to be reviewed, and a fault that
mutation testing seeds is noticed although the case is still refused for another reason.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enclave_policies.judging.judge import judge_stack
from enclave_policies.judging.packs import EVERY
from enclave_policies.law.folder import load_law
from enclave_policies.reading.advice import SOME_REGION
from enclave_policies.rules.jurisdiction import JURISDICTION

import located_yaml
from tests.corpus_cases import Case, as_resources, load_cases, pack_of
from tests.yaml_form import formed_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding
    from enclave_policies.resources.resource import Resource

Said = list[dict[str, Any]]

TODAY = date(2026, 11, 22)  # for a case without a day: a verdict that is written down must not change over night
FOLDER = Path(__file__).with_name("verdicts")
HEADING = """# Made by `python -m tests.mutation.verdicts` from the cases of corpus/{file}: what the rules say of each.
# `place`: the code and its country; `to do` where it is more than the rule's own remedy; cases that pass are left out.
"""
REMEDIES = {rule.id: rule.remedy.replace(SOME_REGION, "the region eu-west-1") for rule in EVERY.rules}


def said(case: Case, law: Law) -> Said:
    """Return what is said of a case: one mapping per finding."""
    resources = [replace(resource) for resource in _resources(case.id)]  # what one has worked out is not kept
    return [_words(finding) for findings in judge_stack(resources, law, JURISDICTION).values() for finding in findings]


@cache
def law_of(case_id: str) -> Law:
    """Return the law that a case is judged under; most are judged under the shipped one."""
    case = _cases()[case_id]
    day = case.as_of or TODAY
    if not case.law:
        return load_law(as_of=day)
    with tempfile.TemporaryDirectory() as folder:
        return load_law(pack_of(case, Path(folder)), as_of=day)


def recorded(folder: Path = FOLDER) -> Mapping[str, Said]:
    """Return what is written down of each case; a case of which nothing is said has no entry."""
    return {case: list(found) for file in sorted(folder.glob("*.yaml")) for case, found in _data(file).items()}


def record(cases: Iterable[Case], folder: Path = FOLDER) -> None:
    """Write what is said of every case, in a file beside each of the corpus's."""
    tables: dict[str, dict[str, Said]] = {}
    for case in cases:
        found = said(case, law_of(case.id))
        if found:
            tables.setdefault(case.file, {})[case.id] = found
    folder.mkdir(exist_ok=True)
    for file in folder.glob("*.yaml"):
        file.unlink()
    for name, table in tables.items():
        (folder / name).write_text(HEADING.format(file=name) + formed_table(table), encoding="utf-8")


def _data(file: Path) -> Mapping[str, Said]:
    data: Mapping[str, Said] = located_yaml.load(file).data
    return data


@cache
def _cases() -> Mapping[str, Case]:
    return {case.id: case for case in load_cases()}


@cache
def _resources(case_id: str) -> Sequence[Resource]:
    return as_resources(_cases()[case_id])


def _words(finding: Finding) -> dict[str, Any]:
    told: dict[str, Any] = {"rule": finding.rule, "resource": finding.subject.name, "verdict": finding.verdict}
    place = [str(part) for part in (finding.where, finding.country) if part is not None]
    if place:
        told["place"] = ", ".join(place)
    told["problem"] = finding.problem
    if finding.remedy != REMEDIES[finding.rule]:
        told["to do"] = finding.remedy
    if finding.waiver:
        told["exception"] = finding.waiver.id
    return told


if __name__ == "__main__":
    before = recorded()
    record(load_cases())
    after = recorded()
    changed = [case for case in sorted({*before, *after}) if before.get(case) != after.get(case)]
    sys.stdout.write(f"{sum(map(len, after.values()))} verdicts; other than before: {len(changed)} cases\n")
