"""Load the law of key custody on top of the jurisdiction's: once per process and content."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.law.custody import Custody, CustodyFile, StorageFile
from enclave_policies.law.folder import load_law
from enclave_policies.law.folder.document import read_file
from enclave_policies.law.folder.stamps import real, stamp_of
from enclave_policies.law.folder.strangers import strangers
from located_yaml import ProblemsError
from located_yaml.records import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from enclave_policies.law import Law
    from enclave_policies.law.custody import ListedKey
    from enclave_policies.law.facts import StaleFact
    from enclave_policies.law.folder.document import LawFile, Where

SHIPPED: Final = Path(__file__).parents[3] / "key-custody"
CUSTODY: Final = "custody.yaml"
STORAGE: Final = "storage.yaml"


def custody_of(law: Law) -> Custody:
    """Return the custody part of a law; one that was read without it has the shipped one on top of it.

    Raises ProblemsError where the two contradict each other.
    """
    return on_top_of(law) if law.custody is None else law.custody


def load_custody_law(
    pack_dir: Path | None = None,
    overlay: Path | None = None,
    *,
    as_of: date | None = None,
    jurisdiction: Path | None = None,
) -> Law:
    """Return the jurisdiction's law with the law of key custody in it.

    ``jurisdiction`` is the folder of the pack whose law says what is where; it defaults to the shipped one, as does
    ``pack_dir``, whose ``law`` holds custody.yaml and storage.yaml; the rest as for `load_law`.
    Raises ProblemsError with every problem of every file at once.
    """
    law = load_law(jurisdiction, overlay, as_of=as_of)
    folder = real(pack_dir or SHIPPED) / "law"
    return _whole(law, folder, stamp_of(folder.rglob("*")))


@lru_cache(maxsize=8)
def on_top_of(law: Law) -> Custody:
    """Return the shipped law of key custody for a law that was read without one; read once. Raises ProblemsError."""
    return _read(law, real(SHIPPED) / "law")[0]


@lru_cache(maxsize=8)
def _whole(law: Law, folder: Path, _stamp: tuple[tuple[str, int], ...]) -> Law:
    custody, stale = _read(law, folder)
    return replace(law, custody=custody, stale=tuple(sorted((*law.stale, *stale))))


def _read(law: Law, folder: Path) -> tuple[Custody, tuple[StaleFact, ...]]:
    problems: list[Any] = [*strangers(folder, frozenset({CUSTODY, STORAGE}))]

    def attempt(read: Callable[[], Any]) -> Any:
        try:
            return read()
        except ProblemsError as error:
            problems.extend(error.problems)
            return None

    custody: LawFile[CustodyFile] | None = attempt(lambda: read_file(folder / CUSTODY, CustodyFile, law.day))
    storage: LawFile[StorageFile] | None = attempt(lambda: read_file(folder / STORAGE, StorageFile, law.day))
    if custody is not None:
        report = Report(custody.document)
        for path, message in _contradictions(custody.content, law):
            report.refuse(path, message)
        problems += report.problems
    if problems or custody is None or storage is None:
        raise ProblemsError(problems)
    return Custody(custody.content, law.encryption, storage.content.provisioners), (*custody.stale, *storage.stale)


def _contradictions(decided: CustodyFile, law: Law) -> Iterator[tuple[Where, str]]:
    """Yield what custody.yaml says against the jurisdiction's law."""
    for arn, key in decided.keys.items():
        yield from _of_key(arn, key, law)
    for name, store in decided.key_stores.items():
        if not law.approves(store.country):
            yield ("key_stores", name, "country"), NO_HOST.format(store.country)
        if (store.endpoint is None) == (store.cluster is None):
            yield ("key_stores", name), "needs an endpoint (external) or a cluster (CloudHSM), one of the two"
    named = {"accounts": decided.outsiders.accounts, "organizations": decided.outsiders.organizations}
    own = {"accounts": law.accounts, "organizations": law.organizations}
    for what, outsiders in named.items():
        for each in sorted(own[what].intersection(outsiders)):
            yield ("outsiders", what, each), f"{each} is one of the enclave's own (approved.yaml); decide which"


NO_HOST: Final = "{} is not a country that may host (approved.yaml); keys stay where data may be"


def _of_key(arn: str, key: ListedKey, law: Law) -> Iterator[tuple[Where, str]]:
    _, _, _, region, account, _ = arn.split(":", 5)
    known = law.regions.get(region)
    if known is None or known.country != key.country:
        there = f"lies in {law.words(known)}" if known else "lies in a region that the catalog does not know"
        yield ("keys", arn, "country"), f"the key {there}, not in {key.country}; correct one"
    if not law.approves(key.country):
        yield ("keys", arn, "country"), NO_HOST.format(key.country)
    if not law.owns_account(account):
        yield ("keys", arn), f"account {account} is not one of the enclave's (approved.yaml); list own keys only"
