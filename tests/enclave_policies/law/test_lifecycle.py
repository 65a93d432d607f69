"""Accepters in lifecycle.yaml: keys that anybody could use, or that have two owners, are no law."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from tests.approving import public
from tests.enclave_policies.law_editing import copy_of_the_law, extend, law_of, refusal

if TYPE_CHECKING:
    from pathlib import Path


def test_keys_of_accepters_are_held_to_what_keys_of_inspectors_are(tmp_path: Path) -> None:
    pack = copy_of_the_law(tmp_path)
    anybody = b64encode(bytes(32)).decode()
    over = {"public": public("a"), "from": "2027-01-01", "until": "2026-01-01"}
    accepters = {
        "one": {"keys": {"k-1": {"public": public("a")}, "k-2": {"public": anybody}}, "source": "x"},
        "two": {"keys": {"k-1": over}, "source": "x"},
    }
    extend(pack, "lifecycle.yaml", accepters=accepters)
    said = refusal(pack)
    assert "this is a key for which anybody can sign" in said
    assert "'k-1' is the name of a key of 'one'; choose another" in said
    assert "it is valid until 2026-01-01, which is before 2027-01-01" in said


def test_a_key_has_one_owner(tmp_path: Path) -> None:
    pack = copy_of_the_law(tmp_path)
    same = {"public": public("a")}
    accepters = {"one": {"keys": {"k-1": same}, "source": "x"}, "two": {"keys": {"k-2": same}, "source": "x"}}
    extend(pack, "lifecycle.yaml", accepters=accepters)
    assert "this is the key 'k-1' again; a key has one name, and each accepter their own" in refusal(pack)


def test_a_check_that_counts_for_some_days_is_another_law(tmp_path: Path) -> None:
    pack = copy_of_the_law(tmp_path)
    before = law_of(pack)
    extend(pack, "lifecycle.yaml", acceptance={"keys": {"asks": "a ceremony", "by": "accepter", "days": 365}})
    assert law_of(pack).lifecycle.acceptance["keys"].days == 365
    assert law_of(pack).digest != before.digest
