"""CONTRIBUTING describes the rooms that the import contracts keep."""

from __future__ import annotations

import re
from configparser import ConfigParser

from tests.docs.pages import ROOT, page

SEVERAL = re.compile(r"^\| ((?:`[a-z_]+/`(?:, )?)+) \|", re.MULTILINE)


def contract() -> list[set[str]]:
    """Return the layers of enclave_policies from top to bottom, as .importlinter has them."""
    parser = ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    layers = parser["importlinter:contract:rooms"]["layers"].split("\n")
    return [{name.strip().rpartition(".")[2] for name in layer.split("|")} for layer in layers if layer.strip()]


def test_the_table_of_rooms_is_the_contract() -> None:
    text = page("CONTRIBUTING.md").text
    rows = [set(re.findall(r"`([a-z_]+)/`", row)) for row in SEVERAL.findall(text)]
    assert rows == contract()


def test_every_room_is_in_the_table() -> None:
    folders = {file.parent.name for file in (ROOT / "policy-packs" / "enclave_policies").glob("*/__init__.py")}
    assert folders - {"sdk"} == set().union(*contract())
    assert "`sdk/`" in page("CONTRIBUTING.md").text
