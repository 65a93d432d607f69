"""Load the law of access on top of the jurisdiction's: once per process and content."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.law.access import Access, InspectorsFile, MeasuresFile, NeverFile
from enclave_policies.law.folder import load_law
from enclave_policies.law.folder.document import read_file
from enclave_policies.law.folder.inspectors import wrong_inspectors
from enclave_policies.law.folder.stamps import real, stamp_of
from enclave_policies.law.folder.strangers import strangers
from located_yaml import ProblemsError
from located_yaml.records import Report

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from enclave_policies.law import Law
    from enclave_policies.law.facts import StaleFact
    from enclave_policies.law.folder.document import LawFile
    from located_yaml import Problem

SHIPPED: Final = Path(__file__).parents[3] / "access"
NEVER: Final = "never.yaml"
INSPECTORS: Final = "inspectors.yaml"
MEASURES: Final = "measures.yaml"


def access_of(law: Law) -> Access:
    """Return the access part of a law; one that was read without it has the shipped one. Raises ProblemsError."""
    return _shipped(law) if law.access is None else law.access


def inspector_of(account: str, law: Law) -> str | None:
    """Return the name of the inspector that reads from an AWS account, None where the law lists none."""
    inspectors = {**access_of(law).inspectors, **access_of(law).stand_ins}
    return next((name for name, each in inspectors.items() if account in each.accounts.aws), None)


def load_access_law(pack_dir: Path | None = None, overlay: Path | None = None, *, as_of: date | None = None) -> Law:
    """Return the jurisdiction's law with the law of access in it.

    ``pack_dir`` holds ``law`` with never.yaml and inspectors.yaml, and defaults to the shipped pack; the rest as for
    `load_law`.
    Raises ProblemsError with every problem of every file at once.
    """
    return with_access(load_law(None, overlay, as_of=as_of), pack_dir)


def with_access(law: Law, pack_dir: Path | None = None) -> Law:
    """Return a law with the law of access in it, and so in its digest. Raises ProblemsError."""
    folder = real(pack_dir or SHIPPED) / "law"
    return _whole(law, folder, stamp_of(folder.rglob("*")))


@lru_cache(maxsize=8)
def _shipped(law: Law) -> Access:
    return _read(law, real(SHIPPED) / "law")[0]


@lru_cache(maxsize=8)
def _whole(law: Law, folder: Path, _stamp: tuple[tuple[str, int], ...]) -> Law:
    access, stale = _read(law, folder)
    return replace(law, access=access, stale=tuple(sorted((*law.stale, *stale))))


def _read(law: Law, folder: Path) -> tuple[Access, tuple[StaleFact, ...]]:
    problems: list[Any] = [*strangers(folder, frozenset({NEVER, INSPECTORS, MEASURES}))]

    def attempt(name: str, model: type, wrong: Callable[[LawFile[Any], Law], list[Problem]]) -> Any:
        try:
            file: LawFile[Any] = read_file(folder / name, model, law.day)
            problems.extend(wrong(file, law))
        except ProblemsError as error:
            problems.extend(error.problems)
            return None
        return file

    never: LawFile[NeverFile] | None = attempt(NEVER, NeverFile, _wrong)
    inspectors: LawFile[InspectorsFile] | None = attempt(INSPECTORS, InspectorsFile, wrong_inspectors)
    measures: LawFile[MeasuresFile] | None = attempt(MEASURES, MeasuresFile, _wrong_measures)
    if problems or never is None or inspectors is None or measures is None:
        raise ProblemsError(problems)
    listed = inspectors.content
    access = Access(
        never.content.never,
        listed.inspectors,
        law.stand_in_inspectors,
        listed.approval_days_at_most,
        listed.approval_warning_days,
        measures.content.measures,
        measures.content.group_at_least,
        measures.content.budget_at_most,
        measures.content.approvers_at_least,
    )
    return access, (*never.stale, *inspectors.stale, *measures.stale)


def _wrong_measures(file: LawFile[MeasuresFile], law: Law) -> list[Problem]:
    report = Report(file.document)
    seen: set[str] = set()
    for index, row in enumerate(file.content.measures):
        at = ("measures", index)
        if row.id in seen:
            report.refuse((*at, "id"), f"'{row.id}' is there twice; give each row its own id")
        seen.add(row.id)
        if row.where is None and not row.countries:
            report.refuse(at, f"'{row.id}' names no country; give 'where' or 'countries'")
        for number, code in enumerate(row.countries):
            if code not in law.countries:
                report.refuse((*at, "countries", number), f"country '{code}' is not in countries.yaml; correct it")
    return [*report.problems]


def _wrong(file: LawFile[NeverFile], law: Law) -> list[Problem]:
    report = Report(file.document)
    seen: set[str] = set()
    for index, row in enumerate(file.content.never):
        at = ("never", index)
        if row.id in seen:
            report.refuse((*at, "id"), f"'{row.id}' is there twice; give each row its own id")
        seen.add(row.id)
        if bool(row.located) == bool(row.controlled_from):
            report.refuse(at, f"'{row.id}' needs 'located' or 'controlled_from', one of the two; write two rows")
        for name in ("located", "controlled_from"):
            for number, code in enumerate(getattr(row, name)):
                if code not in law.countries:
                    report.refuse((*at, name, number), f"country '{code}' is not in countries.yaml; correct it")
    return [*report.problems]
