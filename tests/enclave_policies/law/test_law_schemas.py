"""The JSON Schemas of the law's files say what the reader says, and never refuse what it takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.law.folder import access, custody, load
from enclave_policies.law.folder.schemas import schemas
from jsonschema import Draft202012Validator

from located_yaml import load as load_yaml

if TYPE_CHECKING:
    from pathlib import Path

PACKS = (load.SHIPPED, custody.SHIPPED, access.SHIPPED)
FILES = sorted(file for pack in PACKS for file in (pack / "law").glob("*.yaml"))


def schema_named_in(file: Path) -> Any:
    """Return the schema that a file's first line names to an editor."""
    first = file.read_text(encoding="utf-8").splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    return json.loads((file.parent / named).read_text(encoding="utf-8"))


def refused(file: Path, data: Any) -> list[str]:
    schema = schema_named_in(file)
    Draft202012Validator.check_schema(schema)
    return [error.message for error in Draft202012Validator(schema).iter_errors(data)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_shipped_file_names_its_schema_and_passes_it(file: Path) -> None:
    assert refused(file, load_yaml(file).data) == []


def test_no_schema_is_stale() -> None:
    stale = [file.name for file, text in schemas().items() if file.read_text(encoding="utf-8") != text]
    assert stale == [], "run `python -m enclave_policies.law.folder.schemas`"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("approved.yaml", {"hosts": ["IE"]}),  # a key that nobody knows
        ("approved.yaml", {"host": []}),
        ("approved.yaml", {"host": ["Ireland"]}),
        ("approved.yaml", {"accounts": [111122223333]}),
        ("approved.yaml", {"as_of": "22.11.2026"}),
        ("approved.yaml", {"source": " "}),
        ("exceptions.yaml", {"exception_days_at_most": 0}),
        ("exceptions.yaml", {"exceptions": [{"id": "e-7"}]}),
        ("transfers.yaml", {"transfers": [{"id": "t", "basis": "hope", "from": ["IE"], "to": ["US"]}]}),
        ("custody.yaml", {"outsiders": {"accounts": {"12": "a typo"}}}),
    ],
)
def test_a_mistake_is_underlined_while_it_is_typed(name: str, change: dict[str, Any]) -> None:
    """The seeded bugs of this family."""
    file = next(file for file in FILES if file.name == name)
    assert refused(file, {**load_yaml(file).data, **change}) != []


@pytest.mark.parametrize("change", [{"host": [" IE "]}, {"strict_facts": True}, {"expires": None}])
def test_what_the_reader_takes_is_never_underlined(change: dict[str, Any]) -> None:
    file = next(file for file in FILES if file.name == "approved.yaml")
    assert refused(file, {**load_yaml(file).data, **change}) == []
