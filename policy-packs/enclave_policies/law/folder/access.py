"""Load the law of access on top of the jurisdiction's: once per process and content."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enclave_policies.law.access import Access, NeverFile
from enclave_policies.law.folder import load_law
from enclave_policies.law.folder.document import read_file
from enclave_policies.law.folder.stamps import real, stamp_of
from enclave_policies.law.folder.strangers import strangers
from located_yaml import ProblemsError
from located_yaml.records import Report

if TYPE_CHECKING:
    from datetime import date

    from enclave_policies.law import Law
    from enclave_policies.law.facts import StaleFact
    from enclave_policies.law.folder.document import LawFile
    from located_yaml import Problem

SHIPPED: Final = Path(__file__).parents[3] / "access"
NEVER: Final = "never.yaml"


def access_of(law: Law) -> Access:
    """Return the access part of a law; one that was read without it has the shipped one. Raises ProblemsError."""
    return _shipped(law) if law.access is None else law.access


def load_access_law(pack_dir: Path | None = None, overlay: Path | None = None, *, as_of: date | None = None) -> Law:
    """Return the jurisdiction's law with the law of access in it.

    ``pack_dir`` holds ``law/never.yaml`` and defaults to the shipped pack; the rest as for `load_law`.
    Raises ProblemsError with every problem of every file at once.
    """
    law = load_law(None, overlay, as_of=as_of)
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
    problems = [*strangers(folder, frozenset({NEVER}))]
    file: LawFile[NeverFile] | None = None
    try:
        file = read_file(folder / NEVER, NeverFile, law.day)
        problems += _wrong(file, law)
    except ProblemsError as error:
        problems += error.problems
    if problems or file is None:
        raise ProblemsError(problems)
    return Access(file.content.never), file.stale


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
