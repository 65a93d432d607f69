"""custody.yaml and storage.yaml are read strictly, and may not contradict the jurisdiction's law."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest
from enclave_policies.judging.promise import promise_of, read_promise
from enclave_policies.law.folder import load_law
from enclave_policies.law.folder.custody import SHIPPED, custody_of, load_custody_law
from enclave_policies.rules.key_custody import KEY_CUSTODY

from located_yaml import ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

KEY = '"arn:aws:kms:eu-west-1:111122223333:key/1"'


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED, tmp_path / "key-custody")
    return tmp_path / "key-custody"


def refusal(pack: Path, old: str, new: str, file: str = "custody.yaml") -> str:
    path = pack / "law" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        load_custody_law(pack)
    return str(caught.value)


def test_the_pack_runs_the_rules_that_it_promises() -> None:
    assert promise_of(KEY_CUSTODY) == read_promise(SHIPPED)


def test_the_law_of_the_jurisdiction_is_in_it_and_read_once() -> None:
    law = load_custody_law(as_of=date(2026, 11, 22))
    assert law is load_custody_law(as_of=date(2026, 11, 22))
    assert law.accounts == load_law().accounts
    assert custody_of(law).decided.deletion_window_days == 30


def test_the_digest_changes_with_the_law_of_keys_and_not_without_it(pack: Path) -> None:
    day = date(2026, 11, 22)
    shipped, bare = load_custody_law(as_of=day), load_law(as_of=day)
    custody = pack / "law" / "custody.yaml"
    custody.write_text(
        custody.read_text(encoding="utf-8").replace("[pseudonyms]", "[pseudonyms, tokens]"), encoding="utf-8"
    )
    assert len({shipped.digest, bare.digest, load_custody_law(pack, as_of=day).digest}) == 3


def test_a_law_that_was_read_without_the_part_about_keys_takes_the_shipped_one() -> None:
    bare = load_law(as_of=date(2026, 11, 22))
    assert bare.custody is None
    assert custody_of(bare) is custody_of(bare)
    assert custody_of(bare) == custody_of(load_custody_law(as_of=date(2026, 11, 22)))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("deletion_window_days: 30", "deletion_windows: 30", "'deletion_windows' is not a key that the law knows"),
        ("deletion_window_days: 30", "deletion_window_days: 0", "0 is too small"),
        ("as_of: 2026-11-22", "as_of: 2999-01-01", "lies in the future"),
        ("keys: {}", f"keys: {{{KEY}: {{site: a, country: NO, classes: [restricted]}}}}", "lies in eu-west-1"),
        ("keys: {}", f"keys: {{{KEY}: {{site: a, country: GB, classes: [restricted]}}}}", "may host"),
        (
            "keys: {}",
            f"keys: {{{KEY.replace('1111222', '9999888')}: {{site: a, country: IE, classes: [x]}}}}",
            "not one of",
        ),
        ("keys: {}", "keys: {somewhere: {site: a, country: IE, classes: [x]}}", "is not the ARN of a KMS key"),
        ("keys: {}", f"keys: {{{KEY}: {{site: a, country: IE, classes: []}}}}", "has 0 items"),
        ("key_stores: {}", "key_stores: {a: {site: a, country: NO}}", "an endpoint (external) or a cluster"),
        ("key_stores: {}", "key_stores: {a: {site: a, country: US, cluster: c}}", "US is not a country that may host"),
        ("accounts: {}", 'accounts: {"111122223333": us}', "is one of the enclave's own"),
    ],
)
def test_what_contradicts_or_cannot_be_read_is_refused_with_its_line(
    pack: Path, old: str, new: str, problem: str
) -> None:
    said = refusal(pack, old, new)
    assert problem in said
    assert "custody.yaml:" in said


def test_all_problems_of_all_files_arrive_at_once(pack: Path) -> None:
    (pack / "law" / "storage.yaml").write_text("nonsense: true\n")
    said = refusal(pack, "untagged: restricted", "untagged: Ünbekannt")
    assert "storage.yaml:1" in said
    assert "custody.yaml:" in said
