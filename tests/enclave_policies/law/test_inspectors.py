"""Who may approve what runs is law: in an approved country, nobody's subject elsewhere, with keys that are its own."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.law.access import InspectorsFile
from enclave_policies.law.folder import load_law
from enclave_policies.law.folder.access import INSPECTORS, SHIPPED, load_access_law
from enclave_policies.law.folder.document import read_file
from enclave_policies.law.folder.inspectors import wrong_inspectors
from enclave_policies.law.lifecycle import Accepter

from located_yaml import ProblemsError
from tests.enclave_policies.law_editing import TODAY, change, extend

if TYPE_CHECKING:
    from pathlib import Path

OTHER = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  # RFC 8032, section 7.1, test 1
P_256 = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5"
    "A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ=="
)  # RFC 6979, appendix A.2.5
SHIPPED_KEY = "t69FBU/edb6VhY5qDusMNADrk4d4+kTVDuKNAxOfitw="
GOOD: dict[str, Any] = {"country": "IE", "controlled_from": "NO", "keys": {"liffey-1": {"public": OTHER}}}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED / "law", tmp_path / "pack" / "law")
    return tmp_path / "pack"


def inspectors(pack: Path, **found: Any) -> None:
    extend(pack, "inspectors.yaml", inspectors=found)


def refusal(pack: Path, overlay: Path | None = None) -> str:
    with pytest.raises(ProblemsError) as error:
        load_access_law(pack, overlay, as_of=TODAY)
    return str(error.value)


def test_an_inspector_has_keys_with_their_days_and_accounts(pack: Path) -> None:
    law = load_access_law(pack, as_of=TODAY).access
    assert law is not None
    found = law.inspectors["norsk-tilsyn"]
    assert (found.country, found.controlled_from, found.accounts.aws) == ("NO", "NO", ("444455556666",))
    key = found.keys["norsk-tilsyn-2026"]
    assert (key.public, key.begins, key.ends) == (SHIPPED_KEY, date(2026, 11, 1), date(2028, 10, 31))
    assert law.stand_ins == {}


def test_whoever_accepts_for_the_enclave_has_no_key_of_the_inspector() -> None:
    file = read_file(SHIPPED / "law" / INSPECTORS, InspectorsFile, TODAY)
    law = load_law(as_of=TODAY)
    key = file.content.inspectors["norsk-tilsyn"].keys["norsk-tilsyn-2026"]
    manager = Accepter(keys={"manager-2026": key}, source="mandate 7")
    both = replace(law, lifecycle=replace(law.lifecycle, accepters={"site-manager": manager}))
    assert [problem.message for problem in wrong_inspectors(file, law)] == []
    (problem,) = wrong_inspectors(file, both)
    assert "this is a key of 'site-manager', who accepts for the enclave" in problem.message


@pytest.mark.parametrize("public", [OTHER, P_256])
def test_a_key_is_one_of_ed25519_or_of_p_256(pack: Path, public: str) -> None:
    inspectors(pack, liffey={**GOOD, "keys": {"liffey-1": {"public": public}}})
    law = load_access_law(pack, as_of=TODAY).access
    assert law is not None
    assert law.inspectors["liffey"].keys["liffey-1"].public == public


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"country": "US"}, "United States (US) is not a country that may host (approved.yaml)"),
        ({"controlled_from": "CN"}, "China (CN) is not a country that may host (approved.yaml)"),
        ({"country": "XX"}, "country 'XX' is not in countries.yaml"),
        ({"country": "no"}, "'no' is not an ISO 3166-1 alpha-2 code"),
        ({"keys": {}}, "keys: has 0 items; give at least 1"),
        ({"keys": {"liffey-1": {"public": "c2hvcnQ="}}}, "is not a public key in base64"),
        ({"keys": {"liffey-1": {"public": P_256[:60]}}}, "is not a public key in base64"),
        ({"keys": {"Liffey 1": {"public": OTHER}}}, "'Liffey 1' is not the name of a key"),
        ({"keys": {"a": {"public": "A" * 43 + "="}}}, "this is a key for which anybody can sign"),
        ({"keys": {"a": {"public": "7P///////////////////////////////////////38="}}}, "for which anybody can sign"),
        ({"keys": {"a": {"public": OTHER}, "b": {"public": OTHER}}}, "this is the key 'a' again"),
        ({"keys": {"a": {"public": OTHER, "from": "2026-02-01", "until": "2026-01-31"}}}, "which is before 2026-02-01"),
        ({"accounts": {"aws": ["111122223333"]}}, "111122223333 is one of the enclave's own accounts"),
        ({"accounts": {"aws": ["12"]}}, "'12' is not an AWS account id"),
        ({"stand_in": True}, "'stand_in' is not a key that the law knows"),
    ],
)
def test_an_inspector_who_is_none_is_refused_at_its_place(pack: Path, changed: dict[str, Any], message: str) -> None:
    inspectors(pack, liffey={**GOOD, **changed})
    (line,) = refusal(pack).splitlines()
    assert "law/inspectors.yaml:" in line
    assert message in line


def test_a_name_of_a_key_belongs_to_one_inspector(pack: Path) -> None:
    inspectors(pack, liffey=GOOD, shannon={**GOOD, "keys": {"liffey-1": {"public": P_256}}})
    assert "'liffey-1' is the name of a key of 'liffey'; choose another" in refusal(pack)


def test_a_law_without_inspectors_does_not_load(pack: Path) -> None:
    (pack / "law" / "inspectors.yaml").unlink()
    assert "inspectors.yaml" in refusal(pack)


def test_who_inspects_belongs_to_the_digest_of_the_law(pack: Path) -> None:
    before = load_access_law(pack, as_of=TODAY).digest
    change("inspectors.yaml", "until: 2028-10-31", "until: 2028-10-30")(pack)
    assert load_access_law(pack, as_of=TODAY).digest != before


def overlay(folder: Path, **row: Any) -> Path:
    file = folder / "law.yaml"
    file.write_text(json.dumps({"inspectors": {"sandbox-stand-in": row}}), encoding="utf-8")
    return file


def test_a_sandbox_has_a_stand_in_that_is_no_inspector_of_the_law(pack: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sandbox"
    folder.mkdir()
    row = {"country": "NO", "controlled_from": "NO", "keys": {"stand-in": {"public": OTHER}}, "source": "s"}
    law = load_access_law(pack, overlay(folder, **row, stand_in=True), as_of=TODAY)
    assert law.access is not None
    assert set(law.access.stand_ins) == {"sandbox-stand-in"}
    assert set(law.access.inspectors) == {"norsk-tilsyn"}
    assert law.digest != load_access_law(pack, as_of=TODAY).digest
    for changed, message in (({}, "'stand_in' is missing"), ({"stand_in": False}, "false is not one of true")):
        assert message in refusal(pack, overlay(folder, **row, **changed))


def test_a_stand_in_does_not_take_the_name_of_an_inspectors_key(pack: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sandbox"
    folder.mkdir()
    row = {"country": "NO", "controlled_from": "NO", "keys": {"norsk-tilsyn-2026": {"public": OTHER}}}
    assert "is the name of a key of 'sandbox-stand-in'" in refusal(pack, overlay(folder, **row, stand_in=True))
