"""A file that lies in the law's folder counts, or the law says that it does not: nobody's rule is passed over."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from enclave_policies.law.folder import load_law, sources
from enclave_policies.law.folder.custody import SHIPPED as CUSTODY
from enclave_policies.law.folder.custody import load_custody_law

from located_yaml import ProblemsError
from tests.enclave_policies.law_editing import TODAY, change, copy_of_the_law, extend, law_of, refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STRANGE = [
    *("aproved.yaml", "approved.yml", "exceptions.json", "approved.yaml.bak", "approved", "own/approved.yaml", "a.txt"),
    *("local/own.yml", "local/own.YAML", "local/own.json", "local/own", "local/own.yaml.bak", "local/below/own.yaml"),
]
"""What people call a file that they believe to count."""
PASSED_OVER = ["README.md", "local/README.md", ".DS_Store", "local/.own.yaml.swp", ".git/config"]


def written(pack: Path, name: str) -> Path:
    file = pack / "law" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("approved: {host: [US]}\n", encoding="utf-8")
    return pack


@pytest.mark.parametrize("name", STRANGE)
def test_a_file_that_is_not_read_is_refused_by_name(name: str, tmp_path: Path) -> None:
    pack = copy_of_the_law(tmp_path)
    law_of(pack)
    found = refusal(written(pack, name))
    named = "/".join(name.split("/")[: 2 if name.startswith("local/") else 1])
    assert f"law/{named}:1:1: is not read" in found
    assert len(found.splitlines()) == 1


@pytest.mark.parametrize("name", PASSED_OVER)
def test_what_belongs_to_no_law_is_left_alone(name: str, tmp_path: Path) -> None:
    assert law_of(written(copy_of_the_law(tmp_path), name)).hosts == {"IE", "NO"}


def a_file(local: Path) -> None:
    local.write_text("x", encoding="utf-8")


LINKS: dict[str, Callable[[Path], None]] = {
    "a file": a_file,
    "a link that leads nowhere": lambda local: local.symlink_to("nowhere"),
    "a link to itself": lambda local: local.symlink_to(local.name),
}


@pytest.mark.parametrize("kind", LINKS)
def test_a_local_that_is_no_folder_is_refused(kind: str, tmp_path: Path) -> None:
    pack = copy_of_the_law(tmp_path)
    shutil.rmtree(pack / "law" / "local")
    LINKS[kind](pack / "law" / "local")
    assert "law/local:1:1: is no folder" in refusal(pack)


def test_a_law_without_a_local_folder_is_whole(tmp_path: Path) -> None:
    pack = copy_of_the_law(tmp_path)
    shutil.rmtree(pack / "law" / "local")
    assert law_of(pack).hosts == {"IE", "NO"}


def test_the_law_of_key_custody_has_no_strangers_either(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(CUSTODY / "law", pack / "law")
    assert load_custody_law(pack, as_of=TODAY).custody is not None
    written(pack, "custody.yml")
    with pytest.raises(
        ProblemsError, match=r"custody\.yml:1:1: is not read, as the law's files are custody\.yaml, storage"
    ):
        load_custody_law(pack, as_of=TODAY)


SUFFIXES = [
    "co.uk",
    "github.io",
    "blogspot.com",
    "com.de",
    "foo.ck",
    "x.kawasaki.jp",
    "s3.dualstack.eu-west-1.amazonaws.com",
]
OWN = ["hamar.example", "enclave.co.uk", "enclave.github.io", "www.ck", "city.kawasaki.jp"]


@pytest.mark.parametrize("name", SUFFIXES)
@pytest.mark.parametrize("key", ["dns_zones", "mail_domains"])
def test_nobody_owns_a_public_suffix(key: str, name: str, tmp_path: Path) -> None:
    pack = copy_of_the_law(tmp_path)
    extend(pack, "approved.yaml", **{key: [name]})
    assert f"'{name}' is a public suffix" in refusal(pack)


@pytest.mark.parametrize("name", OWN)
def test_a_name_below_a_public_suffix_may_be_own(name: str, tmp_path: Path) -> None:
    pack = copy_of_the_law(tmp_path)
    extend(pack, "approved.yaml", dns_zones=[name], mail_domains=[name])
    assert law_of(pack).dns_zones == law_of(pack).mail_domains == {name}


@pytest.mark.parametrize("days", [3_661, 10**9, 10**20, 0, -1])
def test_no_number_of_days_means_for_ever(days: int, tmp_path: Path) -> None:
    pack = copy_of_the_law(tmp_path)
    change("exceptions.yaml", "exception_days_at_most: 180", f"exception_days_at_most: {days}")(pack)
    assert "exceptions.yaml:" in refusal(pack)


def test_a_law_that_reads_what_it_knows_and_no_more_would_pass_a_stranger_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(sources, "strangers", lambda *_: ())
    assert load_law(written(copy_of_the_law(tmp_path), "local/own.yml"), as_of=TODAY).hosts == {"IE", "NO"}
